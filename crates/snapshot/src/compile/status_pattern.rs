//! Selection patterns: regular expressions of Java on a status, evaluated for every status there
//! is, so that a request only looks its own up.

use fancy_regex::RegexBuilder;

/// Steps that matching one status may take: far more than a sane pattern needs on three digits.
const BACKTRACKS: usize = 10_000;

/// Bytes that a compiled pattern may take.
const COMPILED_BYTES: usize = 1 << 20;

/// Bytes of a pattern.
const PATTERN_BYTES: usize = 4096;

/// The statuses from 100 to 599 that a pattern matches as a whole.
pub(super) struct StatusPattern(Box<[bool]>);

/// Why a pattern cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum UnusablePattern {
    #[error("it is longer than {PATTERN_BYTES} bytes")]
    Long,
    #[error("{0}")]
    Syntax(String),
    #[error("it takes more than {BACKTRACKS} steps on a status")]
    Slow,
}

impl StatusPattern {
    /// Compiles a pattern and tries it on every status.
    pub(super) fn compile(text: &str) -> Result<Self, UnusablePattern> {
        if text.len() > PATTERN_BYTES {
            return Err(UnusablePattern::Long);
        }
        // The pattern alone first: "a)|(b" is balanced only between our own parentheses.
        let build = |text: &str| {
            RegexBuilder::new(text)
                .backtrack_limit(BACKTRACKS)
                .delegate_size_limit(COMPILED_BYTES)
                .build()
                .map_err(|error| UnusablePattern::Syntax(error.to_string()))
        };
        build(text)?;
        let regex = build(&format!(r"\A(?:{text})\z"))?;
        let matched: Result<Box<[bool]>, _> =
            (100..=599).map(|status: u16| regex.is_match(&status.to_string())).collect();
        matched.map(Self).map_err(|_| UnusablePattern::Slow)
    }

    /// Whether the pattern matches a status from 100 to 599.
    pub(super) fn matches(&self, status: u16) -> bool {
        let index = status.checked_sub(100).map(usize::from);
        index.and_then(|index| self.0.get(index)).copied().unwrap_or(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_whole_statuses() {
        let check = |text: &str, status: u16, expected: bool| {
            let pattern = StatusPattern::compile(text).unwrap();
            assert_eq!(pattern.matches(status), expected, "{text} on {status}");
        };
        check("200", 200, true);
        check("20", 200, false);
        check("4\\d{2}", 404, true);
        check("4\\d{2}", 500, false);
        check("404|5..", 503, true);
        check("4(?!04)\\d\\d", 404, false);
        check("4(?!04)\\d\\d", 400, true);
        check("(\\d)\\1\\1", 444, true);
        check(".*", 599, true);
        check(".*", 600, false);
        check("[45]\\d*+", 418, true);
    }

    #[test]
    fn unusable_patterns_are_refused() {
        let check = |text: &str| assert!(StatusPattern::compile(text).is_err(), "{text}");
        check("(");
        check("4)|(5");
        check("[");
        check(&"a".repeat(PATTERN_BYTES + 1));
        check("(?:(?:(?:\\d{1000}){1000}){1000})");
    }
}
