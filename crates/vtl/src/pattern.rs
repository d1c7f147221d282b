//! Java's regular expressions: translated once, then run by an engine with a step limit.
//!
//! Source: the class comment of `java.util.regex.Pattern` and `Matcher`, Java SE 17. Patterns with
//! neither look-around, back-references nor possessive quantifiers take linear time.

mod class;
mod cursor;
mod property;
mod replacement;
mod translate;

use std::sync::OnceLock;

use fancy_regex::{Captures, Regex, RegexBuilder};

use crate::bounds::Bounds;
use crate::value::MethodError;
use replacement::Replacement;
use translate::{Translated, steps_back, translate};

/// Bytes of a pattern.
const PATTERN_BYTES: usize = 10_000;
/// Bytes that a compiled pattern may take.
const COMPILED_BYTES: usize = 4 << 20;

/// A compiled pattern.
#[derive(Debug)]
pub struct Pattern {
    translated: Translated,
    /// Steps back that one match may take.
    backtracks: usize,
    steps_back: bool,
    anywhere: OnceLock<Result<Regex, PatternError>>,
    whole: OnceLock<Result<Regex, PatternError>>,
}

/// Why a pattern, or a replacement, cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    /// Java would refuse the pattern.
    #[error("{problem} near index {at}")]
    Syntax {
        /// What is wrong.
        problem: &'static str,
        /// The byte of the pattern where it was noticed.
        at: usize,
    },
    /// The engine cannot run what Java can.
    #[error("cannot run the pattern: {0}")]
    Unsupported(String),
    /// The pattern is longer than 10,000 bytes.
    #[error("the pattern is too long")]
    TooLong,
    /// Matching took more steps than it may.
    #[error("matching takes too many steps")]
    TooManySteps,
    /// There is no more room for another match.
    #[error("the rendering builds or reads too much")]
    Spent,
    /// A `$` or `\` of the replacement with nothing it could mean.
    #[error("illegal group reference in the replacement")]
    Replacement,
}

impl PatternError {
    /// What it is to the method that was called.
    pub(crate) fn of_method(self) -> MethodError {
        match self {
            Self::TooManySteps => MethodError::PatternSteps,
            Self::Spent => MethodError::Spent,
            error => MethodError::Pattern(error.to_string()),
        }
    }
}

impl Pattern {
    /// Reads a pattern of Java.
    pub fn parse(text: &str) -> Result<Self, PatternError> {
        Self::parse_within(text, Bounds::default().backtracks)
    }

    /// The same for a pattern that may take so many steps back for one match.
    pub fn parse_within(text: &str, backtracks: usize) -> Result<Self, PatternError> {
        if text.len() > PATTERN_BYTES {
            return Err(PatternError::TooLong);
        }
        let translated = translate(text)?;
        let steps_back = translated.literal.is_none() && steps_back(&translated.pattern);
        let pattern = Self {
            translated,
            backtracks,
            steps_back,
            anywhere: OnceLock::new(),
            whole: OnceLock::new(),
        };
        if pattern.translated.literal.is_none() {
            pattern.anywhere()?;
        }
        Ok(pattern)
    }

    /// Whether the pattern matches the whole text.
    pub fn matches(&self, text: &str) -> Result<bool, PatternError> {
        if let Some(literal) = &self.translated.literal {
            return Ok(literal == text);
        }
        let build = || build(&format!(r"\A(?:{})\z", self.translated.pattern), self.backtracks);
        let regex = self.whole.get_or_init(build).as_ref().map_err(Clone::clone)?;
        regex.is_match(text).map_err(|_| PatternError::TooManySteps)
    }

    /// Whether a match may take steps back, and so more time than in proportion to its text.
    pub fn steps_back(&self) -> bool {
        self.steps_back
    }

    /// Whether the pattern matches anywhere in the text.
    pub fn finds(&self, text: &str) -> Result<bool, PatternError> {
        let mut found = false;
        self.each(text, &mut || Ok(()), |_| {
            found = true;
            Ok(Go::Stop)
        })?;
        Ok(found)
    }

