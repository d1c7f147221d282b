//! What JSON texts read as, and which are refused where.

use super::*;

fn written(text: &str, leniency: Leniency) -> Result<String, JsonProblem> {
    let document = Document::parse(text, leniency).map_err(|error| error.problem)?;
    let mut out = String::new();
    document.root().write_json(Slashes::Plain, &mut out);
    Ok(out)
}

#[test]
fn what_is_no_json_is_refused() {
    use JsonProblem::{Control, End, Escape, Unexpected};
    let check = |text: &str, expected: JsonProblem| {
        assert_eq!(written(text, Leniency::Strict), Err(expected), "{text}");
    };
    for text in ["", " ", "{", "[", "[1", "[1,", "{\"a\"", "{\"a\":", "{\"a\":1", "\"", "\"\\", "-"]
    {
        check(text, End);
    }
    for text in ["1.", "1e", "1e+", "\"\\\""] {
        check(text, End);
    }
    for text in ["x", "]", "}", "[1,]", "[,1]", "[1 2]", "[1}", "{\"a\":1,}", "{\"a\" 1}", "{a:1}"]
    {
        check(text, Unexpected);
    }
    for text in [
        "{'a':1}", "{1:1}", "tru", "nulL", "01", "1x", "+1", ".5", "-a", "1.e2", "NaN", "1 1",
        "1\0",
    ] {
        check(text, Unexpected);
    }
    for text in ["\"\\x\"", "\"\\u00g0\"", "\"\\u123\"", "\"\\'\""] {
        check(text, Escape);
    }
    for text in ["\"\n\"", "\"0123456789\0\"", "\"\\n\t\""] {
        check(text, Control);
    }
}

#[test]
fn depth_has_an_end() {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    for leniency in [Leniency::Strict, Leniency::Loose] {
        assert_eq!(written(&nested(DEPTH), leniency), Ok(nested(DEPTH)));
        assert_eq!(written(&nested(DEPTH + 1), leniency), Err(JsonProblem::TooDeep));
        assert_eq!(written(&nested(1_000_000), leniency), Err(JsonProblem::TooDeep));
        let objects = "{\"a\":".repeat(1_000_000);
        assert_eq!(written(&objects, leniency), Err(JsonProblem::TooDeep));
    }
}

#[test]
fn errors_have_a_place() {
    let check = |text: &str, at: usize| {
        assert_eq!(Document::parse(text, Leniency::Strict).map(drop).map_err(|e| e.at), Err(at));
    };
    check("[1, x]", 4);
    check("[1", 2);
    for end in ["", "}", "]", "1}", "+"] {
        let text = format!("[-0.0000000000E{end}");
        check(
            &text,
            15 + end.bytes().take_while(|byte| byte.is_ascii_digit() || *byte == b'+').count(),
        );
    }
    check("{\"a\": \"é\n\"}", 9);
}

