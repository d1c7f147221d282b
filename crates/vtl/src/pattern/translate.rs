//! From Java's syntax to the engine's: what both write alike passes, everything else is spelled out.

mod group;

use super::PatternError;
use super::class::{class, predefined};
use super::cursor::Cursor;
use super::property::property;

/// Groups inside one another.
const DEPTH: usize = 60;
/// What ends a line.
const LINE_ENDS: &str = r"\n\r\x{85}\x{2028}\x{2029}";

/// A pattern in the engine's syntax.
#[derive(Debug)]
pub(super) struct Translated {
    pub(super) pattern: String,
    /// The text, if the pattern is nothing but text.
    pub(super) literal: Option<String>,
    /// How many groups capture.
    pub(super) groups: usize,
    pub(super) names: Vec<(String, usize)>,
}

/// Whether the engine may take steps back for a translated pattern. A pattern that only looks as if
/// it had look-around or the like counts, too.
pub(super) fn steps_back(pattern: &str) -> bool {
    let bytes = pattern.as_bytes();
    let is_reference = |pair: &[u8]| {
        matches!(pair, [b'\\', b'1'..=b'9' | b'k' | b'G'] | [b'+' | b'*' | b'?' | b'}', b'+'])
    };
    ["(?=", "(?!", "(?<=", "(?<!", "(?>"].iter().any(|sign| pattern.contains(sign))
        || bytes.windows(2).any(is_reference)
}

/// Flags that change the meaning of a pattern's characters.
#[derive(Clone, Copy, Default)]
struct Flags {
    comments: bool,
    dot_all: bool,
    multiline: bool,
    unix_lines: bool,
    ignores_case: bool,
    /// Cases beyond those of ASCII, too.
    unicode_case: bool,
    /// `\w` and the like beyond ASCII.
    unicode_classes: bool,
}

/// Reads a pattern of Java.
pub(super) fn translate(text: &str) -> Result<Translated, PatternError> {
    let mut reader = Reader::new(text);
    reader.alternatives(0)?;
    if reader.cursor.peek().is_some() {
        return reader.cursor.fail("unmatched closing ')'");
    }
    let literal = reader.literal.filter(|_| reader.groups == 0);
    Ok(Translated { pattern: reader.out, literal, groups: reader.groups, names: reader.names })
}

struct Reader<'p> {
    cursor: Cursor<'p>,
    out: String,
    /// The text so far, as long as there was nothing else.
    literal: Option<String>,
    groups: usize,
    names: Vec<(String, usize)>,
    flags: Flags,
}

impl<'p> Reader<'p> {
    fn new(text: &'p str) -> Self {
        Self {
            cursor: Cursor::new(text),
            out: String::with_capacity(text.len() + 16),
            literal: Some(String::new()),
            groups: 0,
            names: Vec::new(),
            flags: Flags::default(),
        }
    }

    /// Reads up to the `)` of the group or to the end.
    fn alternatives(&mut self, depth: usize) -> Result<(), PatternError> {
        if depth > DEPTH {
            return self.cursor.fail("groups are nested too deeply");
        }
        loop {
            self.skip_comments();
            match self.cursor.peek() {
                None | Some(')') => return Ok(()),
                Some('|') => {
                    self.cursor.next();
                    self.push_raw("|");
                }
                Some(_) => {
                    let start = self.out.len();
                    if self.atom(depth)? {
                        self.quantifier(start)?;
                    }
                }
            }
        }
    }

