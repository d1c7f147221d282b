//! Values that filters compare.

use std::borrow::Cow;
use std::cmp::Ordering;

use super::filter::Operand;
use super::select::Search;
use super::{JsonPath, JsonPathError, Selected};
use crate::json::{Kind, NodeRef, Slashes};
use crate::pattern::Pattern;

/// A value to compare.
pub(super) enum Term<'v> {
    /// What a path does not lead to.
    Undefined,
    Null,
    Boolean(bool),
    /// A number and how it is written.
    Number(Decimal, Cow<'v, str>),
    Text(Cow<'v, str>),
    Array(Vec<NodeRef<'v>>),
    Object(NodeRef<'v>),
    Pattern(&'v Pattern),
}

/// A number: exact if it is whole and not enormous.
#[derive(Clone, Copy)]
pub(super) enum Decimal {
    Whole(i128),
    Real(f64),
}

impl Decimal {
    fn read(text: &str) -> Option<Self> {
        let real = || text.parse::<f64>().ok().filter(|real| real.is_finite()).map(Self::Real);
        text.parse().ok().map(Self::Whole).or_else(real)
    }

    fn compare(self, other: Self) -> Option<Ordering> {
        let real = |decimal| match decimal {
            Self::Whole(whole) => whole as f64,
            Self::Real(real) => real,
        };
        match (self, other) {
            (Self::Whole(left), Self::Whole(right)) => Some(left.cmp(&right)),
            _ => real(self).partial_cmp(&real(other)),
        }
    }
}

/// Why a condition is not decided.
pub(super) enum Never {
    /// There is no array where one is needed.
    Incomparable,
    Failed(JsonPathError),
}

impl From<JsonPathError> for Never {
    fn from(error: JsonPathError) -> Self {
        Self::Failed(error)
    }
}

impl<'v> Term<'v> {
    pub(super) fn of<'d: 'v>(
        operand: &'v Operand,
        search: &Search<'d>,
        current: NodeRef<'d>,
    ) -> Result<Self, JsonPathError> {
        Ok(match operand {
            Operand::Path(path) => Self::selected(path, search, current)?,
            Operand::Null => Self::Null,
            Operand::Boolean(boolean) => Self::Boolean(*boolean),
            Operand::Number(text) => Self::number(&**text),
            Operand::Text(text) => Self::Text((&**text).into()),
            Operand::Json(document) => Self::node(document.root()),
            Operand::Pattern(pattern) => Self::Pattern(pattern),
        })
    }

    fn selected<'d: 'v>(
        path: &JsonPath,
        search: &Search<'d>,
        current: NodeRef<'d>,
    ) -> Result<Self, JsonPathError> {
        Ok(match search.path(path, current)? {
            Selected::Missing | Selected::Members(_) => Self::Undefined,
            Selected::Null => Self::Null,
            Selected::Node(node) => {
                search.visit(node.len())?;
                Self::node(node)
            }
            Selected::Integer(integer) => Self::number(integer.to_string()),
            Selected::Double(double) => Self::number(double.to_string()),
            Selected::Text(text) => Self::Text(text.into()),
            Selected::List(list) => Self::Array(
                list.into_iter()
                    .filter_map(|item| match item {
                        Selected::Node(node) => Some(node),
                        _ => None,
                    })
                    .collect(),
            ),
        })
    }

    fn number(text: impl Into<Cow<'v, str>>) -> Self {
        let text = text.into();
        match Decimal::read(&text) {
            Some(decimal) => Self::Number(decimal, text),
            None => Self::Undefined,
        }
    }

    fn node(node: NodeRef<'v>) -> Self {
        match node.kind() {
            Kind::Null => Self::Null,
            Kind::Boolean => Self::Boolean(node.boolean() == Some(true)),
            Kind::Number => {
                let mut text = String::new();
                node.write_json(Slashes::Plain, &mut text);
                Self::number(text)
            }
            Kind::String => Self::Text(node.string().unwrap_or_default().into()),
            Kind::Array => Self::Array(node.items().collect()),
            Kind::Object => Self::Object(node),
        }
    }

    /// The elements of an array, which must be scalars; `None` of an object.
    pub(super) fn elements(&self) -> Result<Option<Vec<Term<'v>>>, Never> {
        let items = match self {
            Self::Array(items) => items,
            Self::Object(_) => return Ok(None),
            _ => return Err(Never::Incomparable),
        };
        let is_container = |item: &NodeRef<'_>| matches!(item.kind(), Kind::Array | Kind::Object);
        if items.iter().any(is_container) {
            return Err(JsonPathError::Operand.into());
        }
        Ok(Some(items.iter().map(|item| Self::node(*item)).collect()))
    }
}
pub(super) fn is_same_kind(left: &Term<'_>, right: &Term<'_>) -> bool {
    let is_container = |term: &Term<'_>| matches!(term, Term::Array(_) | Term::Object(_));
    (is_container(left) && is_container(right))
        || std::mem::discriminant(left) == std::mem::discriminant(right)
}

/// Whether two values are equal. A number and a text compare as what the left one is.
pub(super) fn equal(
    search: &Search<'_>,
    left: &Term<'_>,
    right: &Term<'_>,
) -> Result<bool, JsonPathError> {
    Ok(match (left, right) {
        (Term::Null, Term::Null) => true,
        (Term::Boolean(left), Term::Boolean(right)) => left == right,
        (Term::Number(left, _), Term::Number(right, _)) => {
            left.compare(*right) == Some(Ordering::Equal)
        }
        (Term::Number(left, _), Term::Text(right)) => {
            Decimal::read(right).and_then(|right| left.compare(right)) == Some(Ordering::Equal)
        }
        (Term::Text(left), Term::Number(_, right)) => left == right,
        (Term::Text(left), Term::Text(right)) => left == right,
        (Term::Array(left), Term::Array(right)) => {
            left.len() == right.len()
                && left.iter().zip(right).try_fold(true, |same, (left, right)| {
                    Ok::<_, JsonPathError>(same && same_node(search, *left, *right)?)
                })?
        }
        (Term::Object(left), Term::Object(right)) => same_node(search, *left, *right)?,
        _ => false,
    })
}

/// Whether two values of documents are equal, numbers of the same Java type alone.
fn same_node(
    search: &Search<'_>,
    left: NodeRef<'_>,
    right: NodeRef<'_>,
) -> Result<bool, JsonPathError> {
    let mut pairs = vec![(left, right)];
    while let Some((left, right)) = pairs.pop() {
        search.visit(1)?;
        let is_same = match (left.kind(), right.kind()) {
            (Kind::Array, Kind::Array) => {
                pairs.extend(left.items().zip(right.items()));
                left.len() == right.len()
            }
            (Kind::Object, Kind::Object) => {
                search.visit(left.len().saturating_mul(right.len()))?;
                let before = pairs.len();
                pairs.extend(
                    left.members().filter_map(|(name, value)| Some((value, right.member(name)?))),
                );
                left.len() == right.len() && pairs.len() - before == left.len()
            }
            (Kind::Number, Kind::Number) => left.number() == right.number(),
            (Kind::String, Kind::String) => left.string() == right.string(),
            (Kind::Boolean, Kind::Boolean) => left.boolean() == right.boolean(),
            (left, right) => left == right,
        };
        if !is_same {
            return Ok(false);
        }
    }
    Ok(true)
}
pub(super) fn order(left: &Term<'_>, right: &Term<'_>) -> Option<Ordering> {
    match (left, right) {
        (Term::Number(left, _), Term::Number(right, _)) => left.compare(*right),
        // Java compares the units of UTF-16.
        (Term::Text(left), Term::Text(right)) => {
            Some(left.encode_utf16().cmp(right.encode_utf16()))
        }
        _ => None,
    }
}
