//! What an error of the validator says: the words of the Java library whose reports AWS quotes.
//! Source: quotations of `$context.error.validationErrorString` and of that library.

use jsonschema::ValidationError;
use jsonschema::error::{TypeKind, ValidationErrorKind as Kind};
use serde_json::Value;

/// Bytes of one value that is told.
const VALUE_BYTES: usize = 256;

/// What one error says.
pub(super) fn message(error: &ValidationError<'_>) -> String {
    let value = &**error.instance();
    match value {
        Value::Number(_) => of_number(error.kind(), value),
        Value::String(_) => of_string(error.kind(), value),
        Value::Array(items) => of_array(error.kind(), items.len()),
        Value::Object(members) => of_object(error.kind(), members.len()),
        Value::Null | Value::Bool(_) => None,
    }
    .unwrap_or_else(|| of_any(error.kind(), value))
}

fn of_number(kind: &Kind, value: &Value) -> Option<String> {
    let limited = |is: &str, name: &str, limit: &Value| {
        format!(
            "numeric instance is {is} than the required {name} ({name}: {limit}, found: {value})"
        )
    };
    let strictly = |is: &str, name: &str, limit: &Value| {
        format!("numeric instance is not strictly {is} than the required {name} {limit}")
    };
    Some(match kind {
        Kind::Maximum { limit } => limited("greater", "maximum", limit),
        Kind::Minimum { limit } => limited("lower", "minimum", limit),
        Kind::ExclusiveMaximum { limit } => strictly("lower", "maximum", limit),
        Kind::ExclusiveMinimum { limit } => strictly("greater", "minimum", limit),
        Kind::MultipleOf { multiple_of } => {
            format!("remainder of division is not zero ({value} / {multiple_of})")
        }
        _ => return None,
    })
}

fn of_string(kind: &Kind, value: &Value) -> Option<String> {
    let length = value.as_str().map_or(0, |text| text.chars().count());
    let text = || cut(&value.to_string());
    Some(match kind {
        Kind::MaxLength { limit } => {
            let text = text();
            format!("string {text} is too long (length: {length}, maximum allowed: {limit})")
        }
        Kind::MinLength { limit } => {
            let text = text();
            format!("string {text} is too short (length: {length}, required minimum: {limit})")
        }
        Kind::Pattern { pattern } => {
            let pattern = cut(&format!("\"{pattern}\""));
            format!("ECMA 262 regex {pattern} does not match input string {}", text())
        }
        Kind::Format { format } => format!("string {} is no {format}", text()),
        _ => return None,
    })
}

fn of_array(kind: &Kind, has: usize) -> Option<String> {
    let of_length = |is: &str, least: &str, limit: &dyn std::fmt::Display| {
        let has = format!("but instance has {has} elements");
        format!("array is too {is}: must have at {least} {limit} elements {has}")
    };
    Some(match kind {
        Kind::MaxItems { limit } => of_length("long", "most", limit),
        Kind::AdditionalItems { limit } => of_length("long", "most", limit),
        Kind::MinItems { limit } => of_length("short", "least", limit),
        Kind::UniqueItems => "array must not contain duplicate elements".to_owned(),
        _ => return None,
    })
}

fn of_object(kind: &Kind, has: usize) -> Option<String> {
    let of_size = |is: &str, least: &str, limit: &u64| {
        let requires = format!("found {has} but schema requires at {least} {limit}");
        format!("object has too {is} properties ({requires})")
    };
    Some(match kind {
        Kind::AdditionalProperties { unexpected } => {
            let names = sorted(unexpected.iter().map(|name| Value::from(&**name).to_string()));
            format!("object instance has properties which are not allowed by the schema: {names}")
        }
        Kind::MaxProperties { limit } => of_size("many", "most", limit),
        Kind::MinProperties { limit } => of_size("few", "least", limit),
        _ => return None,
    })
}

fn of_any(kind: &Kind, value: &Value) -> String {
    match kind {
        Kind::Type { kind } => {
            let (found, allowed) = (type_of(value), allowed(kind));
            let mismatch = "does not match any allowed primitive type";
            format!("instance type ({found}) {mismatch} (allowed: {allowed})")
        }
        Kind::Enum { options } => {
            let value = cut(&value.to_string());
            let options = cut(&options.to_string());
            format!("instance value ({value}) not found in enum (possible values: {options})")
        }
        Kind::AnyOf { context } => {
            format!("instance failed to match at least one required schema among {}", context.len())
        }
        Kind::OneOfNotValid { context } | Kind::OneOfMultipleValid { context } => {
            let matched = context.iter().filter(|errors| errors.is_empty()).count();
            let of = context.len();
            format!("instance failed to match exactly one schema (matched {matched} out of {of})")
        }
        Kind::Not { .. } => "instance matched a schema which it should not have".to_owned(),
        other => format!("instance does not fit \"{}\"", other.keyword()),
    }
}

/// The name of a value's type.
fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// The names of types as a sorted list; a number may be an integer.
fn allowed(kind: &TypeKind) -> String {
    let mut names: Vec<String> = match kind {
        TypeKind::Single(kind) => vec![kind.to_string()],
        TypeKind::Multiple(kinds) => kinds.into_iter().map(|kind| kind.to_string()).collect(),
    };
    if names.iter().any(|name| name == "number") && !names.iter().any(|name| name == "integer") {
        names.push("integer".to_owned());
    }
    sorted(names.into_iter().map(|name| format!("\"{name}\"")))
}

/// JSON strings as a sorted list.
pub(super) fn sorted(texts: impl Iterator<Item = String>) -> String {
    let mut texts: Vec<_> = texts.collect();
    texts.sort_unstable();
    format!("[{}]", cut(&texts.join(",")))
}

/// The text, or as much of it as is told.
pub(super) fn cut(text: &str) -> String {
    if text.len() <= VALUE_BYTES {
        return text.to_owned();
    }
    let mut end = VALUE_BYTES;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}...", &text[..end])
}
