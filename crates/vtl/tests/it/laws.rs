//! Laws that hold for every template.

use portico_vtl::{Bounds, Dialect, Heap, Template, Trace, Value};
use proptest::prelude::*;

use crate::support::{Body, render};

/// Wants to know of each step, and forgets it.
struct Forgetful;

impl Trace for Forgetful {
    fn step(&mut self, _: u32, _: u32, _: &str, _: &str) {}
}

const BODY: &str = r#"{"a": "t\"x", "o": {"x": 1.5, "s": {"t": [1, {"u": null}], "x": null}},
    "n": null, "l": [{"x": "p"}, {"x": null}, 3, "s", {}], "x": "y", "big": 12345678901234567890,
    "a": "twice", "t": true}"#;

/// Pieces that read and change a body.
fn pieces_of_a_body() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "$b.a ",
        "$b.o.x ",
        "$b.o.s.t ",
        "$b.o.s.x ",
        "$!b.o.s.x.y ",
        "$b.missing ",
        "$!b.n.x ",
        "$b.l ",
        "$b.l.empty ",
        "$b.x.empty ",
        "$b.o ",
        "$o.x ",
        "$b.big ",
        "$b.t ",
        "$b.x.toUpperCase() ",
        "$b.o.x.toUpperCase() ",
        "$b.o.s.t.size() ",
        "$b.missing.toLowerCase() ",
        "$!b.o.s.x.toLowerCase().length() ",
        "#set($o = $b.o)",
        "#set($o = $b.o.s)",
        "#set($b.o.x = 2)",
        "#set($o.n = $b.l)",
        "#set($x = $b.o.x * 2)$x ",
        "#set($b = $b.o)",
        "$b.remove('x') ",
        "$b.o.put('s', 'new') ",
        "#foreach($i in $b.l)$i.x;#end",
        "#foreach($i in $b.o)$i;#set($b.o.x = 3)#end",
        "#if($b.o.x > 1)more#end",
        "#if($b.a == 'twice')same#end",
    ]);
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

/// Pieces that are templates often enough.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[ -~]{0,6}",
        prop::sample::select(vec![
            "$name",
            "${n}",
            "$!list.size()",
            "#if($t)",
            "#else",
            "#end",
            "#set($x = 1)",
            "##\n",
            "#foreach($i in $list)",
            "$list[0]",
            "\\",
            "$",
            "#",
            "{",
            "\"",
            "'",
            "#*",
            "*#",
            "#[[",
            "]]#",
            "#macro(a $p)",
            "#a(1)",
            "#define($b)",
            "$b",
            "#evaluate('$n')",
            "\n",
            "é",
        ])
        .prop_map(str::to_owned),
    ];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn text_without_signs_prints_itself(text in "[^$#\\\\]*") {
        for dialect in [Dialect::Service, Dialect::Stock] {
            prop_assert_eq!(render(&text, dialect, false), text.clone());
            let template = Template::parse(&text, dialect).unwrap();
            prop_assert_eq!(template.constant(), Some(&*text));
        }
    }

    #[test]
    fn rendering_is_a_function(text in pieces()) {
        for dialect in [Dialect::Service, Dialect::Stock] {
            prop_assert_eq!(render(&text, dialect, true), render(&text, dialect, true));
        }
    }

    /// Without a trace, references through documents take a shorter way.
    #[test]
    fn who_is_told_of_the_steps_sees_the_same_output(text in pieces_of_a_body()) {
        for dialect in [Dialect::Service, Dialect::Stock] {
            for steps in [20, 100, 10_000] {
                let template = Template::parse(&text, dialect).unwrap();
                let bounds = Bounds { steps, ..Bounds::default() };
                let rendered = |is_told: bool| {
                    let (heap, mut teller) = (Heap::default(), Forgetful);
                    let trace = is_told.then_some(&mut teller as &mut dyn Trace);
                    let document = heap.document(BODY.to_owned()).unwrap();
                    let body = Body(Value::json(&heap, document.root()).unwrap());
                    template.render(&heap, &body, &bounds, trace)
                };
                prop_assert_eq!(rendered(false), rendered(true));
            }
        }
    }

    #[test]
    fn a_raw_block_prints_what_is_in_it(text in "[ -\"%-~]*") {
        let raw = format!("#[[{text}]]#");
        prop_assume!(!text.contains("]]"));
        prop_assert_eq!(render(&raw, Dialect::Service, false), text);
    }
}
