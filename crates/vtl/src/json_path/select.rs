//! Selects what a path leads to.
//!
//! Every step may be recursive, so the depth is that of the path; `..` keeps its own stack.

use std::borrow::Cow;
use std::cell::Cell;
use std::ops::Range;

use super::filter::Filter;
use super::{JsonPath, JsonPathError, Selected, Start, Step, StepKind};
use crate::json::{Items, Kind, Members, Name, NodeRef};

/// Members whose names are compared in the time of a visit.
pub(super) const COMPARED: usize = 16;

/// Why a selection ended early.
#[derive(Debug)]
pub(super) enum Stop {
    /// A value is missing on the definite part of the path.
    Missing,
    Failed(JsonPathError),
}

impl From<JsonPathError> for Stop {
    fn from(error: JsonPathError) -> Self {
        Self::Failed(error)
    }
}

/// One selection from one document.
pub(super) struct Search<'d> {
    pub(super) root: NodeRef<'d>,
    visits: Cell<u64>,
}

/// What `path` leads to in the document of `root`, looking at `visits` values at most.
pub(super) fn select<'d>(
    path: &JsonPath,
    root: NodeRef<'d>,
    visits: u64,
) -> Result<Selected<'d>, JsonPathError> {
    Search { root, visits: Cell::new(visits) }.path(path, root)
}

/// What the steps before mean for a value that is missing.
#[derive(Clone, Copy)]
struct Before {
    /// They lead to one value alone, so that nothing else can be found.
    definite: bool,
    /// In a filter that asks whether there is something, every member that is named must be there.
    required: bool,
}

impl Before {
    fn many(self) -> Self {
        Self { definite: false, ..self }
    }
}

