//! Filters: what stands in `[?(…)]`.

use super::compare::Operator;
use super::cursor::Cursor;
use super::{JsonPath, JsonPathError, parse};
use crate::json::{Document, Leniency};
use crate::pattern::Pattern;

/// A condition on one value.
#[derive(Debug)]
pub(super) enum Filter {
    /// `a || b`
    Any(Vec<Filter>),
    /// `a && b`
    All(Vec<Filter>),
    /// `!(a)`
    Not(Box<Filter>),
    /// `@.a`: leads somewhere.
    Exists(JsonPath),
    /// `@.a == 1`
    Compare(Operand, Operator, Operand),
}

/// One side of a comparison.
#[derive(Debug)]
pub(super) enum Operand {
    Path(JsonPath),
    Null,
    Boolean(bool),
    /// The number as it is written.
    Number(Box<str>),
    Text(Box<str>),
    Json(Document<'static>),
    Pattern(Box<Pattern>),
}

/// Reads conditions up to the parenthesis that closes them.
pub(super) fn read(cursor: &mut Cursor<'_>) -> Result<Filter, JsonPathError> {
    let mut any = vec![all(cursor)?];
    while cursor.peek_solid() == Some('|') {
        cursor.expect("||", "a single |")?;
        any.push(all(cursor)?);
    }
    Ok(if any.len() == 1 { any.remove(0) } else { Filter::Any(any) })
}

fn all(cursor: &mut Cursor<'_>) -> Result<Filter, JsonPathError> {
    let mut all = vec![condition(cursor)?];
    while cursor.peek_solid() == Some('&') {
        cursor.expect("&&", "a single &")?;
        all.push(condition(cursor)?);
    }
    Ok(if all.len() == 1 { all.remove(0) } else { Filter::All(all) })
}

fn condition(cursor: &mut Cursor<'_>) -> Result<Filter, JsonPathError> {
    match cursor.peek_solid() {
        Some('!') => {
            cursor.at += 1;
            let is_group = cursor.peek_solid() == Some('(');
            Ok(match cursor.nested(condition)? {
                // The library hears `!` before a path only if nothing is compared.
                comparison @ Filter::Compare(..) if !is_group => comparison,
                filter => Filter::Not(filter.into()),
            })
        }
        Some('(') => {
            cursor.at += 1;
            let filter = cursor.nested(read)?;
            cursor.expect(")", "a parenthesis is not closed")?;
            Ok(filter)
        }
        _ => comparison(cursor),
    }
}

fn comparison(cursor: &mut Cursor<'_>) -> Result<Filter, JsonPathError> {
    let left = operand(cursor)?;
    let is_operator = |c: char| matches!(c, '=' | '!' | '<' | '>' | '~');
    let name = match cursor.peek_solid() {
        Some(c) if is_operator(c) => cursor.until(|c| !is_operator(c)),
        Some(c) if c.is_ascii_alphabetic() => cursor.until(|c| !c.is_ascii_alphabetic()),
        _ => {
            return match left {
                Operand::Path(path) => Ok(Filter::Exists(path)),
                _ => cursor.fail("an operator is missing"),
            };
        }
    };
    let Some(operator) = Operator::named(name) else { return cursor.fail("unknown operator") };
    let right = operand(cursor)?;
    Ok(Filter::Compare(left, operator, right))
}

fn operand(cursor: &mut Cursor<'_>) -> Result<Operand, JsonPathError> {
    let first = cursor.peek_solid();
    Ok(match first {
        Some('@' | '$') => {
            Operand::Path(cursor.nested(|cursor| parse::path_within(cursor, ends_name))?)
        }
        Some(quote @ ('\'' | '"')) => Operand::Text(parse::unescape(cursor.quoted(quote)?).into()),
        Some('-' | '.' | '0'..='9') => number(cursor)?,
        Some('/') => pattern(cursor)?,
        Some('[' | '{') => json(cursor)?,
        _ if cursor.take("true") => Operand::Boolean(true),
        _ if cursor.take("false") => Operand::Boolean(false),
        _ if cursor.take("null") => Operand::Null,
        _ => return cursor.fail("a value is missing"),
    })
}

/// Whether a character ends a name in a filter.
fn ends_name(c: char) -> bool {
    matches!(c, '=' | '!' | '<' | '>' | '~' | ')')
}

fn number(cursor: &mut Cursor<'_>) -> Result<Operand, JsonPathError> {
    let text = cursor.until(|c| !matches!(c, '0'..='9' | '-' | '+' | '.' | 'e' | 'E'));
    match text.parse::<f64>() {
        Ok(_) => Ok(Operand::Number(text.into())),
        Err(_) => cursor.fail("not a number"),
    }
}

/// Steps back that a pattern of a path may take for one value.
const BACKTRACKS: usize = 5000;

/// Reads `/re/i`.
fn pattern(cursor: &mut Cursor<'_>) -> Result<Operand, JsonPathError> {
    let text = cursor.quoted('/')?;
    let flags = cursor.until(|c| !c.is_ascii_alphabetic());
    let known = flags.chars().all(|flag| "dixmsuU".contains(flag));
    let text = if flags.is_empty() { text.to_owned() } else { format!("(?{flags}){text}") };
    match Pattern::parse_within(&text, BACKTRACKS) {
        Ok(pattern) if known => Ok(Operand::Pattern(pattern.into())),
        _ => cursor.fail("not a regular expression"),
    }
}

/// Reads an array or an object up to its end.
fn json(cursor: &mut Cursor<'_>) -> Result<Operand, JsonPathError> {
    let rest = cursor.rest();
    let mut depth = 0usize;
    let mut quote = None;
    let mut is_protected = false;
    for (at, c) in rest.char_indices() {
        match (quote, c) {
            _ if is_protected => is_protected = false,
            (Some(_), '\\') => is_protected = true,
            (Some(open), _) if open == c => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(c),
            (None, '[' | '{') => depth += 1,
            (None, ']' | '}') => depth = depth.saturating_sub(1),
            (None, _) => {}
        }
        if depth == 0 {
            let text = rest[..=at].to_owned();
            let Ok(document) = Document::parse(text, Leniency::Loose) else { break };
            cursor.at += at + 1;
            return Ok(Operand::Json(document));
        }
    }
    cursor.fail("not an array or an object")
}
