//! References: what a value stands for, in this file or another of the definition.

use portico_model::DocumentPath;

use super::pointer::{self, Elsewhere};
use super::reader::{At, Reader};
use crate::tree::{Node, Value};

/// References that may follow one another.
const CHAIN: usize = 32;

/// Values that all references of a definition together may stand for, and what its operations
/// inherit from it, each counted as often as it is used.
const REFERENCED: usize = 2_000_000;

/// How often a value counts that an operation inherits: each is also told for each.
const INHERITED: usize = 4;

impl<'d> Reader<'d> {
    /// What a value stands for: itself, or what its `$ref` names. `None` when a finding has been
    /// made instead.
    pub(super) fn resolve(&mut self, at: At<'d>) -> Option<At<'d>> {
        let first = at.path.clone();
        let mut at = at;
        for _ in 0..CHAIN {
            let Some(reference) = at.get("$ref") else { return Some(at) };
            self.check_siblings(&at);
            at = self.follow(&reference)?;
        }
        let message = format!("the reference leads to more than {CHAIN} others, or back to itself");
        self.invalid("reference", &first, message);
        None
    }

    /// What the text of one `$ref` names, be it another reference.
    pub(super) fn follow(&mut self, reference: &At<'d>) -> Option<At<'d>> {
        let text = self.string(reference)?;
        let (file, fragment) = match pointer::target(reference.path.file(), text) {
            Ok(target) => target,
            Err(why) => return self.refuse(reference, text, why),
        };
        let key = self.library.key(&file).to_owned();
        let found = self.library.get(&file);
        if let Some(why) = found.and_then(|file| file.unreadable.as_deref()) {
            let message = format!("\"{file}\" cannot be read: {why}");
            self.invalid("reference", &reference.path, message);
            return None;
        }
        self.followed.insert(key.clone());
        let Some(root) = found.and_then(|file| file.root.as_ref()) else {
            let message = format!("\"{file}\" cannot be read as YAML or JSON");
            self.invalid("reference", &reference.path, message);
            return None;
        };
        let path = if key.is_empty() { DocumentPath::root() } else { DocumentPath::in_file(&key) };
        let Some(target) = descend(At { node: root, path }, &fragment) else {
            self.invalid("reference", &reference.path, format!("there is no {text}"));
            return None;
        };
        self.charge(&reference.path, size(target.node)).then_some(target)
    }

    /// Members beside a reference have no effect. Source: OpenAPI 3.0.4, "Reference Object";
    /// 3.1 has `summary` and `description` replace those of the target.
    fn check_siblings(&mut self, at: &At<'d>) {
        let Value::Mapping(members) = &at.node.value else { return };
        if members.len() == 1 {
            return;
        }
        let silent =
            |key: &str| matches!(key, "$ref" | "summary" | "description") || key.starts_with("x-");
        for member in members.iter().filter(|member| !silent(&member.key)) {
            let key = &member.key;
            let message = format!("\"{key}\" is ignored: it stands beside a reference");
            self.ignored("ignored-member", &at.path.join(key), message);
        }
    }

    fn refuse<T>(&mut self, reference: &At<'d>, text: &str, why: Elsewhere) -> Option<T> {
        let path = &reference.path;
        match why {
            Elsewhere::Address => {
                let message = format!("\"{text}\" is an address: nothing is fetched");
                let help = "keep a copy of the file beside the definition, and refer to that";
                self.invalid("reference", path, message).help = Some(help.to_owned());
            }
            Elsewhere::Outside => {
                let message = format!("\"{text}\" is outside the directory of the definition");
                let help = "keep what belongs to a definition in its directory or below";
                self.not_runnable("reference", path, message).help = Some(help.to_owned());
            }
            Elsewhere::Nameless => {
                self.invalid("reference", path, format!("\"{text}\" names no file"));
            }
        }
        None
    }

    /// Counts values that stand elsewhere, as they would count had they been written here; whether
    /// there is room for them.
    fn charge(&mut self, path: &DocumentPath, values: usize) -> bool {
        if self.referenced <= REFERENCED {
            self.referenced += values;
        }
        if self.referenced > REFERENCED {
            let message = format!(
                "references, and what is inherited, stand for more than {REFERENCED} values"
            );
            self.invalid("too-many-values", path, message);
            return false;
        }
        true
    }

    /// A member of an operation, or that of the whole definition, which each operation without its
    /// own has; an error when the operations have too much together.
    pub(super) fn inherited(
        &mut self,
        operation: &At<'d>,
        key: &str,
    ) -> Result<Option<At<'d>>, ()> {
        if let Some(own) = operation.get(key) {
            return Ok(Some(own));
        }
        let Some(inherited) = self.root().get(key) else { return Ok(None) };
        match self.charge(&operation.path, INHERITED * size(inherited.node)) {
            true => Ok(Some(inherited)),
            false => Err(()),
        }
    }
}

/// The value that a JSON Pointer names below another.
fn descend<'d>(from: At<'d>, pointer: &str) -> Option<At<'d>> {
    if pointer.is_empty() {
        return Some(from);
    }
    pointer.strip_prefix('/')?.split('/').try_fold(from, |at, token| {
        let key = token.replace("~1", "/").replace("~0", "~");
        match &at.node.value {
            Value::Sequence(items) => {
                let node = items.get(key.parse::<usize>().ok()?)?;
                Some(At { node, path: at.path.join(&key) })
            }
            _ => at.get(&key),
        }
    })
}

/// Values in a value, itself among them.
fn size(node: &Node) -> usize {
    let mut open = vec![node];
    let mut count = 0;
    while let Some(node) = open.pop() {
        count += 1;
        match &node.value {
            Value::Sequence(items) => open.extend(items.iter()),
            Value::Mapping(members) => open.extend(members.iter().map(|member| &member.node)),
            _ => {}
        }
    }
    count
}
