//! `$util`: what templates do with texts.
//! Source: AWS, "Mapping template and access logging variable reference".

mod text;

use portico_vtl::{Heap, MethodError, Object, Replied, Reply, Value};

/// The object `$util`.
pub(super) struct Util;

impl<'a> Object<'a> for Util {
    fn property(&'a self, _: &'a Heap<'a>, _: &str) -> Option<Value<'a>> {
        None
    }

    fn call(
        &'a self,
        name: &str,
        arguments: &[Value<'a>],
        reply: Reply<'_, 'a>,
    ) -> Result<Replied, MethodError> {
        match (name, arguments) {
            // Most calls are this one.
            ("escapeJavaScript", [Value::String(text)]) => escape_java_script(text, reply),
            (_, [argument]) => call(name, argument, reply),
            _ => Ok(Replied::Nothing),
        }
    }

    fn print(&self, _: &mut String) {}
}

/// Each function takes one value, by its text.
#[inline(never)]
fn call<'a>(
    name: &str,
    argument: &Value<'a>,
    reply: Reply<'_, 'a>,
) -> Result<Replied, MethodError> {
    let heap = reply.heap();
    let given = match argument.as_str() {
        Some(text) => Value::String(text),
        None => heap.write(|out| argument.print(heap, out))?,
    };
    let text = given.as_str().unwrap_or_default();
    if name == "escapeJavaScript" {
        return escape_java_script(text, reply);
    }
    heap.spend(text.len())?;
    match name {
        "urlEncode" => written(reply, text, text::url_encode),
        "base64Encode" => written(reply, text, text::base64_encode),
        "base64Decode" => reply.value(Value::string(heap, text::base64_decode(text))?),
        "urlDecode" => {
            let bad = |_| MethodError::Host("% without two hexadecimal digits".to_owned());
            reply.value(Value::string(heap, text::url_decode(text).map_err(bad)?)?)
        }
        "parseJson" => reply.value(parse_json(heap, text)?),
        _ => Ok(Replied::Nothing),
    }
}

/// Nearly every text stays as it is.
#[inline]
fn escape_java_script<'a>(text: &'a str, reply: Reply<'_, 'a>) -> Result<Replied, MethodError> {
    reply.heap().spend(text.len())?;
    match text::is_plain_script(text) {
        true => reply.value(Value::String(text)),
        false => escaped(text, reply),
    }
}

#[inline(never)]
fn escaped(text: &str, reply: Reply<'_, '_>) -> Result<Replied, MethodError> {
    written(reply, text, text::escape_java_script)
}

/// The text that a function writes of another.
#[inline]
fn written(
    reply: Reply<'_, '_>,
    text: &str,
    write: impl FnOnce(&str, &mut String),
) -> Result<Replied, MethodError> {
    reply.text(|out| {
        write(text, out);
        Ok(true)
    })
}

/// The value that a text is; of an empty text the same.
fn parse_json<'a>(heap: &'a Heap<'a>, text: &str) -> Result<Value<'a>, MethodError> {
    if text.is_empty() {
        return Ok("".into());
    }
    heap.spend(text.len())?;
    let read = heap.document(text.to_owned());
    let document = read.map_err(|error| MethodError::Host(format!("parseJson: {error}")))?;
    heap.spend(document.bytes_beside())?;
    Value::json(heap, document.root())
}
