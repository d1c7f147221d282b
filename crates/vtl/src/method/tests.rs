//! Methods and operators against what Velocity 1.7 renders.

use crate::{Bounds, Dialect, Globals, Heap, Template, Value};

const CASES: &str = include_str!("../../tests/golden/methods.cases");

struct NoGlobals;

impl<'a> Globals<'a> for NoGlobals {
    fn put(&self, _: &str, _: &mut Value<'a>) {}
}

fn outcome(template: &str, dialect: Dialect) -> String {
    let Ok(template) = Template::parse(template, dialect) else { return "! parse".to_owned() };
    let heap = Heap::default();
    match template.render(&heap, &NoGlobals, &Bounds::default(), None) {
        Ok(text) => {
            let text = text.replace('\\', "\\\\").replace('\n', "\\n").replace('\t', "\\t");
            format!("= {text}")
        }
        Err(_) => "! eval".to_owned(),
    }
}

#[test]
fn methods_and_operators_are_those_of_java() {
    let mut template = String::new();
    for line in CASES.lines().filter(|line| !line.is_empty() && !line.starts_with("# ")) {
        let check = |dialect: Dialect, expected: &str| {
            assert_eq!(outcome(&template, dialect), expected, "{template} in {dialect:?}");
        };
        if let Some(expected) = line.strip_prefix("both ") {
            check(Dialect::Stock, expected);
            check(Dialect::Service, expected);
        } else if let Some(expected) = line.strip_prefix("stock ") {
            check(Dialect::Stock, expected);
        } else if let Some(expected) = line.strip_prefix("service ") {
            check(Dialect::Service, expected);
        } else {
            let text = line.replace("\\\\", "\0").replace("\\n", "\n").replace("\\t", "\t");
            template = text.replace('\0', "\\");
        }
    }
}

#[test]
fn what_a_rendering_builds_is_bounded() {
    let check = |template: &str| {
        assert_eq!(outcome(template, Dialect::Service), "! eval", "{template}");
    };
    let twice = "#set($s = $s + $s)".repeat(40);
    check(&format!("#set($s = 'abcdefgh'){twice}"));
    let pairs = "#set($l = [$l, $l])".repeat(60);
    check(&format!("#set($l = []){pairs}$l"));
    check(&format!("#set($l = []){pairs}$l.hashCode()"));
    check("#set($m = {})#set($l = [$m])#set($x = $m.put('l', $l))$m");
    check("#set($m = {})#set($l = [$m])#set($x = $m.put('l', $l))$l.hashCode()");
    let nested = "#set($l = [$l])".repeat(700);
    check(&format!("#set($l = []){nested}$l"));
    let cubes = "#set($n = $n * $n)".repeat(30);
    check(&format!("#set($n = 99999999999999999999){cubes}"));
    let line = "a".repeat(60);
    check(&format!("#set($s = '{line}')$s.matches('(a|aa)+(?!b)\\1c')"));
    check(&format!("#set($s = '{line}')$s.format('%99999999d', 1)"));
}
