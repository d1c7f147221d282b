//! Any text parses or says where it does not; what is constant renders to just that.
#![no_main]

use portico_vtl::{Bounds, Dialect, Globals, Heap, Template, Value};

struct Nothing;

impl<'a> Globals<'a> for Nothing {
    fn put(&self, _: &str, _: &mut Value<'a>) {}
}

libfuzzer_sys::fuzz_target!(|text: &str| {
    for dialect in [Dialect::Service, Dialect::Stock] {
        match Template::parse(text, dialect) {
            Err(error) => assert!(error.line >= 1 && error.column >= 1),
            Ok(template) => {
                let Some(constant) = template.constant() else { continue };
                let heap = Heap::default();
                let bounds = Bounds::default();
                let rendered = template.render(&heap, &Nothing, &bounds, None);
                assert_eq!(rendered.as_deref(), Ok(constant));
            }
        }
    }
});
