//! Selection patterns: regular expressions of Java on a status, evaluated for every status there
//! is, so that a request only looks its own up.

use portico_vtl::{Pattern, PatternError};

/// The statuses from 100 to 599 that a pattern matches as a whole.
pub(super) struct StatusPattern(Box<[bool]>);

impl StatusPattern {
    /// Compiles a pattern and tries it on every status.
    pub(super) fn compile(text: &str) -> Result<Self, PatternError> {
        let pattern = Pattern::parse(text)?;
        let matched: Result<Box<[bool]>, _> =
            (100..=599).map(|status: u16| pattern.matches(&status.to_string())).collect();
        matched.map(Self)
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
        // What only Java writes so.
        check("\\Q404\\E|[4-5&&[^5]]0\\p{Digit}", 404, true);
        check("\\Q404\\E|[4-5&&[^5]]0\\p{Digit}", 504, false);
    }

    #[test]
    fn unusable_patterns_are_refused() {
        let check = |text: &str| assert!(StatusPattern::compile(text).is_err(), "{text}");
        check("(");
        check("4)|(5");
        check("[");
        check(&"a".repeat(10_001));
        check("(?:(?:(?:\\d{1000}){1000}){1000})");
    }
}