    /// Reads one thing that a quantifier may follow; false if it was none, as `(?i)`.
    fn atom(&mut self, depth: usize) -> Result<bool, PatternError> {
        let Some(c) = self.cursor.peek() else { return Ok(false) };
        if !matches!(c, '{') {
            self.cursor.next();
        }
        match c {
            '\\' => return self.escape().map(|()| true),
            '[' => {
                let class = class(&mut self.cursor, self.flags.comments, depth)?;
                self.push_raw(&class);
            }
            '(' => return self.group(depth),
            '.' => self.push_raw(match self.flags {
                Flags { dot_all: true, .. } => r"(?s:.)",
                Flags { unix_lines: true, .. } => r"[^\n]",
                _ => r"[^\n\r\x{85}\x{2028}\x{2029}]",
            }),
            '^' if self.flags.multiline => {
                self.push_raw(&format!(r"(?:(?!\z)(?:\A|(?<=[{LINE_ENDS}])(?<!\r(?=\n))))"));
            }
            '^' => self.push_raw(r"\A"),
            '$' if self.flags.multiline => {
                self.push_raw(&format!(r"(?:\z|(?=[{LINE_ENDS}])(?<!\r(?=\n)))"));
            }
            '$' => self.push_end(),
            '*' | '+' | '?' => return self.cursor.fail("dangling meta character"),
            // Java repeats the empty text that stands before it.
            '{' if self.cursor.rest()[1..].starts_with(|c: char| c.is_ascii_digit()) => {
                self.cursor.next();
                self.counts()?;
                let _ = self.cursor.eat("+") || self.cursor.eat("?");
                self.literal = None;
                return Ok(false);
            }
            '{' => return self.cursor.fail("illegal repetition"),
            other => self.push_literal(other),
        }
        Ok(true)
    }

    /// `$` and `\Z`: at the end, or before the line end that is the last thing.
    fn push_end(&mut self) {
        self.push_raw(&format!(r"(?=(?:\r\n|[{LINE_ENDS}])?\z)(?<!\r(?=\n))"));
    }

    fn escape(&mut self) -> Result<(), PatternError> {
        match self.cursor.peek() {
            Some('Q') => {
                self.cursor.next();
                let quoted = self.cursor.quoted();
                self.quoted(quoted);
                return Ok(());
            }
            Some('1'..='9') => return self.back_reference(),
            Some('k') => return self.named_back_reference(),
            _ => {}
        }
        let text = match self.cursor.peek() {
            Some('A') => r"\A",
            Some('b') => r"\b",
            Some('B') => r"\B",
            Some('G') => r"\G",
            Some('z') => r"\z",
            Some('R') => r"(?:\r\n|[\n\x0B\f\r\x{85}\x{2028}\x{2029}])",
            Some('X') => r"(?>\r\n|\P{M}\p{M}*|\p{M}+)",
            Some('Z') => {
                self.cursor.next();
                self.push_end();
                return Ok(());
            }
            Some('p' | 'P') => {
                let property = property(&mut self.cursor)?;
                self.push_raw(&format!("[{property}]"));
                return Ok(());
            }
            Some(c) => match predefined(c, self.flags.unicode_classes) {
                Some(class) => {
                    self.cursor.next();
                    self.push_raw(&format!("[{class}]"));
                    return Ok(());
                }
                None => {
                    let c = self.cursor.character()?;
                    self.push_literal(c);
                    return Ok(());
                }
            },
            None => return self.cursor.fail("nothing follows the last backslash"),
        };
        self.cursor.next();
        self.push_raw(text);
        Ok(())
    }

    /// Text between `\Q` and `\E`: a quantifier behind it repeats its last character.
    fn quoted(&mut self, text: &str) {
        let literal = self.literal.take();
        text.chars().for_each(|c| self.push_literal(c));
        self.literal = literal.map(|before| before + text);
    }

    /// As many digits as there are groups for.
    fn back_reference(&mut self) -> Result<(), PatternError> {
        let mut number = self.cursor.digits(10, 1).parse::<usize>().unwrap_or(0);
        while let Some(digit) = self.cursor.peek().and_then(|c| c.to_digit(10)) {
            let longer = number * 10 + digit as usize;
            if longer > self.groups {
                break;
            }
            number = longer;
            self.cursor.next();
        }
        // What refers to no group never matches.
        let text = if number > self.groups { "(?!)".into() } else { format!(r"(?:\{number})") };
        self.push_raw(&text);
        Ok(())
    }

