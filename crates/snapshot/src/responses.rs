//! Responses: what the client gets for a status of the integration.

use std::sync::Arc;

use portico_model::ContentHandling;

use crate::{BodyPath, ContextVariable, MappingTemplate};

/// Statuses that an answer can have (RFC 9110, section 15).
const STATUSES: std::ops::RangeInclusive<u16> = 100..=599;

/// The integration responses of a method; selection patterns are already evaluated.
#[derive(Debug)]
pub struct Responses {
    rules: Vec<ResponseRule>,
    /// For the statuses 100 to 599: one more than the index of the rule, 0 for none.
    by_status: Box<[u16]>,
}

/// How one kind of answer becomes the method's.
#[derive(Debug)]
pub struct ResponseRule {
    /// The selection pattern as written; the default has none.
    pub pattern: Option<Box<str>>,
    /// Status that the client gets.
    pub status: u16,
    /// Mapped header fields under the names that the client sees, by the names they have in the
    /// definition.
    pub headers: Vec<(Box<str>, ResponseSource)>,
    /// The paths into the body of the origin's answer among them.
    pub body_paths: Arc<[BodyPath]>,
    /// By media type as written.
    pub templates: Vec<(Box<str>, MappingTemplate)>,
    /// Whether one of them is no constant.
    pub renders: bool,
    /// The conversion of the answer's body that is asked for.
    pub content_handling: Option<ContentHandling>,
}

/// Where a mapped header field of an answer comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ResponseSource {
    /// The value itself: a static text or a stage variable.
    Literal(Box<[u8]>),
    /// Name of a header field of the origin's answer.
    Header(Box<str>),
    /// Every value of a header field of the origin's answer.
    Headers(Box<str>),
    Context(ContextVariable),
    /// The body of the origin's answer; without one `{}`.
    Body,
    /// What a path leads to in the body of the origin's answer.
    BodyPath(BodyPath),
}

impl Responses {
    /// Asks `choose` for the rule of every status, as an index into `rules`; what is no index
    /// there is no rule.
    pub fn new(rules: Vec<ResponseRule>, choose: impl Fn(u16) -> Option<usize>) -> Self {
        let slot = |status| match choose(status) {
            Some(index) if index < rules.len() => u16::try_from(index + 1).unwrap_or(0),
            _ => 0,
        };
        let by_status = STATUSES.map(slot).collect();
        Self { rules, by_status }
    }

    /// Whether a mapping or a template reads the body of the origin's answer.
    pub fn read_body(&self) -> bool {
        let is_body =
            |it: &ResponseSource| matches!(it, ResponseSource::Body | ResponseSource::BodyPath(_));
        self.rules.iter().any(|rule| {
            rule.headers.iter().any(|(_, source)| is_body(source))
                || rule.templates.iter().any(|(_, template)| template.reads_input())
        })
    }

    /// The rule for a status of the integration. Without one the answer is a configuration error.
    pub fn select(&self, status: u16) -> Option<&ResponseRule> {
        let slot = self.by_status.get(usize::from(status.checked_sub(*STATUSES.start())?))?;
        self.rules.get(usize::from(slot.checked_sub(1)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_has_the_rule_that_was_chosen_for_it() {
        let rule = |status| ResponseRule {
            pattern: None,
            status,
            headers: Vec::new(),
            body_paths: Arc::default(),
            templates: Vec::new(),
            renders: false,
            content_handling: None,
        };
        let choose = |status| match status {
            404 => Some(1),
            500..=599 => Some(7),
            418 => None,
            _ => Some(0),
        };
        let responses = Responses::new(vec![rule(200), rule(404)], choose);
        let check = |status: u16, expected: Option<u16>| {
            assert_eq!(responses.select(status).map(|rule| rule.status), expected, "{status}");
        };
        check(0, None);
        check(99, None);
        check(100, Some(200));
        check(404, Some(404));
        check(418, None);
        check(500, None);
        check(599, None);
        check(600, None);
        check(u16::MAX, None);
    }
}
