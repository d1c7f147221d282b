//! Schemas to Model documents: those that the definition names, those of bodies that are written
//! where they are used, and those of other files that they refer to.
//! Source: API Gateway API Reference, `CreateModel`; recorded imports.

use std::collections::{BTreeMap, BTreeSet};

use portico_model::limits::DEFINITION_BYTES;
use portico_model::{DocumentPath, Model, RestApiId, suggestion};

use super::reader::{At, Reader};
use super::version::{Dialect, Section};
use crate::tree::{Member, Value};

/// Bytes of the schemas of all models together.
const SCHEMA_BYTES: usize = 4 * DEFINITION_BYTES;

const CONTENT_TYPE: &str = "application/json";

/// The models of a definition while it is read.
pub(super) struct Models<'d> {
    /// What a reference to a model begins with.
    base: String,
    /// Names of schemas by where they stand.
    names: BTreeMap<DocumentPath, Named>,
    /// Names that are taken.
    taken: BTreeSet<String>,
    /// Schemas that have a name and no document yet.
    pending: Vec<(String, At<'d>)>,
    /// Text of a schema without a name to the name it got.
    inline: BTreeMap<String, String>,
    models: Vec<Model>,
    bytes: usize,
}

/// What became of a schema's name.
#[derive(Clone)]
enum Named {
    Model(String),
    /// It cannot be a model's; this has been told.
    Refused,
}

impl<'d> Models<'d> {
    pub(super) fn new(api: &RestApiId) -> Self {
        Self {
            base: format!("https://apigateway.amazonaws.com/restapis/{api}/models/"),
            names: BTreeMap::new(),
            taken: BTreeSet::new(),
            pending: Vec::new(),
            inline: BTreeMap::new(),
            models: Vec::new(),
            bytes: 0,
        }
    }

    /// Names the schemas that the definition defines.
    pub(super) fn read_defined(&mut self, reader: &mut Reader<'d>) {
        let Some(section) = reader.section(Section::Schemas) else { return };
        let Value::Mapping(members) = &section.node.value else { return };
        for Member { key, node, .. } in members.iter() {
            if key.starts_with("x-") {
                continue;
            }
            let at = At { node, path: section.path.join(key) };
            if !is_schema(reader, &at) {
                continue;
            }
            let named = if key.bytes().all(|byte| byte.is_ascii_alphanumeric()) && !key.is_empty() {
                self.taken.insert(key.to_string());
                self.pending.push((key.to_string(), at.clone()));
                Named::Model(key.to_string())
            } else {
                let message = format!("Model name must be alphanumeric: {key}");
                let help = "bodies are not checked by it; name it with letters and digits only";
                reader.ignored("model", &at.path, message).help = Some(help.to_owned());
                Named::Refused
            };
            self.names.insert(at.path, named);
        }
    }

    /// The models of a body by its `content`, a media type each.
    pub(super) fn of_content(
        &mut self,
        reader: &mut Reader<'d>,
        at: &At<'d>,
    ) -> BTreeMap<String, String> {
        let mut models = BTreeMap::new();
        let Some(content) = at.get("content") else { return models };
        for Member { key, node, .. } in reader.mapping(&content).unwrap_or_default() {
            let media = At { node, path: content.path.join(key) };
            if reader.mapping(&media).is_none() {
                continue;
            }
            let schema = media.get("schema");
            if let Some(name) = schema.and_then(|schema| self.of_schema(reader, &schema)) {
                models.insert(key.to_string(), name);
            }
        }
        models
    }

    /// The model of a schema where it is used: the one it refers to, or one of its own.
    pub(super) fn of_schema(&mut self, reader: &mut Reader<'d>, at: &At<'d>) -> Option<String> {
        if !is_schema(reader, at) {
            return None;
        }
        if let Some(reference) = at.get("$ref") {
            return self.of_reference(reader, &reference);
        }
        let text = self.text(reader, at)?;
        if let Some(name) = self.inline.get(&text) {
            return Some(name.clone());
        }
        let name = self.free_name(&format!("MODEL{:06x}", hash(&text)));
        self.inline.insert(text.clone(), name.clone());
        self.add(&name, at, text);
        Some(name)
    }