impl<'d> Search<'d> {
    /// What a path leads to; `current` is the value that `@` means.
    pub(super) fn path(
        &self,
        path: &JsonPath,
        current: NodeRef<'d>,
    ) -> Result<Selected<'d>, JsonPathError> {
        let from = if path.start == Start::Root { self.root } else { current };
        self.find(path, from, false)
    }

    /// Whether a path leads somewhere. Here the library takes `$` for `@`.
    pub(super) fn exists(
        &self,
        path: &JsonPath,
        current: NodeRef<'d>,
    ) -> Result<bool, JsonPathError> {
        Ok(!matches!(self.find(path, current, true)?, Selected::Missing))
    }

    fn find(
        &self,
        path: &JsonPath,
        from: NodeRef<'d>,
        required: bool,
    ) -> Result<Selected<'d>, JsonPathError> {
        if path.straight {
            return self.straight(&path.steps, from);
        }
        let mut found = Vec::new();
        match self.go(from, &path.steps, Before { definite: true, required }, &mut found) {
            Ok(()) if path.definite => Ok(found.pop().unwrap_or(Selected::Missing)),
            Ok(()) => Ok(Selected::List(found)),
            Err(Stop::Missing) => Ok(Selected::Missing),
            Err(Stop::Failed(error)) => Err(error),
        }
    }

    /// Most paths are straight: they need no list of what is found.
    fn straight(&self, steps: &[Step], from: NodeRef<'d>) -> Result<Selected<'d>, JsonPathError> {
        let mut node = from;
        for step in steps {
            self.visit(1)?;
            let next = match &step.kind {
                StepKind::Member(name) => self.member(node, name)?,
                StepKind::Item(place) => self.item(node, *place)?,
                _ => None,
            };
            let Some(next) = next else { return Ok(Selected::Missing) };
            node = next;
        }
        Ok(Selected::Node(node))
    }

    /// Counts values that are looked at.
    pub(super) fn visit(&self, values: usize) -> Result<(), JsonPathError> {
        let left = self.visits.get().checked_sub(values as u64).ok_or(JsonPathError::Bound)?;
        self.visits.set(left);
        Ok(())
    }

    /// A member; looking for it takes time in a large object.
    fn member(&self, node: NodeRef<'d>, name: &Name) -> Result<Option<NodeRef<'d>>, JsonPathError> {
        self.visit(node.len() / COMPARED)?;
        Ok(named(node, name))
    }

    /// The element at a place, counted from the end if negative.
    fn item(&self, node: NodeRef<'d>, place: i32) -> Result<Option<NodeRef<'d>>, JsonPathError> {
        if node.kind() != Kind::Array {
            return Ok(None);
        }
        self.visit(node.len() / COMPARED)?;
        let place = match usize::try_from(place) {
            Ok(place) => Some(place),
            Err(_) => node.len().checked_sub(place.unsigned_abs() as usize),
        };
        Ok(place.and_then(|place| node.item(place)))
    }

    /// Makes the rest of the steps from a value.
    fn go(
        &self,
        node: NodeRef<'d>,
        steps: &[Step],
        before: Before,
        found: &mut Vec<Selected<'d>>,
    ) -> Result<(), Stop> {
        self.visit(1)?;
        let Some((step, rest)) = steps.split_first() else {
            found.push(Selected::Node(node));
            return Ok(());
        };
        if !step.deep {
            return self.step(node, &step.kind, rest, before, found);
        }
        let mut within = Within(Vec::new());
        let mut next = Some(node);
        while let Some(node) = next {
            self.visit(1)?;
            self.deep_step(node, &step.kind, rest, before.many(), found)?;
            within.enter(node);
            next = within.next();
        }
        Ok(())
    }

    /// A step behind `..` from one of the values within: it is made where it leads somewhere.
    fn deep_step(
        &self,
        node: NodeRef<'d>,
        kind: &StepKind,
        rest: &[Step],
        before: Before,
        found: &mut Vec<Selected<'d>>,
    ) -> Result<(), Stop> {
        let can_step = match kind {
            StepKind::Member(name) => self.member(node, name)?.is_some(),
            StepKind::Members(names) => {
                self.visit(names.len() * node.len() / COMPARED)?;
                !rest.is_empty() || names.iter().all(|name| named(node, name).is_some())
            }
            // Elements that are objects are tested when they are reached themselves.
            StepKind::Filter(filter) => match node.kind() {
                Kind::Object => true,
                Kind::Array => filter.admits(self, node)?,
                _ => false,
            },
            _ => true,
        };
        if can_step { self.step(node, kind, rest, before, found) } else { Ok(()) }
    }

    fn step(
        &self,
        node: NodeRef<'d>,
        kind: &StepKind,
        rest: &[Step],
        before: Before,
        found: &mut Vec<Selected<'d>>,
    ) -> Result<(), Stop> {
        let is_array = node.kind() == Kind::Array;
        match kind {
            StepKind::Member(name) => match self.member(node, name)? {
                Some(member) => self.go(member, rest, before, found),
                None => missing(node, before),
            },
            StepKind::Members(names) => self.members(node, names, rest, before, found),
            StepKind::Item(_) | StepKind::Items(_) | StepKind::Slice(..) if !is_array => {
                if before.definite { Err(Stop::Missing) } else { Ok(()) }
            }
            StepKind::Item(place) => match self.item(node, *place)? {
                Some(item) => self.go(item, rest, before, found),
                None => Ok(()),
            },
            StepKind::Items(places) => {
                places.iter().try_for_each(|place| match self.item(node, *place)? {
                    Some(item) => self.go(item, rest, before.many(), found),
                    None => Ok(()),
                })
            }
            StepKind::Slice(from, to) => {
                let [first, second] = slices(node, *from, *to);
                let items = |range: Range<usize>| node.items().skip(range.start).take(range.len());
                let mut items = items(first).chain(items(second));
                items.try_for_each(|item| self.go(item, rest, before.many(), found))
            }
            StepKind::Any => {
                let mut values = node.members().map(|(_, value)| value).chain(node.items());
                values.try_for_each(|value| match self.go(value, rest, before.many(), found) {
                    // An argument of a function is missing: nothing is found in an array.
                    Err(Stop::Missing) if is_array && !before.required => Ok(()),
                    result => result,
                })
            }
            StepKind::Filter(filter) => self.filter(node, filter, rest, before, found),
            StepKind::Function(function) => {
                found.push(function.call(self, node)?);
                Ok(())
            }
        }
    }

    /// `[?(…)]`: the elements of an array, or an object itself.
    fn filter(
        &self,
        node: NodeRef<'d>,
        filter: &Filter,
        rest: &[Step],
        before: Before,
        found: &mut Vec<Selected<'d>>,
    ) -> Result<(), Stop> {
        let is_object = node.kind() == Kind::Object;
        if !is_object && node.kind() != Kind::Array && before.definite {
            return Err(JsonPathError::Filter.into());
        }
        let mut tested = node.items().chain(is_object.then_some(node));
        tested.try_for_each(|tested| {
            self.visit(1)?;
            match filter.admits(self, tested)? {
                true => self.go(tested, rest, before.many(), found),
                false => Ok(()),
            }
        })
    }

    /// `['a','b']`: an object of the members that there are, or, with steps behind it, each.
    fn members(
        &self,
        node: NodeRef<'d>,
        names: &[Name],
        rest: &[Step],
        before: Before,
        found: &mut Vec<Selected<'d>>,
    ) -> Result<(), Stop> {
        if node.kind() != Kind::Object {
            return if before.definite { Err(Stop::Missing) } else { Ok(()) };
        }
        let mut members: Vec<(Cow<'d, str>, NodeRef<'d>)> = Vec::with_capacity(names.len());
        for name in names {
            let is_double =
                rest.is_empty() && members.iter().any(|(other, _)| *other == name.as_str());
            match self.member(node, name)? {
                _ if is_double => {}
                Some(value) => members.push((name.as_str().to_owned().into(), value)),
                None if before.required => return Err(Stop::Missing),
                None => {}
            }
        }
        if rest.is_empty() {
            found.push(Selected::Members(members));
            return Ok(());
        }
        members.into_iter().try_for_each(|(_, value)| self.go(value, rest, before.many(), found))
    }
}

/// The member with a name.
#[inline]
fn named<'d>(node: NodeRef<'d>, name: &Name) -> Option<NodeRef<'d>> {
    node.remembered(name).or_else(|| node.member_named(name).map(|(member, _)| member))
}

