//! What extensions are made of: lists and maps of strings, one word of a few, JSON.

use std::collections::BTreeMap;

use super::reader::{At, Reader};
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
    if write_json(&mut text, at.node, limit).is_none() {
        let message = format!("the value is longer than {limit} bytes, aliases expanded");
        reader.invalid("too-large", &at.path, message);
        return None;
    }
    Some(text)
}

/// Recurses no deeper than a tree may be; `None` when the text is longer than the limit.
fn write_json(text: &mut String, node: &Node, limit: usize) -> Option<()> {
    match &node.value {
        Value::Null => text.push_str("null"),
        Value::Bool(value) => text.push_str(if *value { "true" } else { "false" }),
        Value::Number(number) => text.push_str(&json_number(number)),
        Value::String(string) => write_json_string(text, string),
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
                write_json_string(text, key);
                text.push(':');
                write_json(text, node, limit)?;
            }
            text.push('}');
        }
    }
    (text.len() <= limit).then_some(())
}

fn write_json_string(text: &mut String, string: &str) {
    text.push('"');
    for c in string.chars() {
        match c {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            c if c < ' ' => text.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => text.push(c),
        }
    }
    text.push('"');
}

/// A number of YAML as JSON writes it; what JSON has no number for is a string.
fn json_number(text: &str) -> String {
    let digits = text.strip_prefix('-').unwrap_or(text).as_bytes();
    let is_plain =
        digits.iter().all(u8::is_ascii_digit) && (digits.len() == 1 || digits[0] != b'0');
    if is_plain {
        return text.to_owned();
    }
    let radix = |prefix, radix| {
        text.strip_prefix(prefix).and_then(|digits| u64::from_str_radix(digits, radix).ok())
    };
    if let Some(number) = radix("0x", 16).or_else(|| radix("0o", 8)) {
        return number.to_string();
    }
    let number = text.parse::<f64>().ok().filter(|number| number.is_finite());
    number.map_or_else(|| format!("\"{text}\""), |number| number.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_yaml_become_numbers_of_json() {
        let check = |text: &str, expected: &str| assert_eq!(json_number(text), expected, "{text}");
        check("0", "0");
        check("-12", "-12");
        check("123456789012345678901234567890", "123456789012345678901234567890");
        check("+12", "12");
        check("007", "7");
        check(".5", "0.5");
        check("1.", "1");
        check("1.50", "1.5");
        check("0x1F", "31");
        check("0o17", "15");
        check(".inf", "\".inf\"");
        check("1e999", "\"1e999\"");
        check("0xffffffffffffffffff", "\"0xffffffffffffffffff\"");
    }
}
