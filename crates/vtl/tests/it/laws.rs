//! Laws that hold for every template.

use portico_vtl::{Dialect, Template};
use proptest::prelude::*;

use crate::support::render;

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

    #[test]
    fn a_raw_block_prints_what_is_in_it(text in "[ -\"%-~]*") {
        let raw = format!("#[[{text}]]#");
        prop_assume!(!text.contains("]]"));
        prop_assert_eq!(render(&raw, Dialect::Service, false), text);
    }
}
