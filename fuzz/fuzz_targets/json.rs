//! What a JSON text is written as reads as the same values, and the loose form takes whatever the
//! strict one takes.
#![no_main]

use portico_vtl::json::{Document, Leniency, Slashes};

fn write(document: &Document<'_>) -> String {
    let mut out = String::new();
    document.root().write_json(Slashes::Plain, &mut out);
    out
}

libfuzzer_sys::fuzz_target!(|text: &str| {
    let strict = Document::parse(text, Leniency::Strict);
    let loose = Document::parse(text, Leniency::Loose);
    if let Ok(strict) = &strict {
        assert!(loose.as_ref().is_ok_and(|loose| write(loose) == write(strict)));
    }
    let Ok(document) = loose else { return };
    let written = write(&document);
    let again = Document::parse(&*written, Leniency::Strict);
    assert!(again.is_ok_and(|again| write(&again) == written));
});
