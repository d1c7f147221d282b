//! What the parts of a compilation share: findings, stage variables, origins, patterns.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use portico_model::{Class, DocumentPath, Finding, Method};
use portico_vtl::PatternError;

use super::status_pattern::StatusPattern;
use crate::{BinaryMediaTypes, Origin};

/// The state of one compilation.
pub(super) struct Compiler<'a> {
    pub(super) findings: Vec<Finding>,
    pub(super) origins: Vec<Origin>,
    origin_index: HashMap<Origin, usize>,
    variables: &'a BTreeMap<String, String>,
    /// Id to URL.
    pub(super) vpc_links: &'a BTreeMap<String, String>,
    pub(super) binary_types: Arc<BinaryMediaTypes>,
    patterns: HashMap<String, Result<StatusPattern, PatternError>>,
}

/// A text with the stage's values in the place of `${stageVariables.name}`.
pub(super) enum Substituted {
    Text(String),
    /// The stage lacks a variable of it; the sentence says which.
    Missing(String),
}

/// The method that is being compiled.
pub(super) struct MethodScope<'a> {
    /// Variables of the resource's path; the index is that of the capture.
    pub(super) path_parameters: &'a [Box<str>],
    pub(super) method: &'a Method,
}

impl<'a> Compiler<'a> {
    pub(super) fn new(
        variables: &'a BTreeMap<String, String>,
        vpc_links: &'a BTreeMap<String, String>,
        binary_types: Arc<BinaryMediaTypes>,
    ) -> Self {
        Self {
            findings: Vec::new(),
            origins: Vec::new(),
            origin_index: HashMap::new(),
            variables,
            vpc_links,
            binary_types,
            patterns: HashMap::new(),
        }
    }

    /// The variables of the stage.
    pub(super) fn variables(&self) -> &'a BTreeMap<String, String> {
        self.variables
    }

    /// Notes a finding.
    pub(super) fn report(&mut self, finding: Finding) {
        self.findings.push(finding);
    }

    /// Notes that AWS would refuse the field as well.
    pub(super) fn invalid(&mut self, kind: &'static str, path: &DocumentPath, message: String) {
        self.report(Finding::new(Class::Invalid, kind, path.clone(), message));
    }

    /// The kinds of what cannot run, among the findings behind the first `before`.
    pub(super) fn refusals_since(&self, before: usize) -> impl Iterator<Item = &'static str> {
        let findings = self.findings[before..].iter();
        findings.filter(|it| it.class == Class::NotRunnable).map(|it| it.kind)
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
    pub(super) fn pattern(&mut self, text: &str) -> &Result<StatusPattern, PatternError> {
        self.patterns.entry(text.to_owned()).or_insert_with(|| StatusPattern::compile(text))
    }

    /// The value of a stage variable: empty, with a warning, where the stage lacks it. `None` when
    /// a fatal finding has been made.
    pub(super) fn stage_variable(&mut self, path: &DocumentPath, name: &str) -> Option<&'a str> {
        let value = self.legal_variable(name)?;
        Some(value.unwrap_or_else(|| {
            self.missing_variable(path, name, "its value here is empty");
            ""
        }))
    }

    /// The text with every `${stageVariables.name}` replaced by its value. A stage that lacks one
    /// is served without what the text is for. Source: recorded answers.
    pub(super) fn substitute(&mut self, path: &DocumentPath, text: &str) -> Option<Substituted> {
        let mut result = String::with_capacity(text.len());
        let mut rest = text;
        let mut legal = true;
        let mut missing = None;
        while let Some((before, after)) = rest.split_once("${") {
            result.push_str(before);
            let Some((name, after)) = after.split_once('}') else {
                self.invalid("uri", path, "\"${\" without \"}\"".to_owned());
                return None;
            };
            rest = after;
            let Some(name) = name.strip_prefix("stageVariables.") else {
                self.invalid("uri", path, format!("\"${{{name}}}\" is no stage variable"));
                legal = false;
                continue;
            };
            match self.legal_variable(name) {
                Some(Some(value)) => result.push_str(value),
                Some(None) => {
                    let effect = "so every request of the method is answered with 500";
                    missing = Some(self.missing_variable(path, name, effect));
                }
                None => legal = false,
            }
        }
        result.push_str(rest);
        let substituted = missing.map_or(Substituted::Text(result), Substituted::Missing);
        legal.then_some(substituted)
    }

    /// The value of a stage variable, if the stage has it; `None` when it has an illegal one, which
    /// the compilation of the stage reports.
    fn legal_variable(&self, name: &str) -> Option<Option<&'a str>> {
        let value = self.variables.get(name).map(String::as_str);
        value.is_none_or(|value| value.bytes().all(is_variable_byte)).then_some(value)
    }

    /// Warns of a variable that the stage lacks; the sentence without its effect.
    fn missing_variable(&mut self, path: &DocumentPath, name: &str, effect: &str) -> String {
        let lacks = format!("the stage has no variable \"{name}\"");
        let message = format!("{lacks}, {effect}");
        let finding = Finding::new(Class::Ignored, "stage-variable", path.clone(), message);
        self.report(finding.help("give it a value among the variables of the stage"));
        lacks
    }
}

/// Source: API Gateway API Reference, `CreateStage`, `variables`.
pub(super) fn is_variable_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~:/?#&=,".contains(&byte)
}
