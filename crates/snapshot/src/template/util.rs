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

    /// Each function takes one value, by its text.
    fn call(
        &'a self,
        heap: &'a Heap<'a>,
        name: &str,
        arguments: &[Value<'a>],
        reply: Reply<'_, 'a>,
    ) -> Result<Replied, MethodError> {
        let [argument] = arguments else { return Ok(Replied::Nothing) };
        let given = match argument.as_str() {
            Some(text) => Value::String(text),
            None => heap.write(|out| argument.print(heap, out))?,
        };
        let text = given.as_str().unwrap_or_default();
        heap.spend(text.len())?;
        match name {
            // Nearly every text stays as it is.
            "escapeJavaScript" if text::is_plain_script(text) => reply.value(given),
            "escapeJavaScript" => written(reply, text, text::escape_java_script),
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

    fn print(&self, _: &mut String) {}
}

/// The text that a function writes of another.
fn written(
    reply: Reply<'_, '_>,
    text: &str,
    write: fn(&str, &mut String),
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
