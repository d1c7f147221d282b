//! Replacements of `replaceAll` and `replaceFirst`: `$1` and `${name}` stand for groups, a backslash
//! takes the meaning from what follows.

use super::translate::Translated;
use super::{Found, PatternError};

/// A replacement, read.
pub(super) struct Replacement {
    parts: Vec<Part>,
}

enum Part {
    Text(String),
    Group(usize),
}

impl Replacement {
    /// Reads a replacement for a pattern with these groups.
    pub(super) fn parse(text: &str, pattern: &Translated) -> Result<Self, PatternError> {
        let mut parts = Vec::new();
        let mut plain = String::new();
        let mut rest = text.chars().peekable();
        while let Some(c) = rest.next() {
            match c {
                '\\' => plain.push(rest.next().ok_or(PatternError::Replacement)?),
                '$' => {
                    parts.push(Part::Text(std::mem::take(&mut plain)));
                    parts.push(Part::Group(group(&mut rest, pattern)?));
                }
                other => plain.push(other),
            }
        }
        parts.push(Part::Text(plain));
        Ok(Self { parts })
    }

    /// Appends what it stands for at a match.
    pub(super) fn push(&self, found: &Found<'_>, text: &str, out: &mut String) {
        for part in &self.parts {
            match part {
                Part::Text(plain) => out.push_str(plain),
                Part::Group(number) => out.push_str(found.group(*number, text)),
            }
        }
    }
}

/// Reads what follows a `$`: as many digits as there are groups for, at least one.
fn group(
    rest: &mut std::iter::Peekable<std::str::Chars<'_>>,
    pattern: &Translated,
) -> Result<usize, PatternError> {
    if rest.next_if_eq(&'{').is_some() {
        let mut name = String::new();
        loop {
            match rest.next().ok_or(PatternError::Replacement)? {
                '}' => break,
                c => name.push(c),
            }
        }
        let found = pattern.names.iter().find(|(known, _)| *known == name);
        return found.map(|(_, number)| *number).ok_or(PatternError::Replacement);
    }
    let digit = |c: char| c.to_digit(10).map(|digit| digit as usize);
    let mut number = rest.next().and_then(digit).ok_or(PatternError::Replacement)?;
    if number > pattern.groups {
        return Err(PatternError::Replacement);
    }
    while let Some(more) = rest.peek().copied().and_then(digit) {
        let longer = number * 10 + more;
        if longer > pattern.groups {
            break;
        }
        number = longer;
        rest.next();
    }
    Ok(number)
}