    /// Puts a replacement, in which `$1` and `${name}` stand for groups, in the place of at most
    /// `limit` matches, and calls `attempt` before it looks for each. `None` if there was no match.
    pub(crate) fn replace(
        &self,
        text: &str,
        replacement: &str,
        limit: usize,
        attempt: &mut Attempt<'_>,
    ) -> Result<Option<String>, PatternError> {
        let mut parsed = None;
        let mut out = String::new();
        let mut copied = 0;
        let mut count = 0;
        self.each(text, attempt, |found| {
            // Java looks at a replacement only when it needs it.
            if parsed.is_none() {
                parsed = Some(Replacement::parse(replacement, &self.translated)?);
            }
            out.push_str(&text[copied..found.start]);
            if let Some(parsed) = &parsed {
                parsed.push(found, text, &mut out);
            }
            copied = found.end;
            count += 1;
            Ok(if count == limit { Go::Stop } else { Go::On })
        })?;
        out.push_str(&text[copied..]);
        Ok((count > 0).then_some(out))
    }

    /// The parts of a text between matches, as `String.split`: at most `limit` if that is positive;
    /// empty ones at the end are dropped if it is 0. Parts are byte ranges. `attempt` is called
    /// before each search.
    pub(crate) fn split(
        &self,
        text: &str,
        limit: i32,
        attempt: &mut Attempt<'_>,
    ) -> Result<Vec<std::ops::Range<usize>>, PatternError> {
        let most = usize::try_from(limit).ok().filter(|limit| *limit > 0);
        let mut parts = Vec::new();
        let mut from = 0;
        let mut found_any = false;
        self.each(text, attempt, |found| {
            if most.is_some_and(|most| parts.len() + 1 >= most) {
                return Ok(Go::Stop);
            }
            // An empty match at the start splits nothing off.
            if found.end > 0 {
                parts.push(from..found.start);
                from = found.end;
                found_any = true;
            }
            Ok(Go::On)
        })?;
        parts.push(from..text.len());
        if limit == 0 && found_any {
            while parts.last().is_some_and(std::ops::Range::is_empty) {
                parts.pop();
            }
        }
        Ok(parts)
    }

    /// Visits matches from left to right. Behind an empty one the search goes on a character
    /// further, behind others where they end.
    fn each(
        &self,
        text: &str,
        attempt: &mut Attempt<'_>,
        mut visit: impl FnMut(&Found<'_>) -> Result<Go, PatternError>,
    ) -> Result<(), PatternError> {
        let mut from = 0;
        while from <= text.len() {
            let (found, end) = match &self.translated.literal {
                Some(literal) => match text[from..].find(literal.as_str()) {
                    Some(at) => {
                        let start = from + at;
                        (
                            Found { start, end: start + literal.len(), groups: None },
                            start + literal.len(),
                        )
                    }
                    None => break,
                },
                None => {
                    attempt()?;
                    let found = self.anywhere()?.captures_from_pos(text, from);
                    let found = found.map_err(|_| PatternError::TooManySteps)?;
                    let Some(groups) = found else { break };
                    let Some(whole) = groups.get(0) else { break };
                    let (start, end) = (whole.start(), whole.end());
                    (Found { start, end, groups: Some(groups) }, end)
                }
            };
            let is_empty = found.start == found.end;
            if visit(&found)? == Go::Stop {
                break;
            }
            let step = text[end..].chars().next().map_or(1, char::len_utf8);
            from = if is_empty { end + step } else { end };
        }
        Ok(())
    }

    fn anywhere(&self) -> Result<&Regex, PatternError> {
        let build = || build(&self.translated.pattern, self.backtracks);
        self.anywhere.get_or_init(build).as_ref().map_err(Clone::clone)
    }
}

/// What is asked before a text is searched.
pub(crate) type Attempt<'a> = dyn FnMut() -> Result<(), PatternError> + 'a;

/// Whether to look for more matches.
#[derive(PartialEq, Eq)]
enum Go {
    On,
    Stop,
}

/// A match.
struct Found<'t> {
    start: usize,
    end: usize,
    /// None for a literal, whose only group is the whole match.
    groups: Option<Captures<'t, str>>,
}

impl Found<'_> {
    /// The text of a group: empty if it took no part in the match.
    fn group<'s>(&'s self, number: usize, text: &'s str) -> &'s str {
        match &self.groups {
            Some(groups) => {
                groups.get(number).map_or("", |group| &text[group.start()..group.end()])
            }
            None => &text[self.start..self.end],
        }
    }
}

fn build(pattern: &str, backtracks: usize) -> Result<Regex, PatternError> {
    RegexBuilder::new(pattern)
        .backtrack_limit(backtracks)
        .delegate_size_limit(COMPILED_BYTES)
        .build()
        .map_err(|error| PatternError::Unsupported(error.to_string()))
}

#[cfg(test)]
mod tests;
