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

#[test]
fn large_numbers_stay_within_the_short_bounds() {
    let render = |template: &str| {
        let text = format!("#set($b = 99999999999999999999)#set($t = $b.valueOf(10)){template}");
        let template = Template::parse(&text, Dialect::Service).expect(&text);
        let heap = Heap::default();
        let rendered = template.render(&heap, &Pets::new(&heap, false), &Bounds::SHORT, None);
        rendered.map_err(|error| error.kind)
    };
    let check = |template: &str| {
        let spent = RenderErrorKind::Method(MethodError::Spent);
        assert_eq!(render(template), Err(spent), "{template}");
    };
    let large = "#set($s = '')#set($x = $b.pow(900))#set($y = $b.pow(450).add($t))\
                 #set($d = $x * 0.5)#set($e = $y * 0.25)";
    assert_eq!(render(&format!("{large}x")).as_deref(), Ok("x"));
    let often = |operation: &str| {
        check(&format!("{large}#foreach($i in [1..900])#set($r = {operation})#end"));
    };
    let squared = |first: &str| {
        check(&format!("#set($d = {first})#foreach($i in [1..40])#set($d = $d.multiply($d))#end"));
    };
    squared("$b * 0.1");
    squared("$b * 0.5 - $b * 0.5");
    squared("$t.multiply($t) * 0.5");
    for method in ["gcd", "remainder", "divide", "multiply", "mod", "add", "xor"] {
        often(&format!("$x.{method}($y)"));
    }
    often("$x.sqrt()");
    often("$x.toString(7)");
    often("\"$x\"");
    often("$x.equals($x.add($y).subtract($y))");
    often("$x.hashCode()");
    often("$s.format('%d', $x)");
    for method in ["precision", "toPlainString", "toString", "intValue", "doubleValue"] {
        often(&format!("$d.{method}()"));
    }
    for method in ["add", "subtract", "compareTo", "max", "min", "multiply"] {
        often(&format!("$d.{method}($e)"));
    }
    for operator in ["+", "-", "*", "/"] {
        often(&format!("$d {operator} $e"));
        often(&format!("$x {operator} $y"));
    }
    often("$x % $y");
    often("[$d..$e]");
    for operator in ["<", ">=", "=="] {
        check(&format!(
            "#set($d = $b.pow(900) * 0.5)#foreach($i in [1..900])#if($d {operator} 0.1)#end#end"
        ));
    }
    check(
        "#set($d = $b.pow(900) * 0.5)#set($e = $d * 0.1)#set($l = [$d, $e])#foreach($i in [1..99])$!l.sort(null)#end",
    );
}

#[test]
fn numbers_are_as_large_as_java_has_them() {
    let check = |template: &str, expected: Result<&str, MethodError>| {
        let text = format!("#set($b = 99999999999999999999)#set($t = $b.valueOf(10)){template}");
        let template = Template::parse(&text, Dialect::Service).expect(&text);
        let heap = Heap::default();
        let rendered = template.render(&heap, &Pets::new(&heap, false), &Bounds::default(), None);
        let expected = expected.map(str::to_owned).map_err(RenderErrorKind::Method);
        assert_eq!(rendered.map_err(|error| error.kind), expected, "{text}");
    };
    check("$b.valueOf(1).pow(100000)", Ok("1"));
    check("$b.valueOf(-1).pow(100001)", Ok("-1"));
    check("$b.valueOf(0).pow(2147483647)", Ok("0"));
    check("$b.valueOf(0).shiftLeft(2147483647)", Ok("0"));
    check("$b.valueOf(2).pow(65535).bitLength()", Ok("65536"));
    check("$b.valueOf(2).pow(65536)", Err(MethodError::Spent));
    check("$b.valueOf(3).pow(60000)", Err(MethodError::Spent));
    check(
        "$b.gcd($t) $t.gcd($b.valueOf(-4)) $b.valueOf(0).gcd($t) $t.gcd($t.valueOf(0))",
        Ok("1 2 10 10"),
    );
    check(
        "#set($d = $t.pow(2) * 1.0)$d.stripTrailingZeros() $d.stripTrailingZeros().scale()",
        Ok("1E+2 -2"),
    );
    check("#set($d = $t.pow(2) * 1.0)$d.stripTrailingZeros().toPlainString()", Ok("100"));
    check("#set($d = $t.pow(2) * 1.0)$d.setScale(-2) $d.setScale(2)", Ok("1E+2 100.00"));
    check(
        "#set($d = $t.pow(2) * 1.0)#set($d = $d.setScale(-2))$d.intValue() #if($d == 100)x#end",
        Ok("100 x"),
    );
    check("#set($d = $t.pow(2) * 1.0)#set($d = $d.setScale(1001))$d.scale()", Ok("1001"));
    check("$t.valueOf(9).multiply($t).max($b) ", Ok("99999999999999999999 "));
    check("#set($d = $t * 0.5)$d.setScale(16385)", Err(MethodError::Spent));
    check(
        "#set($d = $t * 0.25)$d.setScale(0)",
        Err(MethodError::IllegalArgument("digits would be lost")),
    );
    // Six zeros behind the point, and more than a text is padded with.
    check(
        "#set($d = $b * 0.5)#set($z = $d - $d)#foreach($i in [1..18])#set($z = $z.multiply($z))#end$z",
        Err(MethodError::Spent),
    );
}

