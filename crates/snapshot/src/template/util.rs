//! `$util`: what templates do with texts.
//! Source: AWS, "Mapping template and access logging variable reference".

mod text;

use portico_vtl::{Heap, MethodError, Object, Value};

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
    ) -> Result<Option<Value<'a>>, MethodError> {
        let [argument] = arguments else { return Ok(None) };
        let given = match argument.as_str() {
            Some(text) => Value::String(text),
            None => heap.write(|out| argument.print(heap, out))?,
        };
        let text = given.as_str().unwrap_or_default();
        heap.spend(text.len())?;
        let made = match name {
            // Nearly every text stays as it is.
            "escapeJavaScript" if text::first_special(text).is_none() => return Ok(Some(given)),
            "escapeJavaScript" => heap.write(|out| {
                text::escape_java_script(text, out);
                Ok(())
            }),
            "urlEncode" => heap.write(|out| {
                text::url_encode(text, out);
                Ok(())
            }),
            "base64Encode" => heap.write(|out| {
                text::base64_encode(text, out);
                Ok(())
            }),
            "base64Decode" => Value::string(heap, text::base64_decode(text)),
            "urlDecode" => {
                let bad = |_| MethodError::Host("% without two hexadecimal digits".to_owned());
                Value::string(heap, text::url_decode(text).map_err(bad)?)
            }
            "parseJson" => parse_json(heap, text),
            _ => return Ok(None),
        };
        made.map(Some)
    }

    fn print(&self, _: &mut String) {}
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
