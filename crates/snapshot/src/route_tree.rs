//! Route tree: which method of which resource a request means.
//!
//! A literal child is preferred to `{variable}`, that to `{greedy+}`; the choice is of a resource
//! and a method together, so a node without the method is passed over and the search goes back to
//! the next best. A node stands at one depth and is reached from one parent, so one search visits
//! it at most once: the work is bounded by the tree, and by two nodes a segment where no route
//! has a rival.
//! Source: AWS, "Set up API methods"; recorded answers for slashes and encoded characters.

mod near;

use std::ops::Range;

use portico_model::{HttpMethod, PathSegment, ResourcePath};

use crate::segment_map::SegmentMap;

pub use near::Nearness;

/// Position of a method in `RestStage::methods`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MethodIndex(pub usize);

/// The routes of one stage.
pub struct RouteTree {
    /// The first is the root resource.
    nodes: Vec<Node>,
}

/// Byte ranges of the path that the template's variables took, in template order. Kept from one
/// request to the next, it stops allocating.
#[derive(Default, Debug)]
pub struct Captures {
    ranges: Vec<Range<u32>>,
    /// Where the search may still go back to.
    choices: Vec<Choice>,
}

/// Two routes cannot both be served.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RouteConflict {
    /// Another template has a variable of another name in this place.
    #[error(
        "A sibling ({0}) of this resource already has a variable path part -- only one is allowed"
    )]
    Variable(String),
    /// The method of the resource is there already.
    #[error("the resource already has this method")]
    Method,
}

/// One resource, or a step on the way to one.
#[derive(Default)]
struct Node {
    literals: SegmentMap<usize>,
    variable: Option<Child>,
    greedy: Option<Child>,
    /// By `HttpMethod as usize`.
    methods: [Option<MethodIndex>; HttpMethod::ALL.len()],
}

/// A child that a variable leads to.
struct Child {
    name: Box<str>,
    node: usize,
}

/// A node where only the literal child has been tried, and the state to go on from.
#[derive(Clone, Copy, Debug)]
struct Choice {
    node: usize,
    /// Offset of the segment to choose for.
    at: usize,
    captures: usize,
    next: Kind,
}

/// Kinds of children in the order they are tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Literal,
    Variable,
    Greedy,
}

impl Captures {
    /// Forgets all.
    pub fn clear(&mut self) {
        self.ranges.clear();
        self.choices.clear();
    }

    /// What the variable at this index of the template took.
    pub fn get(&self, index: usize) -> Option<Range<usize>> {
        self.ranges.get(index).map(|range| range.start as usize..range.end as usize)
    }

    /// How many variables the matched template has.
    pub fn len(&self) -> usize {
        self.ranges.len()
    }

    /// Whether the matched template has no variables.
    pub fn is_empty(&self) -> bool {
        self.ranges.is_empty()
    }

    fn push(&mut self, start: usize, end: usize) {
        // A path of 4 GiB never gets here: request heads are limited to kilobytes.
        self.ranges.push(start as u32..end as u32);
    }
}

impl Default for RouteTree {
    fn default() -> Self {
        Self { nodes: vec![Node::default()] }
    }
}

impl RouteTree {
    /// Adds a route.
    pub fn insert(
        &mut self,
        template: &ResourcePath,
        method: HttpMethod,
        index: MethodIndex,
    ) -> Result<(), RouteConflict> {
        let mut at = 0;
        for segment in template.segments() {
            at = self.child(at, segment)?;
        }
        let slot = &mut self.nodes[at].methods[method as usize];
        if slot.is_some() {
            return Err(RouteConflict::Method);
        }
        *slot = Some(index);
        Ok(())
    }

