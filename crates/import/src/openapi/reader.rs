//! Typed access to the tree: whatever is not of the expected type is a finding.

use std::collections::BTreeSet;

use portico_model::{Class, DocumentPath, Finding};

use super::intrinsic::{self, Values};
use super::library::Library;
use super::version::{Dialect, Section};
use crate::tree::{Member, Node, Value};

/// The files of the definition, for references, and the findings so far.
pub(super) struct Reader<'d> {
    pub(super) library: &'d Library,
    root: &'d Node,
    values: Values<'d>,
    /// What the document is written in, once its version is known.
    pub(super) dialect: Dialect,
    pub(super) findings: Vec<Finding>,
    /// Files that references led to.
    pub(super) followed: BTreeSet<String>,
    /// Values that references stood for so far.
    pub(super) referenced: usize,
    /// Kinds of what no single method can be refused for.
    pub(super) unplaced: BTreeSet<&'static str>,
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
    pub(super) fn new(library: &'d Library, root: &'d Node, values: Values<'d>) -> Self {
        Self {
            library,
            root,
            values,
            dialect: Dialect::OpenApi30,
            findings: Vec::new(),
            followed: BTreeSet::new(),
            referenced: 0,
            unplaced: BTreeSet::new(),
        }
    }

    /// The document itself.
    pub(super) fn root(&self) -> At<'d> {
        At { node: self.root, path: DocumentPath::root() }
    }

    /// What the document defines of one kind, where its version has it.
    pub(super) fn section(&self, section: Section) -> Option<At<'d>> {
        let mut names = section.names(self.dialect).iter();
        names.try_fold(self.root(), |at, name| at.get(name))
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
            value @ Value::Mapping(members) if !intrinsic::is_call(value) => Some(members),
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
        if let Some(why) = self.values.unresolved(&at.node.value) {
            let (message, help) = why.explain();
            self.invalid("cloudformation", &at.path, message).help = Some(help);
            return None;
        }
        let found = at.node.value.noun();
        self.invalid("type", &at.path, format!("expected {expected}, found {found}"));
        None
    }
}
