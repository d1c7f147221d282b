//! Functions at the end of a path, for example `$.prices.max()`.

use super::cursor::Cursor;
use super::select::{Search, Stop};
use super::{JsonPath, JsonPathError, Selected, parse};
use crate::json::{Document, Kind, Leniency, NodeRef, Number, Slashes, write_string};

/// A function and what stands in its parentheses.
#[derive(Debug)]
pub(super) struct Function {
    name: Name,
    arguments: Box<[Argument]>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Name {
    /// Of an array or an object.
    Length,
    /// Of all that a path with `..` finds.
    Count,
    Min,
    Max,
    Sum,
    Average,
    Deviation,
    Concat,
    Append,
}

#[derive(Debug)]
enum Argument {
    Path(JsonPath),
    Json(Document<'static>),
}

/// Reads the arguments of a function, behind the parenthesis that opens them.
pub(super) fn read(cursor: &mut Cursor<'_>, name: &str) -> Result<Function, JsonPathError> {
    let name = match name {
        "length" | "size" => Name::Length,
        "min" => Name::Min,
        "max" => Name::Max,
        "sum" => Name::Sum,
        "avg" => Name::Average,
        "stddev" => Name::Deviation,
        "concat" => Name::Concat,
        "append" => Name::Append,
        _ => return cursor.fail("unknown function"),
    };
    let mut arguments = Vec::new();
    if cursor.peek_solid() != Some(')') {
        arguments.extend(argument(cursor)?);
        while cursor.peek_solid() == Some(',') {
            cursor.at += 1;
            arguments.extend(argument(cursor)?);
        }
    }
    cursor.expect(")", "a comma or a parenthesis is missing")?;
    Ok(Function { name, arguments: arguments.into() })
}

/// Reads an argument. Texts in single quotes do not count, nor do the words of JSON.
fn argument(cursor: &mut Cursor<'_>) -> Result<Option<Argument>, JsonPathError> {
    match cursor.peek_solid() {
        Some('$' | '@') => {
            let path = parse::path_within(cursor, |c| matches!(c, ',' | ')'))?;
            Ok(Some(Argument::Path(path)))
        }
        Some('\'') => cursor.quoted('\'').map(|_| None),
        Some('"') => {
            let mut json = String::new();
            let text = parse::unescape(cursor.quoted('"')?);
            write_string(&text, Slashes::Plain, &mut json);
            literal(cursor, json)
        }
        _ => {
            let text = cursor.until(|c| matches!(c, ',' | ')' | '{' | '[')).trim_matches(' ');
            literal(cursor, text.to_owned())
        }
    }
}

fn literal(cursor: &Cursor<'_>, json: String) -> Result<Option<Argument>, JsonPathError> {
    match Document::parse(json, Leniency::Strict) {
        Ok(word) if matches!(word.root().kind(), Kind::Null | Kind::Boolean) => Ok(None),
        Ok(document) => Ok(Some(Argument::Json(document))),
        Err(_) => cursor.fail("not an argument"),
    }
}

impl Function {
    /// The same function for everything that a path finds, whatever its arguments were.
    pub(super) fn of_all(self, path: JsonPath) -> Self {
        let name = if self.name == Name::Length { Name::Count } else { self.name };
        Self { name, arguments: [Argument::Path(path)].into() }
    }

    /// What the function makes of a value.
    pub(super) fn call<'d>(
        &self,
        search: &Search<'d>,
        node: NodeRef<'d>,
    ) -> Result<Selected<'d>, Stop> {
        search.visit(node.len())?;
        match self.name {
            Name::Length => Ok(match node.kind() {
                Kind::Array | Kind::Object => Selected::Integer(node.len() as i32),
                _ => Selected::Null,
            }),
            Name::Count => {
                // Not the values are counted, but what is in them.
                let values = self.found(search)?;
                Ok(Selected::Integer(values.iter().map(|value| value.len() as i32).sum()))
            }
            Name::Concat => self.concat(search, node),
            Name::Append => self.append(search, node),
            _ => self.calculate(search, node),
        }
    }

    /// What the arguments stand for; of arrays the elements.
    fn found<'v, 'd: 'v>(&'v self, search: &Search<'d>) -> Result<Vec<NodeRef<'v>>, Stop> {
        let mut values = Vec::new();
        for argument in &self.arguments {
            match argument {
                Argument::Json(document) => values.push(document.root()),
                Argument::Path(path) => match search.path(path, search.root)? {
                    Selected::Missing => return Err(Stop::Missing),
                    Selected::Node(array) if array.kind() == Kind::Array => {
                        values.extend(array.items());
                    }
                    Selected::Node(found) => values.push(found),
                    Selected::List(list) => values.extend(list.iter().filter_map(node_of)),
                    _ => {}
                },
            }
        }
        Ok(values)
    }

    fn calculate<'d>(&self, search: &Search<'d>, node: NodeRef<'d>) -> Result<Selected<'d>, Stop> {
        let values: Vec<NodeRef<'_>> = node.items().chain(self.found(search)?).collect();
        let numbers = || values.iter().filter_map(|value| Some(value.number()?.as_f64()));
        let count = numbers().count() as f64;
        if count == 0.0 {
            return Err(JsonPathError::Function("of no numbers").into());
        }
        let sum = || numbers().fold(0.0, |sum, number| sum + number);
        Ok(Selected::Double(match self.name {
            Name::Min => numbers().fold(f64::MAX, f64::min),
            // The library begins with Java's `Double.MIN_VALUE`, the least above zero.
            Name::Max => numbers().fold(f64::from_bits(1), f64::max),
            Name::Average => sum() / count,
            Name::Deviation => {
                let squares = numbers().fold(0.0, |sum, number| sum + number * number);
                (squares / count - sum() * sum() / count / count).sqrt()
            }
            _ => sum(),
        }))
    }

    fn concat<'d>(&self, search: &Search<'d>, node: NodeRef<'d>) -> Result<Selected<'d>, Stop> {
        let mut text = String::new();
        for string in node.items().filter_map(NodeRef::string) {
            text.push_str(string);
        }
        for value in self.found(search)? {
            match (value.kind(), value.string()) {
                (_, Some(string)) => text.push_str(string),
                (Kind::Null, None) => {}
                _ => value.write_json(Slashes::Plain, &mut text),
            }
        }
        Ok(Selected::Text(text))
    }

    fn append<'d>(&self, search: &Search<'d>, node: NodeRef<'d>) -> Result<Selected<'d>, Stop> {
        if node.kind() != Kind::Array {
            return Ok(Selected::Node(node));
        }
        let mut items: Vec<Selected<'d>> = node.items().map(Selected::Node).collect();
        for argument in &self.arguments {
            match argument {
                Argument::Path(path) => match search.path(path, search.root)? {
                    Selected::Missing => return Err(Stop::Missing),
                    found => items.push(found),
                },
                Argument::Json(document) => items.push(constant(document.root())),
            }
        }
        Ok(Selected::List(items))
    }
}

fn node_of<'d>(selected: &Selected<'d>) -> Option<NodeRef<'d>> {
    match selected {
        Selected::Node(node) => Some(*node),
        _ => None,
    }
}

/// A number or a text of the path itself, which outlives it.
fn constant(node: NodeRef<'_>) -> Selected<'static> {
    if let Some(text) = node.string() {
        return Selected::Text(text.to_owned());
    }
    match node.number() {
        Some(Number::Integer(integer)) => Selected::Integer(integer),
        Some(number) => Selected::Double(number.as_f64()),
        None => Selected::Null,
    }
}