    /// What to do about a model that is not there.
    fn unknown(&self, name: &str) -> String {
        let near = suggestion(name, self.taken.iter().map(String::as_str));
        let near = near.map(|near| format!("; {near}")).unwrap_or_default();
        format!("define it, or bodies are not checked by it{near}")
    }

    /// The name of the model that a reference is to; a schema that has none gets one.
    fn of_reference(&mut self, reader: &mut Reader<'d>, reference: &At<'d>) -> Option<String> {
        let text = reader.string(reference)?;
        if let Some(name) = name_at_aws(text) {
            if self.taken.contains(name) {
                return Some(name.to_owned());
            }
            let message = format!("Reference to model '{name}' not found. Ignoring.");
            reader.ignored("model", &reference.path, message).help = Some(self.unknown(name));
            return None;
        }
        let before = reader.findings.len();
        let Some(target) = reader.follow(reference) else {
            // AWS reads on without the model where the definition does not define it.
            if text.starts_with('#') {
                reader.findings.truncate(before);
                let name = text.rsplit('/').next().unwrap_or(text);
                let message = format!("Reference to model '{name}' not found. Ignoring.");
                reader.ignored("model", &reference.path, message).help = Some(self.unknown(name));
            }
            return None;
        };
        match self.names.get(&target.path) {
            Some(Named::Model(name)) => return Some(name.clone()),
            Some(Named::Refused) => return None,
            None => {}
        }
        let last = target.path.pointer().rsplit('/').next().filter(|name| !name.is_empty());
        let file = target.path.file().rsplit('/').next().unwrap_or_default();
        let name = last.unwrap_or(file.split('.').next().unwrap_or_default());
        let name: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
        let name = self.free_name(if name.is_empty() { "Model" } else { &name });
        self.names.insert(target.path.clone(), Named::Model(name.clone()));
        self.pending.push((name.clone(), target));
        Some(name)
    }

    /// A name that no other model has.
    fn free_name(&mut self, wanted: &str) -> String {
        let mut name = wanted.to_owned();
        let mut number = 2;
        while !self.taken.insert(name.clone()) {
            name = format!("{wanted}{number}");
            number += 1;
        }
        name
    }

    fn add(&mut self, name: &str, at: &At<'d>, schema: String) {
        let description = at.get("description").and_then(|at| match &at.node.value {
            Value::String(text) => Some(text.to_string()),
            _ => None,
        });
        let (name, content_type) = (name.to_owned(), CONTENT_TYPE.to_owned());
        self.models.push(Model { path: at.path.clone(), name, content_type, schema, description });
    }

    /// The models: the definition's own in its order, then those of bodies and of other files.
    pub(super) fn finish(mut self, reader: &mut Reader<'d>) -> Vec<Model> {
        let inline = std::mem::take(&mut self.models);
        // Each schema is written once, however its references go round.
        let mut next = 0;
        while let Some((name, at)) = self.pending.get(next).cloned() {
            next += 1;
            if let Some(text) = self.text(reader, &at) {
                self.add(&name, &at, text);
            }
        }
        self.models.extend(inline);
        self.models
    }

    /// A schema as JSON text, in which references are to models.
    fn text(&mut self, reader: &mut Reader<'d>, at: &At<'d>) -> Option<String> {
        let mut text = String::new();
        let is_whole = self.write(reader, at, &mut text);
        self.bytes = self.bytes.saturating_add(text.len());
        if !is_whole || self.bytes > SCHEMA_BYTES {
            let message =
                format!("the schemas of models have more than {SCHEMA_BYTES} bytes in all");
            reader.invalid("too-large", &at.path, message);
            self.bytes = SCHEMA_BYTES;
            return None;
        }
        Some(text)
    }