    fn named_back_reference(&mut self) -> Result<(), PatternError> {
        self.cursor.next();
        let name = if self.cursor.eat("<") { self.cursor.until('>') } else { None };
        let number = self.names.iter().find(|(known, _)| Some(known.as_str()) == name);
        let Some((_, number)) = number else { return self.cursor.fail("no such named group") };
        let text = format!(r"(?:\{number})");
        self.push_raw(&text);
        Ok(())
    }

    /// Reads a quantifier, if there is one, of what stands from `start` on.
    fn quantifier(&mut self, start: usize) -> Result<(), PatternError> {
        self.skip_comments();
        let quantifier = match self.cursor.peek() {
            Some(c @ ('*' | '+' | '?')) => {
                self.cursor.next();
                c.to_string()
            }
            Some('{') => {
                self.cursor.next();
                self.counts()?
            }
            _ => return Ok(()),
        };
        let is_possessive = self.cursor.eat("+");
        let is_lazy = !is_possessive && self.cursor.eat("?");
        let repeated = self.out.split_off(start);
        let may_miss = quantifier.starts_with(['*', '?']) || quantifier.starts_with("{0");
        let text = match (is_assertion(&repeated), is_possessive, is_lazy) {
            // The engine repeats nothing that takes no text: it holds, or it need not.
            (true, ..) if !may_miss => repeated,
            (true, _, true) => format!("(?:|{repeated})"),
            (true, true, _) => format!("(?>{repeated}|)"),
            (true, ..) => format!("(?:{repeated}|)"),
            (false, true, _) => format!("(?>{repeated}{quantifier})"),
            (false, _, true) => format!("{repeated}{quantifier}?"),
            (false, ..) => format!("{repeated}{quantifier}"),
        };
        self.push_raw(&text);
        Ok(())
    }

    /// Reads `2}`, `2,}` or `2,3}` behind `{`.
    fn counts(&mut self) -> Result<String, PatternError> {
        let least = self.cursor.digits(10, 10);
        let has_comma = self.cursor.eat(",");
        let most = self.cursor.digits(10, 10);
        if least.is_empty() || (!has_comma && !most.is_empty()) {
            return self.cursor.fail("illegal repetition");
        }
        if !self.cursor.eat("}") {
            return self.cursor.fail("unclosed counted closure");
        }
        let number = |digits: &str| digits.parse::<u32>().ok();
        if !most.is_empty() && number(most) < number(least) {
            return self.cursor.fail("illegal repetition range");
        }
        Ok(if has_comma { format!("{{{least},{most}}}") } else { format!("{{{least}}}") })
    }

    fn skip_comments(&mut self) {
        while self.flags.comments {
            match self.cursor.peek() {
                Some(c) if c.is_ascii_whitespace() || c == '\x0B' => drop(self.cursor.next()),
                Some('#') => while !matches!(self.cursor.next(), None | Some('\n' | '\r')) {},
                _ => return,
            }
        }
    }

    /// Appends something that is more than text.
    fn push_raw(&mut self, text: &str) {
        self.literal = None;
        self.out.push_str(text);
    }

    fn push_literal(&mut self, c: char) {
        if let Some(literal) = &mut self.literal {
            literal.push(c);
        }
        let Flags { ignores_case, unicode_case, .. } = self.flags;
        if ignores_case && !unicode_case && !c.is_ascii() {
            // The engine knows Unicode's cases always.
            self.push_raw(&format!("(?-i:{c})"));
        } else {
            push_escaped(c, &mut self.out);
        }
    }
}

/// Whether a translated atom is one of those that take no text.
fn is_assertion(atom: &str) -> bool {
    let beginnings =
        [r"\A", r"\b", r"\B", r"\G", r"\z", "(?=", "(?!", "(?<", r"(?:(?!\z)", r"(?:\z|"];
    beginnings.iter().any(|beginning| atom.starts_with(beginning))
}

/// Appends a character that stands for itself, inside and outside of classes.
pub(super) fn push_escaped(c: char, out: &mut String) {
    if c.is_ascii_alphanumeric() || !c.is_ascii() || c == '_' {
        out.push(c);
    } else {
        out.push_str(&format!(r"\x{{{:X}}}", u32::from(c)));
    }
}
