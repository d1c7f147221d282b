//! What extensions are made of: lists and maps of strings, one word of a few, JSON.

use std::collections::BTreeMap;

use super::reader::{At, Reader};
use super::{intrinsic, schema};
use crate::tree::{Member, Node, Value};

/// A list of strings.
pub(super) fn strings<'d>(reader: &mut Reader<'d>, at: &At<'d>) -> Vec<String> {
    let mut strings = Vec::new();
    for (index, node) in reader.sequence(at).unwrap_or_default().iter().enumerate() {
        let item = At { node, path: at.path.join(&index.to_string()) };
        strings.extend(reader.string(&item).map(str::to_owned));
    }
    strings
}

/// A member that is a list of strings.
pub(super) fn string_list<'d>(reader: &mut Reader<'d>, at: &At<'d>, key: &str) -> Vec<String> {
    at.get(key).map(|member| strings(reader, &member)).unwrap_or_default()
}

/// A member that maps names to texts.
pub(super) fn texts<'d>(
    reader: &mut Reader<'d>,
    at: &At<'d>,
    key: &str,
) -> BTreeMap<String, String> {
    let mut map = BTreeMap::new();
    let Some(at) = at.get(key) else { return map };
    for Member { key, node, .. } in reader.mapping(&at).unwrap_or_default() {
        if let Some(text) = reader.text(&At { node, path: at.path.join(key) }) {
            map.insert(key.to_string(), text.to_owned());
        }
    }
    map
}

/// The string member of a mapping, when there is one.
pub(super) fn string<'d>(reader: &mut Reader<'d>, at: &At<'d>, key: &str) -> Option<String> {
    reader.string_member(at, key).map(str::to_owned)
}

/// The boolean member of a mapping; absent it is false.
pub(super) fn flag<'d>(reader: &mut Reader<'d>, at: &At<'d>, key: &str) -> bool {
    at.get(key).and_then(|member| reader.boolean(&member)).unwrap_or(false)
}

/// One of a few words, in any case.
pub(super) fn choice<'d, T: Copy>(
    reader: &mut Reader<'d>,
    at: &At<'d>,
    kind: &'static str,
    choices: &[(&str, T)],
) -> Option<T> {
    let text = reader.string(at)?;
    let chosen = choices.iter().find(|(word, _)| word.eq_ignore_ascii_case(text));
    if chosen.is_none() {
        let words: Vec<_> = choices.iter().map(|(word, _)| *word).collect();
        let message = format!("\"{text}\" is not one of {}", words.join(", "));
        reader.invalid(kind, &at.path, message);
    }
    chosen.map(|(_, choice)| *choice)
}

/// A number of whole units between two bounds, which may be written as text.
pub(super) fn number<'d>(
    reader: &mut Reader<'d>,
    at: &At<'d>,
    kind: &'static str,
    range: std::ops::RangeInclusive<u32>,
) -> Option<u32> {
    let text = reader.text(at)?;
    let number = text.parse().ok().filter(|number| range.contains(number));
    if number.is_none() {
        let message =
            format!("\"{text}\" is not a number between {} and {}", range.start(), range.end());
        reader.invalid(kind, &at.path, message);
    }
    number
}

/// A value as JSON of at most `limit` bytes, members in document order. What aliases name is
/// written as often as they stand, so a small file may ask for much.
pub(super) fn json<'d>(reader: &mut Reader<'d>, at: &At<'d>, limit: usize) -> Option<String> {
    let mut text = String::new();
    report_calls(reader, at);
    if write_json(&mut text, at.node, limit).is_none() {
        let message = format!("the value is longer than {limit} bytes, aliases expanded");
        reader.invalid("too-large", &at.path, message);
        return None;
    }
    Some(text)
}

/// Reports the functions of CloudFormation that nothing has evaluated.
fn report_calls<'d>(reader: &mut Reader<'d>, at: &At<'d>) {
    match &at.node.value {
        value if intrinsic::is_function(value) => {
            reader.text(at);
        }
        Value::Sequence(items) => {
            for (index, node) in items.iter().enumerate() {
                report_calls(reader, &At { node, path: at.path.join(&index.to_string()) });
            }
        }
        Value::Mapping(members) => {
            for Member { key, node, .. } in members.iter() {
                report_calls(reader, &At { node, path: at.path.join(key) });
            }
        }
        _ => {}
    }
}

/// Recurses no deeper than a tree may be; `None` when the text is longer than the limit.
fn write_json(text: &mut String, node: &Node, limit: usize) -> Option<()> {
    match &node.value {
        Value::Null => text.push_str("null"),
        Value::Bool(value) => text.push_str(if *value { "true" } else { "false" }),
        Value::Number(number) => schema::write_number(number, text),
        Value::String(string) => schema::write_string(string, text),
        Value::Sequence(items) => {
            text.push('[');
            for (index, item) in items.iter().enumerate() {
                text.push_str(if index == 0 { "" } else { "," });
                write_json(text, item, limit)?;
            }
            text.push(']');
        }
        Value::Mapping(members) => {
            text.push('{');
            for (index, Member { key, node, .. }) in members.iter().enumerate() {
                text.push_str(if index == 0 { "" } else { "," });
                schema::write_string(key, text);
                text.push(':');
                write_json(text, node, limit)?;
            }
            text.push('}');
        }
    }
    (text.len() <= limit).then_some(())
}