/// What follows from a member that is missing.
fn missing(node: NodeRef<'_>, before: Before) -> Result<(), Stop> {
    let is_required = before.required && node.kind() == Kind::Object;
    if before.definite || is_required { Err(Stop::Missing) } else { Ok(()) }
}

/// The places that a slice means. With both ends given, the library counts from one to the other
/// as they stand: `[-2:1]` are the last two and the first.
fn slices(node: NodeRef<'_>, from: Option<i32>, to: Option<i32>) -> [Range<usize>; 2] {
    let length = node.len();
    let place = |bound: i32| match usize::try_from(bound) {
        Ok(place) => place.min(length),
        Err(_) => length.saturating_sub(bound.unsigned_abs() as usize),
    };
    let range = |from: usize, to: usize| from..to.max(from);
    match (from, to) {
        (Some(from @ ..0), Some(to @ ..0)) => [range(place(from), place(to)), 0..0],
        (Some(from @ ..0), Some(to)) => [place(from)..length, 0..place(to)],
        (Some(_), Some(..0)) => [0..0, 0..0],
        (from, to) => [range(from.map_or(0, place), to.map_or(length, place)), 0..0],
    }
}

/// All values within a value, in the order of the text: a stack of the containers around the next.
struct Within<'d>(Vec<Rest<'d>>);

enum Rest<'d> {
    Items(Items<'d>),
    Members(Members<'d>),
}

impl<'d> Within<'d> {
    fn enter(&mut self, node: NodeRef<'d>) {
        match node.kind() {
            Kind::Array => self.0.push(Rest::Items(node.items())),
            Kind::Object => self.0.push(Rest::Members(node.members())),
            _ => {}
        }
    }

    fn next(&mut self) -> Option<NodeRef<'d>> {
        loop {
            let next = match self.0.last_mut()? {
                Rest::Items(items) => items.next(),
                Rest::Members(members) => members.next().map(|(_, value)| value),
            };
            if next.is_some() {
                return next;
            }
            self.0.pop();
        }
    }
}
