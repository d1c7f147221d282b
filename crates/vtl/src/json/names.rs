//! Names that stand twice in an object: found while it is read, and taken out in the end.
//!
//! Nearly always there are none, and a small set of hashes shows it.

use std::collections::HashMap;

use super::name::hash_of;
use super::node::{Node, Tag, Texts};

/// Objects with more members than this are searched for double names when they are whole.
pub(super) const FEW: u64 = 24;

/// Whether a name stands in an object.
pub(super) fn is_in(texts: Texts<'_, [u8]>, object: &[Node], name: &Node) -> bool {
    let (hash, text) = (hash_of(name), texts.name(name));
    let is_same = |known: &Node| hash_of(known) == hash && texts.name(known) == text;
    names(object).any(|at| is_same(&object[at]))
}

/// Whether a name stands twice in an object.
pub(super) fn is_any_double(texts: Texts<'_, [u8]>, object: &[Node]) -> bool {
    let mut hashes: Vec<_> = names(object).map(|at| hash_of(&object[at])).collect();
    if !sorts_doubles(&mut hashes) {
        return false;
    }
    let mut names: Vec<_> = names(object).map(|at| texts.name(&object[at])).collect();
    sorts_doubles(&mut names)
}

/// So many nodes behind an object, names are not said to be any number behind it.
pub(super) const FAR: u64 = 1 << 16;

/// Takes from the names that are far behind their object what does not fit into their nodes.
#[cold]
#[inline(never)]
pub(super) fn forget_far(object: &mut [Node]) {
    let far: Vec<usize> = names(object).filter(|at| *at as u64 >= FAR).collect();
    for at in far {
        object[at].back = 0;
    }
}

/// Whether anything stands there twice.
fn sorts_doubles<T: Ord>(all: &mut [T]) -> bool {
    all.sort_unstable();
    all.windows(2).any(|pair| pair[0] == pair[1])
}

/// The places of the names among the nodes of an object.
fn names(object: &[Node]) -> impl Iterator<Item = usize> {
    let mut next = 1;
    std::iter::from_fn(move || {
        let [_, value, ..] = object.get(next..)? else { return None };
        let name = next;
        next += 1 + value.span as usize;
        Some(name)
    })
}

/// The tape without double names: the last of the members with the same name, at the place of the
/// first. It recurses no deeper than the text nests.
#[cold]
pub(super) fn without_doubles(texts: Texts<'_, [u8]>, nodes: &[Node]) -> Vec<Node> {
    let mut kept = Vec::with_capacity(nodes.len());
    keep(texts, nodes, &mut kept);
    kept
}

/// Keeps the value that the nodes begin with.
fn keep(texts: Texts<'_, [u8]>, nodes: &[Node], kept: &mut Vec<Node>) {
    let place = kept.len();
    kept.push(nodes[0]);
    let own = &nodes[..nodes[0].span as usize];
    match own[0].tag {
        Tag::Array => {
            let mut item = 1;
            while item < own.len() {
                keep(texts, &own[item..], kept);
                item += own[item].span as usize;
            }
        }
        Tag::Object => {
            let members = last_members(texts, own);
            for (name, value) in &members {
                let back = u16::try_from(kept.len() - place).unwrap_or(0);
                kept.push(Node { back, ..own[*name] });
                keep(texts, &own[*value..], kept);
            }
            kept[place].first = members.len() as u32;
        }
        _ => {}
    }
    kept[place].span = (kept.len() - place) as u32;
}

/// The places of the names and values that count.
fn last_members(texts: Texts<'_, [u8]>, object: &[Node]) -> Vec<(usize, usize)> {
    let mut members: Vec<(usize, usize)> = Vec::new();
    let mut known: HashMap<&[u8], usize> = HashMap::new();
    for name in names(object) {
        let value = name + 1;
        let index = *known.entry(texts.name(&object[name])).or_insert(members.len());
        match members.get_mut(index) {
            Some(member) => member.1 = value,
            None => members.push((name, value)),
        }
    }
    members
}
