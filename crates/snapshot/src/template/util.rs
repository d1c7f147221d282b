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
        let mut printed = String::new();
        let given = match argument.as_str() {
            Some(text) => text,
            None => {
                argument.print(heap, &mut printed)?;
                &printed
            }
        };
        heap.spend(given.len())?;
        let mut out = String::new();
        match name {
            // Nearly every text stays as it is.
            "escapeJavaScript" if printed.is_empty() && text::is_plain(given) => {
                return Ok(Some(*argument));
            }
            "escapeJavaScript" => {
                out.reserve(given.len() + given.len() / 4 + 8);
                text::escape_java_script(given, &mut out);
            }
            "urlEncode" => text::url_encode(given, &mut out),
            "base64Encode" => text::base64_encode(given, &mut out),
            "base64Decode" => out = text::base64_decode(given),
            "urlDecode" => {
                let bad = |_| MethodError::Host("% without two hexadecimal digits".to_owned());
                out = text::url_decode(given).map_err(bad)?;
            }
            "parseJson" => return parse_json(heap, given).map(Some),
            _ => return Ok(None),
        }
        Value::string(heap, out).map(Some)
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
