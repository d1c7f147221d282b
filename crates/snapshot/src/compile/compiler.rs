//! What the parts of a compilation share: findings, stage variables, origins, patterns.

use std::collections::{BTreeMap, HashMap};

use portico_model::{Class, DocumentPath, Finding, Method};

use super::status_pattern::{StatusPattern, UnusablePattern};
use crate::Origin;

/// The state of one compilation.
pub(super) struct Compiler<'a> {
    pub(super) findings: Vec<Finding>,
    pub(super) origins: Vec<Origin>,
    origin_index: HashMap<Origin, usize>,
    variables: &'a BTreeMap<String, String>,
    patterns: HashMap<String, Result<StatusPattern, UnusablePattern>>,
}

/// The method that is being compiled.
pub(super) struct MethodScope<'a> {
    /// Variables of the resource's path; the index is that of the capture.
    pub(super) path_parameters: &'a [Box<str>],
    pub(super) method: &'a Method,
}

impl<'a> Compiler<'a> {
    pub(super) fn new(variables: &'a BTreeMap<String, String>) -> Self {
        Self {
            findings: Vec::new(),
            origins: Vec::new(),
            origin_index: HashMap::new(),
            variables,
            patterns: HashMap::new(),
        }
    }

    /// Notes a finding.
    pub(super) fn report(&mut self, finding: Finding) {
        self.findings.push(finding);
    }

    /// Notes that AWS would refuse the field as well.
    pub(super) fn invalid(&mut self, kind: &'static str, path: &DocumentPath, message: String) {
        self.report(Finding::new(Class::Invalid, kind, path.clone(), message));
    }

    /// The index of an origin, which every call to it shares.
    pub(super) fn origin(&mut self, origin: Origin) -> usize {
        let next = self.origins.len();
        let index = *self.origin_index.entry(origin.clone()).or_insert(next);
        if index == next {
            self.origins.push(origin);
        }
        index
    }

    /// A selection pattern, compiled once for all the methods that have it.
    pub(super) fn pattern(&mut self, text: &str) -> &Result<StatusPattern, UnusablePattern> {
        self.patterns.entry(text.to_owned()).or_insert_with(|| StatusPattern::compile(text))
    }

    /// The value of a stage variable; one that the stage lacks is a finding.
    pub(super) fn stage_variable(&mut self, path: &DocumentPath, name: &str) -> Option<&'a str> {
        match self.variables.get(name) {
            Some(value) if value.bytes().all(is_variable_byte) => Some(value),
            Some(_) => {
                let message = format!(
                    "the value of stage variable \"{name}\" has a character other than letters, \
                     digits and -._~:/?#&=,"
                );
                self.invalid("stage-variable", path, message);
                None
            }
            None => {
                let message = format!("the stage has no variable \"{name}\"");
                let finding = Finding::new(Class::Invalid, "stage-variable", path.clone(), message)
                    .help("give it a value among the variables of the stage");
                self.report(finding);
                None
            }
        }
    }

    /// The text with every `${stageVariables.name}` replaced by its value.
    pub(super) fn substitute(&mut self, path: &DocumentPath, text: &str) -> Option<String> {
        let mut result = String::with_capacity(text.len());
        let mut rest = text;
        let mut complete = true;
        while let Some((before, after)) = rest.split_once("${") {
            result.push_str(before);
            let Some((name, after)) = after.split_once('}') else {
                self.invalid("uri", path, "\"${\" without \"}\"".to_owned());
                return None;
            };
            match name.strip_prefix("stageVariables.") {
                Some(name) => match self.stage_variable(path, name) {
                    Some(value) => result.push_str(value),
                    None => complete = false,
                },
                None => {
                    let message = format!("\"${{{name}}}\" is no stage variable");
                    self.invalid("uri", path, message);
                    complete = false;
                }
            }
            rest = after;
        }
        result.push_str(rest);
        complete.then_some(result)
    }
}

/// Source: API Gateway API Reference, `CreateStage`, `variables`.
fn is_variable_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~:/?#&=,".contains(&byte)
}