    /// Writes a value; whether there was room for all of it.
    fn write(&mut self, reader: &mut Reader<'d>, at: &At<'d>, text: &mut String) -> bool {
        if text.len() > SCHEMA_BYTES - self.bytes {
            return false;
        }
        match &at.node.value {
            Value::Null => text.push_str("null"),
            Value::Bool(value) => text.push_str(if *value { "true" } else { "false" }),
            Value::Number(number) => write_number(number, text),
            Value::String(string) => write_string(string, text),
            Value::Sequence(items) => {
                for (index, node) in items.iter().enumerate() {
                    text.push(if index == 0 { '[' } else { ',' });
                    let item = At { node, path: at.path.join(&index.to_string()) };
                    if !self.write(reader, &item, text) {
                        return false;
                    }
                }
                text.push_str(if items.is_empty() { "[]" } else { "]" });
            }
            Value::Mapping(members) => {
                for (index, Member { key, node, .. }) in members.iter().enumerate() {
                    text.push(if index == 0 { '{' } else { ',' });
                    write_string(key, text);
                    text.push(':');
                    let member = At { node, path: at.path.join(key) };
                    let is_reference = **key == *"$ref" && matches!(node.value, Value::String(_));
                    let name = match is_reference {
                        true => self.of_reference(reader, &member),
                        false => None,
                    };
                    match name {
                        Some(name) => write_string(&format!("{}{name}", self.base), text),
                        None if !self.write(reader, &member, text) => return false,
                        None => {}
                    }
                }
                text.push_str(if members.is_empty() { "{}" } else { "}" });
            }
        }
        true
    }
}

/// Whether a value can be a schema: a mapping, and in OpenAPI 3.1 also a boolean.
fn is_schema<'d>(reader: &mut Reader<'d>, at: &At<'d>) -> bool {
    let may_be_boolean = reader.dialect == Dialect::OpenApi31;
    (may_be_boolean && matches!(at.node.value, Value::Bool(_))) || reader.mapping(at).is_some()
}

/// The name in an address of a model at AWS; the API has another id there.
fn name_at_aws(reference: &str) -> Option<&str> {
    let path = reference.strip_prefix("https://apigateway.amazonaws.com/restapis/")?;
    path.split_once("/models/").map(|(_, name)| name)
}

/// Writes a number of YAML as one of JSON; what JSON has no number for is a string.
pub(super) fn write_number(number: &str, text: &mut String) {
    let plain = number.strip_prefix('-').unwrap_or(number);
    let (whole, fraction) = plain.split_once('.').map_or((plain, None), |(a, b)| (a, Some(b)));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_json =
        digits(whole) && (whole == "0" || !whole.starts_with('0')) && fraction.is_none_or(digits);
    if is_json {
        return text.push_str(number);
    }
    let integer = number.strip_prefix("0x").and_then(|hex| u64::from_str_radix(hex, 16).ok());
    let integer = integer.or_else(|| u64::from_str_radix(number.strip_prefix("0o")?, 8).ok());
    match (integer, number.parse::<f64>()) {
        (Some(integer), _) => text.push_str(&integer.to_string()),
        (None, Ok(float)) if float.is_finite() => text.push_str(&float.to_string()),
        _ => write_string(number, text),
    }
}

/// Writes a JSON string. Source: RFC 8259, section 7.
pub(super) fn write_string(string: &str, text: &mut String) {
    text.push('"');
    for character in string.chars() {
        match character {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            control if control < ' ' => text.push_str(&format!("\\u{:04x}", control as u32)),
            other => text.push(other),
        }
    }
    text.push('"');
}

/// 24 bits of 64-bit FNV-1a.
fn hash(text: &str) -> u64 {
    let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    (hash >> 20) & 0xff_ffff
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scalars_of_yaml_become_those_of_json() {
        let check = |number: &str, expected: &str| {
            let mut text = String::new();
            write_number(number, &mut text);
            assert_eq!(text, expected, "{number}");
        };
        check("0", "0");
        check("-1.50", "-1.50");
        check("+7", "7");
        check("007", "7");
        check(".5", "0.5");
        check("1e3", "1000");
        check("0x1F", "31");
        check("0o17", "15");
        check(".inf", "\".inf\"");
        let mut text = String::new();
        write_string("a\"\\\n\u{1}\u{e9}", &mut text);
        assert_eq!(text, "\"a\\\"\\\\\\n\\u0001\u{e9}\"");
    }
}