#[test]
fn values_are_written_compactly() {
    let check = |text: &str, expected: &str| {
        assert_eq!(written(text, Leniency::Strict).as_deref(), Ok(expected), "{text}");
    };
    check(
        " { \"b\" : [ 1 , true , null , { } , [ ] ] , \"a\" : \"x/é\" } ",
        r#"{"b":[1,true,null,{},[]],"a":"x/é"}"#,
    );
    check(
        r#""\"\\\/\b\f\n\r\t\u00e9\u0001\ud83d\ude00""#,
        "\"\\\"\\\\/\\b\\f\\n\\r\\té\\u0001😀\"",
    );
    check(
        "\"\u{7e}\u{7f}\u{9f}\u{a0}\u{1fff}\u{2014}€\u{20ff}\u{2100}日\"",
        "\"~\\u007F\\u009F\u{a0}\u{1fff}\\u2014\\u20AC\\u20FF\u{2100}日\"",
    );
    for (number, expected) in [
        ("1.50", "1.5"),
        ("1e3", "1000.0"),
        ("10.0", "10.0"),
        ("1e7", "1.0E7"),
        ("0.0001", "1.0E-4"),
        ("-0", "0"),
        ("-0.0", "-0.0"),
        ("9223372036854775808", "9223372036854775808"),
        ("-2147483649", "-2147483649"),
        ("1e999", "null"),
    ] {
        check(number, expected);
    }
    // Halves of pairs become U+FFFD.
    check(r#""\ud83d""#, "\"\u{fffd}\"");
    check(r#""\ud83dx""#, "\"\u{fffd}x\"");
    check(r#""\ud83d\u0041""#, "\"\u{fffd}A\"");
    check(r#""\ude00\ud83d""#, "\"\u{fffd}\u{fffd}\"");
}

#[test]
fn slashes_of_printed_lists_are_escaped() {
    let document = Document::parse(r#"["a/b",{"c/d":"\u002f"}]"#, Leniency::Strict).unwrap();
    let mut out = String::new();
    document.root().write_json(Slashes::Escaped, &mut out);
    assert_eq!(out, r#"["a\/b",{"c\/d":"\/"}]"#);
}

#[test]
fn of_members_with_the_same_name_the_last_counts_at_the_place_of_the_first() {
    let check = |text: &str, length: usize, expected: &str| {
        assert_eq!(written(text, Leniency::Strict).as_deref(), Ok(expected), "{text}");
        let document = Document::parse(text, Leniency::Strict).unwrap();
        let root = document.root();
        assert_eq!((root.len(), root.members().count()), (length, length), "{text}");
        for (name, value) in root.members() {
            assert_eq!(root.member(name).map(|member| member.index()), Some(value.index()));
        }
    };
    check(r#"{"a":1,"b":2,"a":3}"#, 2, r#"{"a":3,"b":2}"#);
    check(r#"{"a":{"x":[1]},"b":2,"\u0061":{"c":1,"c":{}}}"#, 2, r#"{"a":{"c":{}},"b":2}"#);
    check(r#"{"a":1,"b":2,"\u0063":3}"#, 3, r#"{"a":1,"b":2,"c":3}"#);
    let many = |range: std::ops::Range<u32>| {
        range.map(|n| format!("\"{n}\":{n}")).collect::<Vec<_>>().join(",")
    };
    check(&format!("{{{}}}", many(0..500)), 500, &format!("{{{}}}", many(0..500)));
    check(&format!("{{{},\"0\":1}}", many(0..500)), 500, &format!("{{\"0\":1,{}}}", many(1..500)));
}

#[test]
fn a_name_far_behind_its_object_is_not_taken_for_that_of_another() {
    let name = Name::new("n");
    let near = Document::parse(r#"{"q":1,"n":2}"#, Leniency::Strict).unwrap();
    assert!(near.root().member_named(&name).is_some_and(|(_, is_near)| is_near));
    assert!(near.root().remembered(&name).is_some());
    // In nodes, the second name stands so far behind the inner object that ends before it, and 65,536
    // more behind its own.
    for items in 65_530..65_535 {
        let text = format!(r#"{{"x":[{}0],"s":{{"p":1}},"n":3}}"#, "0,".repeat(items - 1));
        let document = Document::parse(text, Leniency::Strict).unwrap();
        let inner = document.root().member("s").unwrap();
        assert!(inner.remembered(&name).is_none(), "{items}");
        assert!(inner.member_named(&name).is_none(), "{items}");
        let far = document.root().member_named(&name).unwrap();
        assert_eq!((far.0.number(), far.1), (Some(Number::Integer(3)), false));
    }
    assert!(near.root().remembered(&name).is_some());
}

#[test]
fn values_are_found_by_place_and_name() {
    let text = r#"{"a":[1,[2,3],{"b":4}],"s":[5,6],"e":[],"t":"x"}"#;
    let document = Document::parse(text, Leniency::Strict).unwrap();
    let member = |name| document.root().member(name).unwrap();
    fn number(node: Option<NodeRef<'_>>) -> Option<Number<'_>> {
        node.and_then(NodeRef::number)
    }
    assert_eq!(number(member("a").item(0)), Some(Number::Integer(1)));
    assert_eq!(number(member("a").item(1).unwrap().item(1)), Some(Number::Integer(3)));
    assert_eq!(number(member("a").item(2).unwrap().member("b")), Some(Number::Integer(4)));
    assert_eq!(number(member("s").item(1)), Some(Number::Integer(6)));
    assert!(member("s").item(2).is_none() && member("a").item(3).is_none());
    assert!(member("e").item(0).is_none() && member("e").items().next().is_none());
    assert!(member("t").items().next().is_none() && member("t").members().next().is_none());
    assert!(document.root().item(0).is_none() && member("a").member("b").is_none());
    assert!(document.root().member("").is_none());
}

#[test]
fn numbers_take_the_smallest_type_of_java() {
    let check = |text: &str, expected: Number<'_>| {
        let document = Document::parse(text, Leniency::Strict).unwrap();
        assert_eq!(document.root().number(), Some(expected), "{text}");
    };
    check("2147483647", Number::Integer(i32::MAX));
    check("2147483648", Number::Long(2_147_483_648));
    check("-9223372036854775808", Number::Long(i64::MIN));
    check("9223372036854775808", Number::Big("9223372036854775808"));
    check("1.0", Number::Double(1.0));
    check("1E2", Number::Double(100.0));
    check("-1e999", Number::Double(f64::NEG_INFINITY));
}

#[test]
fn no_text_is_too_strange() {
    let text = r#"{"a":[1,{"b":"\u00e9\ud83d\ude00\n"},true],'c':{d:-1.5e+3,"a":null,}}"#;
    for at in 0..text.len() {
        for byte in *b"\"'\\{}[],:u0\x00\xff" {
            let mut changed = text.as_bytes().to_vec();
            changed[at] = byte;
            for end in [at + 1, text.len()] {
                let text = String::from_utf8_lossy(&changed[..end]);
                for leniency in [Leniency::Strict, Leniency::Loose] {
                    let Ok(once) = written(&text, leniency) else { continue };
                    assert_eq!(written(&once, Leniency::Strict).as_deref(), Ok(&*once), "{text}");
                }
            }
        }
    }
}
