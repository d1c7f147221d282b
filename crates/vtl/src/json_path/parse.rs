//! Reads paths.

use super::cursor::Cursor;
use super::{JsonPath, JsonPathError, PATH_CHARACTERS, Start, Step, StepKind};
use super::{filter, function};
use crate::json::Name;

/// Reads a whole path.
pub(super) fn path(text: &str) -> Result<JsonPath, JsonPathError> {
    let text = text.trim_matches(' ');
    if text.chars().count() > PATH_CHARACTERS {
        return Err(JsonPathError::Syntax { at: 0, reason: "the path is too long" });
    }
    if text.is_empty() {
        return Err(JsonPathError::Syntax { at: 0, reason: "the path is empty" });
    }
    if text.starts_with(['$', '@']) {
        return whole(&mut Cursor::new(text));
    }
    whole(&mut Cursor::new(&format!("$.{text}")))
}

fn whole(cursor: &mut Cursor<'_>) -> Result<JsonPath, JsonPathError> {
    let path = path_within(cursor, |_| false)?;
    match cursor.peek() {
        Some(_) => cursor.fail("unexpected character"),
        None => Ok(path),
    }
}

/// Reads a path up to a character that cannot go on with it: in filters `is_end` says which end
/// names too.
pub(super) fn path_within(
    cursor: &mut Cursor<'_>,
    is_end: fn(char) -> bool,
) -> Result<JsonPath, JsonPathError> {
    let start = if cursor.take("@") { Start::Current } else { Start::Root };
    if start == Start::Root && !cursor.take("$") {
        return cursor.fail("a path begins with $ or @");
    }
    let mut steps = Vec::new();
    while let Some(step) = next_step(cursor, is_end)? {
        steps.push(step);
        if let Some(Step { kind: StepKind::Function(_), .. }) = steps.last() {
            if matches!(cursor.peek(), Some('.' | '[')) {
                return cursor.fail("a function ends the path");
            }
            gather(start, &mut steps);
            break;
        }
    }
    let definite = steps.iter().enumerate().all(|(place, step)| {
        let is_single = match &step.kind {
            StepKind::Member(_) | StepKind::Item(_) | StepKind::Function(_) => true,
            StepKind::Members(_) => place + 1 == steps.len(),
            _ => false,
        };
        is_single && !step.deep
    });
    let straight = steps
        .iter()
        .all(|step| !step.deep && matches!(step.kind, StepKind::Member(_) | StepKind::Item(_)));
    Ok(JsonPath { start, steps: steps.into(), definite, straight })
}

/// In a path that begins with `..` a function is called once, for everything that is found, and not
/// for each value.
fn gather(start: Start, steps: &mut Vec<Step>) {
    if !steps.first().is_some_and(|step| step.deep) {
        return;
    }
    if let Some(Step { kind: StepKind::Function(function), .. }) = steps.pop() {
        let steps_before = std::mem::take(steps).into();
        let path = JsonPath { start, steps: steps_before, definite: false, straight: false };
        steps.push(Step { deep: false, kind: StepKind::Function(function.of_all(path)) });
    }
}

fn next_step(
    cursor: &mut Cursor<'_>,
    is_end: fn(char) -> bool,
) -> Result<Option<Step>, JsonPathError> {
    let mut deep = false;
    match cursor.peek() {
        Some('[') => {}
        Some('.') => {
            cursor.at += 1;
            deep = cursor.take(".");
        }
        _ => return Ok(None),
    }
    cursor.step()?;
    let kind = match cursor.peek() {
        None => return cursor.fail("the path ends with a dot"),
        Some('[') => cursor.nested(bracket)?,
        Some('*') => {
            cursor.at += 1;
            StepKind::Any
        }
        Some(_) => name(cursor, is_end)?,
    };
    Ok(Some(Step { deep, kind }))
}

/// Reads `name` or `function(arguments)`.
fn name(cursor: &mut Cursor<'_>, is_end: fn(char) -> bool) -> Result<StepKind, JsonPathError> {
    let name = cursor.until(|c| matches!(c, '.' | '[' | '(' | ' ') || is_end(c));
    if cursor.peek() == Some('(') {
        cursor.at += 1;
        let function = cursor.nested(|cursor| function::read(cursor, name))?;
        return Ok(StepKind::Function(function));
    }
    if name.is_empty() {
        return cursor.fail("a name is missing");
    }
    Ok(StepKind::Member(Name::new(name)))
}

/// Reads `['name']`, `[0]`, `[1:2]`, `[*]` or `[?(…)]`.
fn bracket(cursor: &mut Cursor<'_>) -> Result<StepKind, JsonPathError> {
    cursor.at += 1;
    let kind = match cursor.peek_solid() {
        Some(quote @ ('\'' | '"')) => names(cursor, quote)?,
        Some('*') => {
            cursor.at += 1;
            StepKind::Any
        }
        Some('?') => {
            cursor.at += 1;
            cursor.expect("(", "a filter stands in parentheses")?;
            let filter = filter::read(cursor)?;
            cursor.expect(")", "a parenthesis is not closed")?;
            StepKind::Filter(filter)
        }
        _ => places(cursor)?,
    };
    cursor.expect("]", "a bracket is not closed")?;
    Ok(kind)
}

/// Reads `'a', 'b'`, or both in the other quotes.
fn names(cursor: &mut Cursor<'_>, quote: char) -> Result<StepKind, JsonPathError> {
    let mut names: Vec<Name> = Vec::new();
    loop {
        if cursor.peek_solid() != Some(quote) {
            return cursor.fail("a name in quotes is missing");
        }
        names.push(Name::new(unescape(cursor.quoted(quote)?)));
        cursor.peek_solid();
        if !cursor.take(",") {
            break;
        }
    }
    match names.pop() {
        Some(name) if names.is_empty() => Ok(StepKind::Member(name)),
        last => {
            names.extend(last);
            Ok(StepKind::Members(names.into()))
        }
    }
}

/// Reads `0`, `0,-1`, `1:2`.
fn places(cursor: &mut Cursor<'_>) -> Result<StepKind, JsonPathError> {
    let text = cursor.until(|c| !matches!(c, '0'..='9' | '-' | ',' | ':' | ' '));
    let number = |text: &str| text.trim_matches(' ').parse::<i32>().ok();
    let kind = if text.contains(':') {
        slice(text.trim_matches(' '))
    } else {
        let places: Option<Box<[i32]>> = text.split(',').map(number).collect();
        places.map(|places| match *places {
            [place] => StepKind::Item(place),
            _ => StepKind::Items(places),
        })
    };
    match kind {
        Some(kind) => Ok(kind),
        None => cursor.fail("not an index, a slice or a name in quotes"),
    }
}

/// `a:b`, of which one may be missing; what follows a second colon does not count.
fn slice(text: &str) -> Option<StepKind> {
    let mut parts = text.split(':');
    let mut bound = || match parts.next() {
        None | Some("") => Some(None),
        Some(part) => part.parse().ok().map(Some),
    };
    let (from, to) = (bound()?, bound()?);
    (from.is_some() || to.is_some()).then_some(StepKind::Slice(from, to))
}

/// A text in quotes without the backslashes that protect characters.
pub(super) fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        out.extend(if c == '\\' { chars.next() } else { Some(c) });
    }
    out
}
