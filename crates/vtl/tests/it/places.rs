//! Errors say where, and a trace tells what each piece came to.

use portico_vtl::{Bounds, Dialect, Heap, Template, Trace};

use crate::support::Pets;

#[test]
fn parse_errors_have_a_place_and_a_reason() {
    let check = |template: &str, expected: &str| {
        let error = Template::parse(template, Dialect::Service).unwrap_err();
        assert_eq!(error.to_string(), expected, "{template:?}");
    };
    check("a$", "line 1, column 3: the template ends with `$`");
    check("a\nb #", "line 2, column 3: the template ends with `#` or `$`");
    check("#if($x)\n", "line 1, column 1: `#if` without `#end`");
    check("x\r\n  #foreach($i in $l)", "line 2, column 3: the directive has no `#end`");
    check("#end", "line 1, column 5: `#end` without a directive to end");
    check("#set($x = 3 -1)", "line 1, column 13: expected an operator or `)`");
    check("#set($x = null)", "line 1, column 11: a bare word is no value");
    check("#set($x = 'a)", "line 1, column 11: a string without its closing quote");
    check("é $a.m('x'", "line 1, column 7: `(` without `)`");
    check("#set($x = \"a\n${b\")", "line 2, column 1: `${` without `}`");
}

#[test]
fn evaluation_errors_have_a_place_and_a_reason() {
    let check = |template: &str, dialect: Dialect, expected: &str| {
        let template = Template::parse(template, dialect).unwrap();
        let heap = Heap::default();
        let rendered = template.render(&heap, &Pets::new(&heap, false), &Bounds::default(), None);
        assert_eq!(rendered.unwrap_err().to_string(), expected);
    };
    let service = Dialect::Service;
    check("a\n $list[9]", service, "line 2, column 7: index 9 is out of bounds for length 4");
    check("$name.substring(9)", service, "line 1, column 6: index 9 is out of bounds for length 3");
    check("x#break($name)", service, "line 1, column 2: `#break` leaves a loop, and this is none");
    let inside = "\n#evaluate('$list[9]')";
    check(inside, Dialect::Stock, "line 2, column 1: index 9 is out of bounds for length 4");
}

#[test]
fn a_trace_tells_each_step() {
    #[derive(Default)]
    struct Steps(Vec<String>);
    impl Trace for Steps {
        fn step(&mut self, line: u32, column: u32, what: &str, value: &str) {
            self.0.push(format!("{line}:{column} {what} = {value}"));
        }
    }
    let check = |template: &str, dialect: Dialect, expected: &[&str]| {
        let template = Template::parse(template, dialect).unwrap();
        let (heap, mut steps) = (Heap::default(), Steps::default());
        let pets = Pets::new(&heap, false);
        let bounds = Bounds { loops: 2, ..Bounds::default() };
        template.render(&heap, &pets, &bounds, Some(&mut steps)).unwrap();
        assert_eq!(steps.0, expected);
    };
    let service = Dialect::Service;
    let expected = [
        "1:11 $n = 7",
        "1:1 #set $x = 8",
        "2:5 $x = 8",
        "2:1 #if = true",
        "2:13 $name.length() = 3",
    ];
    check("#set($x = $n + 1)\n#if($x == 8)$name.length()#end", service, &expected);
    let expected = ["1:1 #set $m = {a=1}", "1:20 #set $m['b'] = 2", "1:37 #set $m.c = 3"];
    check("#set($m = {'a': 1})#set($m['b'] = 2)#set($m.c = 3)", service, &expected);
    let inside = "#define($d)k#end#set($m = {'k': {}})#set($m.get(\"$d\").x = 1)#set($v = 1)$v";
    let expected = [
        "1:1 #define $d = what is printed where it is named",
        "1:17 #set $m = {k={}}",
        "1:37 #set $m.get(\"$d\").x = 1",
        "1:61 #set $v = 1",
        "1:73 $v = 1",
    ];
    check(inside, service, &expected);
    let null = "#set($m = $none)";
    check(null, Dialect::Stock, &["1:11 $none = null", "1:1 #set $m = null, so nothing is set"]);
    let expected = [
        "1:1 #foreach $i = a",
        "1:28 $i = a",
        "1:1 #foreach $i = b",
        "1:28 $i = b",
        "1:1 #foreach = the end, after 2 items",
    ];
    check("#foreach($i in ['a', 'b']) $i#end", service, &expected);
    let expected = [
        "1:1 #foreach $i = 1",
        "1:1 #foreach $i = 2",
        "1:1 #foreach = the end, after 2 items, and no loop goes further",
    ];
    check("#foreach($i in [1..3])x#end", service, &expected);
    check("#foreach($i in 7)x#end", service, &["1:1 #foreach = nothing to walk over"]);
    check("#foreach($i in [1])#break#end", service, &["1:1 #foreach $i = 1"]);
    let expected = ["1:1 #define $d = what is printed where it is named", "1:21 $d = x"];
    check("#define($d)x#end    $d", service, &expected);
}

#[test]
fn an_error_leaves_the_output_as_it_was() {
    let template = Template::parse("b$list[9]", Dialect::Service).unwrap();
    let heap = Heap::default();
    let mut out = "a".to_owned();
    let pets = Pets::new(&heap, false);
    assert!(template.render_into(&mut out, &heap, &pets, &Bounds::default(), None).is_err());
    assert_eq!(out, "a");
}

#[test]
fn constants_are_known() {
    let constant = |text: &str| {
        let template = Template::parse(text, Dialect::Service).unwrap();
        template.constant().map(str::to_owned)
    };
    assert_eq!(constant("").as_deref(), Some(""));
    assert_eq!(constant("{\"a\": 1}").as_deref(), Some("{\"a\": 1}"));
    assert_eq!(constant("a## b\n#* c *#d\\$e").as_deref(), Some("ad$e"));
    assert_eq!(constant("$x"), None);
}
