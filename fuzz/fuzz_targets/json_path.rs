//! A path of a body mapping finds the same value in a text and in an array around it.
#![no_main]

use portico_snapshot::JsonPath;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    // The first line is the path, the rest the text.
    let end = bytes.iter().position(|byte| *byte == b'\n').unwrap_or(bytes.len());
    let (path, text) = bytes.split_at(end);
    let text = text.get(1..).unwrap_or_default();
    let Ok(path) = str::from_utf8(path) else { return };
    let Ok(own) = path.parse::<JsonPath>() else { return };
    let mut value = Vec::new();
    let found = own.write(text, &mut value);
    assert!(found || value.is_empty());
    let Ok(inside) = format!("[0]{}", path.trim_start_matches('$')).parse::<JsonPath>() else {
        return;
    };
    let mut again = Vec::new();
    // Inside the array the text may be nested too deeply.
    if inside.write(&[b"[", text, b"]"].concat(), &mut again) && found {
        assert_eq!(value, again);
    }
});
