//! The files of a definition: itself, and those that references lead to, each read once.
//!
//! They are read before anything is made of them, so that references are followed through values
//! that stay where they are. What is wrong with a file matters only once something is read from it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use portico_model::Finding;
use portico_model::limits::DEFINITION_BYTES;

use super::intrinsic::{Evaluation, Values};
use super::options::Options;
use super::pointer;
use crate::Places;
use crate::tree::{self, Node, Value};

/// Files of one definition, itself among them.
const FILES: usize = 64;

/// The files of one definition, by the name that paths have for them: empty for itself.
pub(super) struct Library {
    files: BTreeMap<String, File>,
    /// The definition's own name, which references may have for it.
    own_name: String,
    /// The files beside the definition that were asked for, whether they were there or not.
    pub(super) touched: Vec<String>,
}

/// One file as far as it could be read.
pub(super) struct File {
    /// As it is shown.
    name: Arc<str>,
    pub(super) root: Option<Node>,
    /// What is wrong with its text.
    pub(super) findings: Vec<Finding>,
    /// Why there is no text.
    pub(super) unreadable: Option<String>,
}

impl Library {
    /// Reads a definition and what it leads to.
    pub(super) fn load(file_name: &str, text: &[u8], options: &mut Options<'_>) -> Self {
        let mut evaluation = Evaluation::new(Values::new(options));
        let split = file_name.rfind(['/', '\\']).map_or(0, |at| at + 1);
        let (directory, own_name) = file_name.split_at(split);
        let mut library =
            Self { files: BTreeMap::new(), own_name: own_name.to_owned(), touched: Vec::new() };
        let (mut nodes, mut bytes) = (0, text.len());
        let mut pending = BTreeSet::new();
        let mut add = |library: &mut Self, key: &str, name: String, text: &[u8]| {
            let name: Arc<str> = name.into();
            let (root, findings) = tree::read(&name, text, &mut nodes);
            let root = root.map(|root| evaluation.tree(root));
            let named = root.as_ref().map(|root| references(root, key)).unwrap_or_default();
            let file = File { name, root, findings, unreadable: None };
            library.files.insert(key.to_owned(), file);
            named
        };
        pending.extend(add(&mut library, "", file_name.to_owned(), text));
        while let Some(path) = pending.pop_first() {
            if library.get(&path).is_some() {
                continue;
            }
            let left = DEFINITION_BYTES.saturating_sub(bytes);
            let text = if library.files.len() >= FILES {
                Err(format!("a definition has at most {FILES} files"))
            } else {
                library.touched.push(path.clone());
                options.files.read(&path, left).map_err(|error| error.to_string())
            };
            let text = text.and_then(|text| match text.len() > left {
                true => {
                    Err(format!("the files of a definition have {DEFINITION_BYTES} bytes at most"))
                }
                false => Ok(text),
            });
            let name = format!("{directory}{path}");
            match text {
                Ok(text) => {
                    bytes += text.len();
                    pending.extend(add(&mut library, &path, name, &text));
                }
                Err(why) => {
                    let name = name.into();
                    let unreadable = Some(why);
                    let file = File { name, root: None, findings: Vec::new(), unreadable };
                    library.files.insert(path, file);
                }
            }
        }
        library
    }

    /// The file that a path names.
    pub(super) fn get(&self, path: &str) -> Option<&File> {
        self.files.get(self.key(path))
    }

    /// The name that paths have for a file: the definition may be called by its own name.
    pub(super) fn key<'p>(&self, path: &'p str) -> &'p str {
        if path == self.own_name { "" } else { path }
    }

    /// The places of all files.
    pub(super) fn places(&self) -> Places {
        let files = self.files.iter();
        Places::new(
            files.map(|(key, file)| (key.clone(), Arc::clone(&file.name), file.root.clone())),
        )
    }
}

/// The files that references in a tree name.
fn references(root: &Node, file: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut open = vec![root];
    while let Some(node) = open.pop() {
        match &node.value {
            Value::Sequence(items) => open.extend(items.iter()),
            Value::Mapping(members) => {
                open.extend(members.iter().map(|member| &member.node));
                if let Some(reference) = members.get("$ref")
                    && let Value::String(text) = &reference.node.value
                    && let Ok((path, _)) = pointer::target(file, text)
                    && path != file
                {
                    found.insert(path);
                }
            }
            _ => {}
        }
    }
    found
}
