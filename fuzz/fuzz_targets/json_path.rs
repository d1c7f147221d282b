//! A path selects within its bound, twice the same; one that leads to a single value finds it in an
//! array around the text too.
#![no_main]

use portico_vtl::json::{Document, Leniency, Slashes};
use portico_vtl::json_path::{JsonPath, JsonPathError};

/// Values that a selection may look at.
const VISITS: u64 = 100_000;

/// What a path leads to, as JSON.
fn select(path: &JsonPath, text: &str) -> Option<Result<String, JsonPathError>> {
    let document = Document::parse(text, Leniency::Strict).ok()?;
    Some(path.select(document.root(), VISITS).map(|selected| {
        let mut out = String::new();
        selected.write_json(Slashes::Plain, &mut out);
        out
    }))
}

libfuzzer_sys::fuzz_target!(|input: &str| {
    // The first line is the path, the rest the text.
    let (path, text) = input.split_once('\n').unwrap_or((input, ""));
    let Ok(own) = JsonPath::parse(path) else { return };
    let Some(selected) = select(&own, text) else { return };
    assert_eq!(select(&own, text).as_ref(), Some(&selected));
    let Ok(selected) = selected else { return };
    assert!(Document::parse(&*selected, Leniency::Strict).is_ok(), "{selected}");
    let Some(rest) = path.strip_prefix('$') else { return };
    if !own.is_definite() || rest.contains(['$', '(']) {
        return;
    }
    let Ok(inside) = JsonPath::parse(&format!("$[0]{rest}")) else { return };
    // Inside the array the text may be nested too deeply.
    if let Some(again) = select(&inside, &format!("[{text}]")) {
        assert_eq!(again, Ok(selected));
    }
});
