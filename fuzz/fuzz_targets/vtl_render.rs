//! A rendering ends within its bounds, and is a function of template and input.
#![no_main]

use portico_vtl::{Bounds, Dialect, Globals, Heap, List, Map, RenderError, Template, Value};

const BOUNDS: Bounds = Bounds { loops: 50, output_bytes: 10_000, depth: 64, steps: 20_000, ..Bounds::SHORT };

/// Names that templates find quickly.
struct Names<'a>(Vec<(&'static str, Value<'a>)>);

impl<'a> Globals<'a> for Names<'a> {
    fn put(&self, name: &str, into: &mut Value<'a>) {
        if let Some((_, value)) = self.0.iter().find(|(known, _)| *known == name) {
            *into = *value;
        }
    }
}

fn render(text: &str, dialect: Dialect) -> Option<Result<String, RenderError>> {
    let template = Template::parse(text, dialect).ok()?;
    let heap = Heap::default();
    let items = vec![Value::Integer(1), Value::from("x"), Value::Double(0.5), Value::Null];
    let list = List::new(&heap, items).ok()?;
    let map = Map::new(&heap).ok()?;
    map.put(&heap, Value::from("k"), Value::List(list)).ok()?;
    let names = vec![
        ("s", Value::from("Ada é")),
        ("n", Value::Integer(7)),
        ("l", Value::List(list)),
        ("m", Value::Map(map)),
    ];
    Some(template.render(&heap, &Names(names), &BOUNDS, None))
}

libfuzzer_sys::fuzz_target!(|text: &str| {
    for dialect in [Dialect::Service, Dialect::Stock] {
        let rendered = render(text, dialect);
        assert_eq!(rendered, render(text, dialect));
        if let Some(Ok(output)) = rendered {
            assert!(output.len() <= BOUNDS.output_bytes);
        }
    }
});