    /// The child of a node for one segment of a template, made if need be.
    fn child(&mut self, parent: usize, segment: PathSegment<'_>) -> Result<usize, RouteConflict> {
        let next = self.nodes.len();
        let node = &mut self.nodes[parent];
        let found = match segment {
            PathSegment::Literal(text) => {
                *node.literals.entry(text.as_bytes().into()).or_insert(next)
            }
            PathSegment::Variable(name) => {
                let child = Child { name: name.into(), node: next };
                let child = node.variable.get_or_insert(child);
                if &*child.name != name {
                    return Err(RouteConflict::Variable(format!("{{{}}}", child.name)));
                }
                child.node
            }
            PathSegment::Greedy(name) => {
                let child = Child { name: name.into(), node: next };
                let child = node.greedy.get_or_insert(child);
                if &*child.name != name {
                    return Err(RouteConflict::Variable(format!("{{{}+}}", child.name)));
                }
                child.node
            }
        };
        if found == next {
            self.nodes.push(Node::default());
        }
        Ok(found)
    }

    /// The method for a request's path after the stage (`b"/pets/7"`, no query, undecoded).
    /// `method` is `None` for one that API Gateway does not know. What the variables took, as
    /// ranges of `path`, is left in `captures`.
    pub fn find(
        &self,
        path: &[u8],
        method: Option<HttpMethod>,
        captures: &mut Captures,
    ) -> Option<MethodIndex> {
        captures.clear();
        // Nobody can send the method ANY: it stands for the seven others.
        let method = method.filter(|method| *method != HttpMethod::Any)?;
        let start = path.iter().take_while(|byte| **byte == b'/').count();
        if start == path.len() {
            return self.nodes[0].method(method);
        }
        let end = if path.ends_with(b"/") { path.len() - 1 } else { path.len() };
        let path = &path[..end];
        captures.choices.push(Choice { node: 0, at: start, captures: 0, next: Kind::Literal });
        while let Some(choice) = captures.choices.pop() {
            if let Some(found) = self.walk(path, method, choice, captures) {
                return Some(found);
            }
        }
        None
    }

    /// Follows the best child from a choice down, noting what is passed over, to a method or to
    /// where there is none.
    fn walk(
        &self,
        path: &[u8],
        method: HttpMethod,
        choice: Choice,
        captures: &mut Captures,
    ) -> Option<MethodIndex> {
        let Choice { node, mut at, captures: count, mut next } = choice;
        let mut node = &self.nodes[node];
        let mut index = choice.node;
        captures.ranges.truncate(count);
        loop {
            let length = path[at..].iter().position(|byte| *byte == b'/');
            let end = length.map_or(path.len(), |length| at + length);
            let (kind, child) = node.best(&path[at..end], next)?;
            if let Some(later) = node.after(kind) {
                let captures_now = captures.ranges.len();
                captures.choices.push(Choice {
                    node: index,
                    at,
                    captures: captures_now,
                    next: later,
                });
            }
            (index, node, next) = (child, &self.nodes[child], Kind::Literal);
            match kind {
                Kind::Literal => {}
                Kind::Variable => captures.push(at, end),
                // An empty rest is the parent itself with a slash too many.
                Kind::Greedy if at == path.len() => return None,
                Kind::Greedy => {
                    captures.push(at, path.len());
                    return node.method(method);
                }
            }
            if end == path.len() {
                return node.method(method);
            }
            at = end + 1;
        }
    }
}

impl Node {
    /// The best child for a segment among the kinds from `first` on.
    fn best(&self, segment: &[u8], first: Kind) -> Option<(Kind, usize)> {
        if first == Kind::Literal
            && let Some(child) = self.literals.get(segment)
        {
            return Some((Kind::Literal, *child));
        }
        if first != Kind::Greedy
            && !segment.is_empty()
            && let Some(child) = &self.variable
        {
            return Some((Kind::Variable, child.node));
        }
        self.greedy.as_ref().map(|child| (Kind::Greedy, child.node))
    }

    /// The kind of child to try when one of this kind has led nowhere.
    fn after(&self, kind: Kind) -> Option<Kind> {
        match kind {
            Kind::Literal if self.variable.is_some() => Some(Kind::Variable),
            Kind::Literal | Kind::Variable if self.greedy.is_some() => Some(Kind::Greedy),
            _ => None,
        }
    }

    /// The method itself, else ANY.
    fn method(&self, method: HttpMethod) -> Option<MethodIndex> {
        self.methods[method as usize].or(self.methods[HttpMethod::Any as usize])
    }
}