#[test]
fn no_text_is_longer_than_the_output() {
    let bounds = Bounds { output_bytes: 100, ..Bounds::default() };
    let check = |template: &str, is_built: bool| {
        let template = Template::parse(template, Dialect::Service).unwrap();
        let heap = Heap::default();
        let rendered = template.render(&heap, &Pets::new(&heap, false), &bounds, None);
        let spent = RenderErrorKind::Method(MethodError::Spent);
        let expected = if is_built { Ok("100".to_owned()) } else { Err(spent) };
        assert_eq!(rendered.map_err(|error| error.kind), expected);
    };
    let ab = "#set($s = 'ab')$s";
    check(&format!("{ab}.repeat(50).length()"), true);
    check(&format!("{ab}.repeat(51).length()"), false);
    check(&format!("{ab}.repeat(2147483647).length()"), false);
    check(&format!("{ab}.indent(97).length()"), true);
    check(&format!("{ab}.indent(98).length()"), false);
    check(&format!("{ab}.indent(2147483647).length()"), false);
}

/// What a method makes of a member of a body is printed at once, and costs what it would if it were
/// kept before.
#[test]
fn what_is_printed_at_once_costs_as_much() {
    const BODY: &str =
        r#"{"s": "aB/c", "e": "", "u": "\u00dcber", "o": {"n": null, "d": 1.5, "l": [1]}}"#;
    let render = |text: &str, units: u64| {
        let (heap, template) = (Heap::default(), Template::parse(text, Dialect::Service).unwrap());
        let document = heap.document(BODY.to_owned()).unwrap();
        let body = Body(Value::json(&heap, document.root()).unwrap());
        let bounds = Bounds { units, ..Bounds::default() };
        template.render(&heap, &body, &bounds, None).ok()
    };
    let check = |reference: &str, expected: &str| {
        let kept = format!("#set($k = {reference})$k");
        for units in (0..300).chain([10_000]) {
            assert_eq!(render(reference, units), render(&kept, units), "{reference} of {units}");
        }
        assert_eq!(render(reference, 10_000).as_deref(), Some(expected), "{reference}");
    };
    check("$b.s.toUpperCase()", "AB/C");
    check("$b.s.toLowerCase()", "ab/c");
    check("$b.s.toLowerCase().length()", "4");
    check("$b.e.toUpperCase()", "");
    check("$b.u.toLowerCase()", "über");
    check("$b.o.n.toUpperCase()", "");
    check("$b.none.toUpperCase()", "");
    check("$b.o.d.toUpperCase()", "");
    check("$b.o.d.intValue()", "1");
    check("$b.o.l.size()", "1");
    check("$b.o.size()", "3");
}
