//! Conditions of filters: how values are compared.

use std::cmp::Ordering;

use super::JsonPathError;
use super::filter::Filter;
use super::select::{COMPARED, Search};
use super::term::{Decimal, Never, Term, equal, is_same_kind, order};
use crate::json::NodeRef;

/// How two values are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    Equal,
    NotEqual,
    /// `===`: equal and of one kind.
    Identical,
    NotIdentical,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Matches,
    In,
    NotIn,
    Contains,
    Size,
    Empty,
    SubsetOf,
    AnyOf,
    NoneOf,
}

impl Operator {
    /// The operator with a name, for example `==` or `nin`, in letters of any case.
    pub(super) fn named(name: &str) -> Option<Self> {
        Some(match name.to_ascii_lowercase().as_str() {
            "==" => Self::Equal,
            "!=" => Self::NotEqual,
            "===" => Self::Identical,
            "!==" => Self::NotIdentical,
            "<" => Self::Less,
            "<=" => Self::LessOrEqual,
            ">" => Self::Greater,
            ">=" => Self::GreaterOrEqual,
            "=~" => Self::Matches,
            "in" => Self::In,
            "nin" => Self::NotIn,
            "contains" => Self::Contains,
            "size" => Self::Size,
            "empty" => Self::Empty,
            "subsetof" => Self::SubsetOf,
            "anyof" => Self::AnyOf,
            "noneof" => Self::NoneOf,
            _ => return None,
        })
    }
}
impl Filter {
    /// Whether the condition is true of a value. It is not where it compares with something else
    /// than an array as if it were one, however that is combined with other conditions.
    pub(super) fn admits<'d>(
        &self,
        search: &Search<'d>,
        current: NodeRef<'d>,
    ) -> Result<bool, JsonPathError> {
        match self.holds(search, current) {
            Err(Never::Incomparable) => Ok(false),
            Err(Never::Failed(error)) => Err(error),
            Ok(holds) => Ok(holds),
        }
    }

    fn holds<'d>(&self, search: &Search<'d>, current: NodeRef<'d>) -> Result<bool, Never> {
        Ok(match self {
            Self::Any(filters) => {
                for filter in filters {
                    if filter.holds(search, current)? {
                        return Ok(true);
                    }
                }
                false
            }
            Self::All(filters) => {
                for filter in filters {
                    if !filter.holds(search, current)? {
                        return Ok(false);
                    }
                }
                true
            }
            Self::Not(filter) => !filter.holds(search, current)?,
            Self::Exists(path) => search.exists(path, current)?,
            Self::Compare(left, operator, right) => {
                let left = Term::of(left, search, current)?;
                let right = Term::of(right, search, current)?;
                compare(search, &left, *operator, &right)?
            }
        })
    }
}
fn compare(
    search: &Search<'_>,
    left: &Term<'_>,
    operator: Operator,
    right: &Term<'_>,
) -> Result<bool, Never> {
    Ok(match operator {
        Operator::Equal => equal(search, left, right)?,
        Operator::NotEqual => !equal(search, left, right)?,
        Operator::Identical => is_same_kind(left, right) && equal(search, left, right)?,
        Operator::NotIdentical => !(is_same_kind(left, right) && equal(search, left, right)?),
        Operator::Less => order(left, right) == Some(Ordering::Less),
        Operator::LessOrEqual => order(left, right).is_some_and(Ordering::is_le),
        Operator::Greater => order(left, right) == Some(Ordering::Greater),
        Operator::GreaterOrEqual => order(left, right).is_some_and(Ordering::is_ge),
        Operator::Matches => matches(search, left, right)?,
        Operator::In => is_among(search, left, &right.elements()?.unwrap_or_default())?,
        Operator::NotIn => !is_among(search, left, &right.elements()?.unwrap_or_default())?,
        Operator::Contains => match (left, right) {
            (Term::Text(left), Term::Text(right)) => left.contains(&**right),
            (Term::Array(_), _) => is_among(search, right, &left.elements()?.unwrap_or_default())?,
            _ => false,
        },
        Operator::Size => size(left, right),
        Operator::Empty => is_empty(left, right),
        Operator::SubsetOf | Operator::AnyOf | Operator::NoneOf => {
            let Some(all) = right.elements()? else { return Ok(false) };
            let Some(elements) = left.elements()? else { return Ok(false) };
            let mut held = 0;
            for element in &elements {
                held += usize::from(is_among(search, element, &all)?);
            }
            match operator {
                Operator::AnyOf => held > 0,
                Operator::NoneOf => held == 0,
                _ => held == elements.len(),
            }
        }
    })
}

/// Whether a value is one of several.
fn is_among(
    search: &Search<'_>,
    element: &Term<'_>,
    elements: &[Term<'_>],
) -> Result<bool, JsonPathError> {
    search.visit(elements.len())?;
    for other in elements {
        if equal(search, other, element)? {
            return Ok(true);
        }
    }
    Ok(false)
}
fn size(left: &Term<'_>, right: &Term<'_>) -> bool {
    let size = match left {
        Term::Text(text) => text.encode_utf16().count(),
        Term::Array(items) => items.len(),
        _ => return false,
    };
    match right {
        Term::Number(Decimal::Whole(right), _) => *right == size as i128,
        Term::Number(Decimal::Real(right), _) => right.trunc() == size as f64,
        _ => false,
    }
}

fn is_empty(left: &Term<'_>, right: &Term<'_>) -> bool {
    let is_empty = match left {
        Term::Text(text) => text.is_empty(),
        Term::Array(items) => items.is_empty(),
        Term::Object(object) => object.len() == 0,
        _ => return false,
    };
    matches!(right, Term::Boolean(right) if *right == is_empty)
}

/// Visits of a match that may take steps back.
const STEPPING: usize = 1000;

/// `=~`, in either direction; of an array any element may match.
fn matches(search: &Search<'_>, left: &Term<'_>, right: &Term<'_>) -> Result<bool, Never> {
    let (pattern, value) = match (left, right) {
        (Term::Pattern(_), Term::Pattern(_)) => return Ok(false),
        (Term::Pattern(pattern), value) | (value, Term::Pattern(pattern)) => (pattern, value),
        _ => return Ok(false),
    };
    let matches = |term: &Term<'_>| {
        let text = match term {
            Term::Text(text) | Term::Number(_, text) => &**text,
            Term::Boolean(true) => "true",
            Term::Boolean(false) => "false",
            _ => "",
        };
        let cost = if pattern.steps_back() { STEPPING } else { 0 };
        search.visit(cost + text.len() / COMPARED)?;
        pattern.matches(text).map_err(|_| JsonPathError::Pattern)
    };
    if !matches!(value, Term::Array(_)) {
        return Ok(matches(value)?);
    }
    for element in &value.elements()?.unwrap_or_default() {
        if matches(element)? {
            return Ok(true);
        }
    }
    Ok(false)
}
