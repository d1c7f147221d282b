//! What ends a rendering that would not end itself.

use portico_vtl::{Bounds, Dialect, Heap, MethodError, RenderErrorKind, Template, Value};

use crate::support::{Body, Pets};

#[test]
fn every_bound_ends_a_rendering() {
    let bounds =
        Bounds { loops: 10, output_bytes: 100, depth: 16, steps: 10_000, ..Bounds::default() };
    let check = |template: &str, expected: Result<&str, RenderErrorKind>| {
        let template = Template::parse(template, Dialect::Service).unwrap();
        let heap = Heap::default();
        let rendered = template.render(&heap, &Pets::new(&heap, false), &bounds, None);
        assert_eq!(
            rendered.as_deref().map_err(|error| error.kind.clone()),
            expected.as_ref().map(|text| *text).map_err(Clone::clone)
        );
    };
    let loops = "#foreach($i in [1..99])";
    check(&format!("{loops}$foreach.count #end"), Ok("1 2 3 4 5 6 7 8 9 10 "));
    check(&format!("{loops}0123456789#end"), Ok(&"0123456789".repeat(10)));
    check(&format!("{loops}0123456789a#end"), Err(RenderErrorKind::OutputTooLong));
    check(
        &format!("{}#set($x = 1){}", loops.repeat(5), "#end".repeat(5)),
        Err(RenderErrorKind::TooManySteps),
    );
    check(&format!("{}x{}", "#if(true)".repeat(15), "#end".repeat(15)), Ok("x"));
    check(
        &format!("{}x{}", "#if(true)".repeat(16), "#end".repeat(16)),
        Err(RenderErrorKind::TooDeep),
    );
    check("#define($b)#set($x = \"$b$b\")$x#end$b", Ok("$b$b$b$b"));
    check(
        "#set($s = 'a')#foreach($i in [1..9])#set($s = \"$s$s\")#end",
        Err(RenderErrorKind::OutputTooLong),
    );
}

#[test]
fn lists_that_hold_themselves_do_not_hang() {
    for template in [
        "#set($l = [])#set($x = $l.add($l))$l",
        "#set($a = [])#set($b = [$a])#set($x = $a.add($b))$a",
        "#set($m = {})#set($m.m = {'m': $m})$m",
        "#set($a = [])#set($b = [])#set($x = $a.add($b))#set($x = $b.add($a))#if($a == $b)x#end",
    ] {
        let template = Template::parse(template, Dialect::Service).unwrap();
        let heap = Heap::default();
        // An error or an output, but neither a hang nor an overflow.
        let _ = template.render(&heap, &Pets::new(&heap, false), &Bounds::default(), None);
    }
}

#[test]
fn nesting_is_bounded_where_it_is_parsed() {
    let nested: [(&str, &str, &str); 8] = [
        ("#if(true)", "x", "#end"),
        ("#set($x = ", "[", ")"),
        ("#if(", "(", ")#end"),
        ("$a", ".b($a", ")"),
        ("#set($x = ", "{'a':", ")"),
        ("$a", "[$a", "]"),
        ("#set($x = ", "!", "true)"),
        ("${", "{", "}"),
    ];
    for (before, repeated, after) in nested {
        let text = format!("{before}{}{after}", repeated.repeat(100_000));
        for dialect in [Dialect::Service, Dialect::Stock] {
            // It ends, whatever it says.
            let _ = Template::parse(&text, dialect);
        }
    }
    let blocks = format!("{}{}", "#if(true)".repeat(100_000), "#end".repeat(100_000));
    assert!(Template::parse(&blocks, Dialect::Service).is_err());
}

#[test]
fn reading_a_very_long_integer_ends_a_rendering() {
    let body = format!("{{\"n\": {}}}", "7".repeat(1 << 20));
    let check = |template: &str, expected: Result<&str, RenderErrorKind>| {
        let template = Template::parse(template, Dialect::Service).unwrap();
        let heap = Heap::default();
        let document = heap.document(body.clone()).unwrap();
        let value = Value::json(&heap, document.root()).unwrap();
        let rendered = template.render(&heap, &Body(value), &Bounds::default(), None);
        assert_eq!(rendered.map_err(|error| error.kind), expected.map(str::to_owned));
    };
    check("$b.size()", Ok("1"));
    check("$b.n", Err(RenderErrorKind::Method(MethodError::Spent)));
    // Nothing asks the meter behind it.
    check("#if($b.n)x#end", Err(RenderErrorKind::Method(MethodError::Spent)));
}
