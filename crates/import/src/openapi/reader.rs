//! Typed access to the tree: whatever is not of the expected type is a finding.

use std::collections::BTreeSet;

use portico_model::{Class, DocumentPath, Finding};

use crate::tree::{Member, Node, Value};

/// The root of the document, for references, and the findings so far.
pub(super) struct Reader<'d> {
    root: &'d Node,
    pub(super) findings: Vec<Finding>,
}

/// A value and its path.
#[derive(Clone)]
pub(super) struct At<'d> {
    pub(super) node: &'d Node,
    pub(super) path: DocumentPath,
}

impl<'d> At<'d> {
    /// The member of a mapping; none of anything else.
    pub(super) fn get(&self, key: &str) -> Option<At<'d>> {
        let Value::Mapping(members) = &self.node.value else { return None };
        let member = members.get(key)?;
        Some(At { node: &member.node, path: self.path.join(key) })
    }

    /// Whether the value is an empty list or mapping: written down, but asking for nothing.
    pub(super) fn is_empty(&self) -> bool {
        match &self.node.value {
            Value::Sequence(items) => items.is_empty(),
            Value::Mapping(members) => members.is_empty(),
            _ => false,
        }
    }
}

impl<'d> Reader<'d> {
    pub(super) fn new(root: &'d Node) -> Self {
        Self { root, findings: Vec::new() }
    }

    /// The document itself.
    pub(super) fn root(&self) -> At<'d> {
        At { node: self.root, path: DocumentPath::root() }
    }

    pub(super) fn report(
        &mut self,
        class: Class,
        kind: &'static str,
        path: &DocumentPath,
        message: impl Into<String>,
    ) -> &mut Finding {
        self.findings.push(Finding::new(class, kind, path.clone(), message));
        self.findings.last_mut().expect("one was just pushed")
    }

    pub(super) fn invalid(
        &mut self,
        kind: &'static str,
        path: &DocumentPath,
        message: impl Into<String>,
    ) -> &mut Finding {
        self.report(Class::Invalid, kind, path, message)
    }

    pub(super) fn not_runnable(
        &mut self,
        kind: &'static str,
        path: &DocumentPath,
        message: impl Into<String>,
    ) -> &mut Finding {
        self.report(Class::NotRunnable, kind, path, message)
    }

    pub(super) fn ignored(
        &mut self,
        kind: &'static str,
        path: &DocumentPath,
        message: impl Into<String>,
    ) -> &mut Finding {
        self.report(Class::Ignored, kind, path, message)
    }

    /// Whether a fatal finding has been made since there were `before` findings.
    pub(super) fn failed_since(&self, before: usize) -> bool {
        self.findings[before..].iter().any(Finding::is_fatal)
    }

    /// The kinds of what cannot run, among the findings behind the first `before`.
    pub(super) fn refusals_since(&self, before: usize) -> Vec<&'static str> {
        let findings = self.findings[before..].iter();
        let refused = findings.filter(|finding| finding.class == Class::NotRunnable);
        let kinds: BTreeSet<_> = refused.map(|finding| finding.kind).collect();
        kinds.into_iter().collect()
    }

    /// The worst class of the findings behind the first `before`.
    pub(super) fn worst_since(&self, before: usize) -> Option<Class> {
        self.findings[before..].iter().map(|finding| finding.class).min()
    }

    /// The members of a mapping.
    pub(super) fn mapping(&mut self, at: &At<'d>) -> Option<&'d [Member]> {
        match &at.node.value {
            Value::Mapping(members) => Some(members),
            _ => self.wrong(at, "a mapping"),
        }
    }

    /// The items of a list.
    pub(super) fn sequence(&mut self, at: &At<'d>) -> Option<&'d [Node]> {
        match &at.node.value {
            Value::Sequence(items) => Some(items),
            _ => self.wrong(at, "a list"),
        }
    }

    /// A string.
    pub(super) fn string(&mut self, at: &At<'d>) -> Option<&'d str> {
        match &at.node.value {
            Value::String(text) => Some(text),
            _ => self.wrong(at, "a string"),
        }
    }

    /// A string, or a number or boolean as it is written, which AWS takes as text.
    pub(super) fn text(&mut self, at: &At<'d>) -> Option<&'d str> {
        match &at.node.value {
            Value::String(text) | Value::Number(text) => Some(text),
            Value::Bool(true) => Some("true"),
            Value::Bool(false) => Some("false"),
            _ => self.wrong(at, "a string"),
        }
    }

    /// A boolean.
    pub(super) fn boolean(&mut self, at: &At<'d>) -> Option<bool> {
        match &at.node.value {
            Value::Bool(value) => Some(*value),
            _ => self.wrong(at, "a boolean"),
        }
    }

    /// The string member of a mapping, when there is one.
    pub(super) fn string_member(&mut self, at: &At<'d>, key: &str) -> Option<&'d str> {
        let member = at.get(key)?;
        self.string(&member)
    }

    fn wrong<T>(&mut self, at: &At<'d>, expected: &str) -> Option<T> {
        if let Some(name) = cloudformation_function(&at.node.value) {
            let message =
                format!("{name} is a function of CloudFormation: nothing evaluates it here");
            let finding = self.invalid("cloudformation", &at.path, message);
            finding.help = Some("write the value itself, or a stage variable".into());
            return None;
        }
        let found = at.node.value.noun();
        self.invalid("type", &at.path, format!("expected {expected}, found {found}"));
        None
    }

    /// What a value stands for: itself, or what its `$ref` into `section` of the components
    /// names. `None` when a finding has been made instead.
    pub(super) fn resolve(&mut self, at: At<'d>, section: &str) -> Option<At<'d>> {
        let Some(reference) = at.get("$ref") else { return Some(at) };
        let text = self.string(&reference)?;
        let prefix = format!("#/components/{section}/");
        let Some(name) = text.strip_prefix(&prefix).filter(|name| !name.contains('/')) else {
            let message = format!("a reference here is to {prefix}NAME in the same file");
            self.not_runnable("reference", &reference.path, message);
            return None;
        };
        let name = name.replace("~1", "/").replace("~0", "~");
        let components = self.root().get("components");
        let target = components.and_then(|at| at.get(section)).and_then(|at| at.get(&name));
        match target {
            None => {
                self.invalid("reference", &reference.path, format!("there is no {text}"));
                None
            }
            Some(target) if target.get("$ref").is_some() => {
                let message = "a reference to a reference is not followed";
                self.not_runnable("reference", &reference.path, message);
                None
            }
            target => target,
        }
    }
}

/// The name of the function that a mapping calls in a CloudFormation template.
fn cloudformation_function(value: &Value) -> Option<&str> {
    let Value::Mapping(members) = value else { return None };
    let [Member { key, .. }] = &***members else { return None };
    (&**key == "Ref" || key.starts_with("Fn::")).then_some(key)
}
