//! Near misses: which other routes a request could have meant. For whoever wonders why it went
//! where it did; no request needs it.

use portico_model::{HttpMethod, distance};

use super::{MethodIndex, Node, RouteTree};

/// Nodes that are looked at: an API of thousands of resources has enough rivals among these.
const NODES_MAX: usize = 1000;
/// Bytes of a segment whose spelling is compared.
const SPELLING_BYTES: usize = 64;
/// Edits by which a segment may have been misspelled.
const EDITS: usize = 2;

/// How near a route is to a request; the least is the nearest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nearness {
    /// It takes the path and the method, and another comes first.
    Passed,
    /// It takes the path, with another method.
    OtherMethod,
    /// So many of the path's first segments lead to it, or to where it branches off.
    Shares(usize),
}

/// A node on the way, and the segments that led there.
#[derive(Clone, Copy)]
struct Reached {
    node: usize,
    depth: usize,
}

impl RouteTree {
    /// The routes that come nearest to this path and method, at most so many, the nearest first.
    /// The route that [`RouteTree::find`] finds is not among them.
    pub fn near(
        &self,
        path: &[u8],
        method: Option<HttpMethod>,
        most: usize,
    ) -> Vec<(Nearness, MethodIndex)> {
        let segments = segments(path);
        let (taking, mut reached) = self.follow(&segments);
        let method = method.filter(|method| *method != HttpMethod::Any);
        let takes = |node: &Node| method.and_then(|method| node.method(method));
        let mut passed = taking.iter().filter_map(|node| takes(&self.nodes[*node]));
        let found = passed.next();
        let mut near: Vec<_> = passed.map(|index| (Nearness::Passed, index)).collect();
        let add = |nearness, index, near: &mut Vec<(Nearness, MethodIndex)>| {
            if Some(index) != found && near.iter().all(|(_, known)| *known != index) {
                near.push((nearness, index));
            }
        };
        for node in &taking {
            for index in self.nodes[*node].methods.iter().flatten() {
                add(Nearness::OtherMethod, *index, &mut near);
            }
        }
        // The deepest first; among equals the order of preference stays.
        reached.sort_by_key(|reached| std::cmp::Reverse(reached.depth));
        let mut budget = NODES_MAX;
        for Reached { node, depth } in reached {
            let missing = segments.get(depth).copied().unwrap_or_default();
            for node in self.below(node, missing, &mut budget) {
                for index in self.nodes[node].methods.iter().flatten() {
                    add(Nearness::Shares(depth), *index, &mut near);
                }
                if near.len() >= most {
                    near.truncate(most);
                    return near;
                }
            }
        }
        near.truncate(most);
        near
    }

    /// The nodes that take the whole path, in the order of preference, and all on the way to them
    /// or to where the path leads no further.
    fn follow(&self, segments: &[&[u8]]) -> (Vec<usize>, Vec<Reached>) {
        let (mut taking, mut reached) = (Vec::new(), Vec::new());
        // A node, the segments that led there, and whether it takes all others.
        let mut next = vec![(Reached { node: 0, depth: 0 }, false)];
        while let Some((at, is_greedy)) = next.pop() {
            let Reached { node, depth } = at;
            let Some(segment) = segments.get(depth).filter(|_| !is_greedy) else {
                taking.push(node);
                if !is_greedy {
                    reached.push(at);
                }
                continue;
            };
            reached.push(at);
            if reached.len() == NODES_MAX {
                break;
            }
            let node = &self.nodes[node];
            let is_last = depth + 1 == segments.len();
            if let Some(child) = node.greedy.as_ref().filter(|_| !(is_last && segment.is_empty())) {
                next.push((Reached { node: child.node, depth }, true));
            }
            if let Some(child) = node.variable.as_ref().filter(|_| !segment.is_empty()) {
                next.push((Reached { node: child.node, depth: depth + 1 }, false));
            }
            if let Some(child) = node.literals.get(*segment) {
                next.push((Reached { node: *child, depth: depth + 1 }, false));
            }
        }
        (taking, reached)
    }

    /// A node and those below it: first what is below its children that are spelled nearly like the
    /// segment that is missing, then itself, then the others, each before those below it.
    fn below(&self, node: usize, missing: &[u8], budget: &mut usize) -> Vec<usize> {
        let (misspelled, others) = self.children(node, missing);
        let mut next: Vec<_> = others.iter().rev().map(|child| (*child, true)).collect();
        next.push((node, false));
        next.extend(misspelled.iter().rev().map(|child| (*child, true)));
        let mut nodes = Vec::new();
        while let Some((node, is_whole)) = next.pop() {
            let Some(left) = budget.checked_sub(1) else { break };
            *budget = left;
            nodes.push(node);
            if is_whole {
                let (_, children) = self.children(node, b"");
                next.extend(children.iter().rev().map(|child| (*child, true)));
            }
        }
        nodes
    }

    /// The children of a node: those that are spelled nearly like this segment, the most alike
    /// first, and the others.
    fn children(&self, node: usize, like: &[u8]) -> (Vec<usize>, Vec<usize>) {
        let Node { literals, variable, greedy, .. } = &self.nodes[node];
        let literals = literals.iter().take(NODES_MAX);
        let mut literals: Vec<_> =
            literals.map(|(text, child)| (spelled_apart(like, text), text, *child)).collect();
        literals.sort();
        let alike = literals.partition_point(|(edits, ..)| *edits <= EDITS && !like.is_empty());
        let mut children = literals.into_iter().map(|(_, _, child)| child);
        let alike = children.by_ref().take(alike).collect();
        let variables = [variable, greedy].into_iter().flatten().map(|child| child.node);
        (alike, children.chain(variables).collect())
    }
}

/// The segments that `find` sees: slashes before the first are none, nor is one behind the last.
fn segments(path: &[u8]) -> Vec<&[u8]> {
    let start = path.iter().take_while(|byte| **byte == b'/').count();
    let rest = &path[start..];
    if rest.is_empty() {
        return Vec::new();
    }
    rest.strip_suffix(b"/").unwrap_or(rest).split(|byte| *byte == b'/').collect()
}

/// How far two segments are from each other; long ones are only the same or not.
fn spelled_apart(a: &[u8], b: &[u8]) -> usize {
    if a.len().max(b.len()) > SPELLING_BYTES {
        return if a == b { 0 } else { SPELLING_BYTES };
    }
    distance(a, b)
}
