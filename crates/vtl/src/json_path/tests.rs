//! What paths lead to, mostly as the library says it does.

use super::*;
use crate::json::{Document, Leniency, Slashes};

const BODY: &str = r#"{"a":{"b":1,"c":"x","d":null,"e":[1,2,3]},"st":["x","y"],"e":[],"o":{},
    "arr":[{"n":1,"s":"p"},{"n":2},{"n":3,"s":"q","arr":[{"n":9}]}],"num":[5,3.5,"z",7],
    "x y":1,"a-b":2,"$d":3,"@e":4,"0":"zero","long":"lorem","deep":[{"e":[4,5]},{"e":6}]}"#;

fn shown(selected: &Selected<'_>) -> String {
    if let Selected::Missing = selected {
        return "missing".to_owned();
    }
    let mut out = String::new();
    selected.write_json(Slashes::Plain, &mut out);
    out
}

/// What a path leads to, or `invalid` or `error`.
fn select(body: &str, path: &str) -> String {
    let document = Document::parse(body, Leniency::Strict).unwrap();
    let Ok(path) = JsonPath::parse(path) else { return "invalid".to_owned() };
    path.select(document.root(), VISITS).map_or("error".to_owned(), |found| shown(&found))
}

fn check(path: &str, expected: &str) {
    assert_eq!(select(BODY, path), expected, "{path}");
}

#[test]
fn what_is_no_path_is_refused() {
    check("", "invalid");
    check("  ", "invalid");
    let paths = r#"$.   $..   $a   $$   $@   $ .a   $...n   $.a.   $.a..   ..a   $.x y   $. a   $.a .b
$[   $[]   $]   $['a   $['a'   $['a',]   $['a''o']   $['a',"o"]   $[a]   $[0   $[*
$[-]   $[1-]   $[+1]   $[1.5]   $[,]   $[0,]   $[0,,1]   $[99999999999]   $.e[:]
$.e[::2]   $.e[1 : 2]   $.e[0,1:2]"#;
    for path in paths.lines().flat_map(|line| line.split("   ")) {
        check(path, "invalid");
    }
    check(&format!("$.{}", "a".repeat(PATH_CHARACTERS)), "invalid");
    check(&format!("${}", ".a".repeat(STEPS + 1)), "invalid");
    for nested in ["$[?(", "$[?(@[?(", "$.sum($.sum(", "$[?(!"] {
        check(&nested.repeat(1000), "invalid");
    }
}

#[test]
fn what_is_no_filter_is_refused() {
    let paths = r#"$.arr[(@.length-1)]   $.arr[?]   $.arr[?()]   $.arr[?@.n]   $.arr[?(@.n)
$.arr[?((@.n)]   $.arr[?(@.n))]   $.arr[?(@.n = 1)]   $.arr[?(@.n <> 1)]
$.arr[?(@.n == +1)]   $.arr[?(@.n == 1x)]   $.arr[?(@.n == 'a)]   $.arr[?(@.s == p)]
$.arr[?(n == 1)]   $.arr[?(true)]   $.arr[?('x')]   $.arr[?(|| @.s)]
$.arr[?(@.s == 'p' ||)]   $.arr[?(@.n & @.s)]   $.arr[?(@.n and @.s)]
$.arr[?(@.s =~ /[/)]   $.arr[?(@.s =~ /p/q)]   $.arr[?(@.n in (1,2))]
$.arr[?(@.n + 1 == 2)]   $.a.nofunc()   $.a.keys()   $.sum(x)   $.sum(1"#;
    for path in paths.lines().flat_map(|line| line.split("   ")) {
        check(path, "invalid");
    }
}

#[test]
fn names_lead_to_members() {
    check("$.a.b", "1");
    check("a.b", "1");
    check(" $.a.b ", "1");
    check("@.a.b", "1");
    check("$['a'][\"b\"]", "1");
    check("$.['a'].['b']", "1");
    check("$[ 'a' ].b", "1");
    check("$['x y']", "1");
    check("$.a-b", "2");
    check("$.$d", "3");
    check("$.@e", "4");
    check("$.0", "\"zero\"");
    check("$.a.d", "null");
    for path in [
        "$.nope",
        "$.a.b.c",
        "$.arr.n",
        "$.arr.0",
        "$.arr['0']",
        "$['']",
        "$.a]",
        "$.a,b",
        "$.long.x",
    ] {
        check(path, "missing");
    }
    check("$['a\\'b']", "missing");
    assert_eq!(select(r#"{"a'b":1}"#, "$['a\\'b']"), "1");
    assert_eq!(select(r#"{"a]b":{"é":1}}"#, "$['a]b'].é"), "1");
    // A dot in front searches everywhere, because `$.` is put before it.
    assert_eq!(select(r#"{"a":1,"b":{"a":2}}"#, ".a"), "[1,2]");
}

#[test]
fn several_names_lead_to_an_object() {
    check("$['st','e']", r#"{"st":["x","y"],"e":[]}"#);
    check("$['st','nope']", r#"{"st":["x","y"]}"#);
    check("$['nope','no2']", "{}");
    check("$['e','e']", r#"{"e":[]}"#);
    check("$.arr['n','s']", "missing");
    check("$.arr[*]['n','s']", r#"[{"n":1,"s":"p"},{"n":2},{"n":3,"s":"q"}]"#);
    check("$['a','o'].b", "[1]");
    check("$..['n','s']", r#"[{"n":1,"s":"p"},{"n":3,"s":"q"}]"#);
}

#[test]
fn numbers_lead_to_elements() {
    check("$.a.e[0]", "1");
    check("$.a.e[-1]", "3");
    check("$.a.e[ 0 ]", "1");
    check("$.a.e[3]", "missing");
    check("$.a.e[-4]", "missing");
    check("$.a[0]", "missing");
    check("$.a.e[0,2]", "[1,3]");
    check("$.a.e[0, 9]", "[1]");
    check("$.a.e[1:]", "[2,3]");
    check("$.a.e[:1]", "[1]");
    check("$.a.e[-2:]", "[2,3]");
    check("$.a.e[:-1]", "[1,2]");
    check("$.a.e[0:2]", "[1,2]");
    check("$.a.e[0:3:2]", "[1,2,3]");
    check("$.a.e[5:9]", "[]");
    check("$.a.e[1:0]", "[]");
    check("$.a.e[1:-1]", "[]");
    check("$.a.e[-2:1]", "[2,3,1]");
    check("$.a.e[-9:9]", "[1,2,3,1,2,3]");
    check("$.a[0:1]", "missing");
    check("$.a[0,1]", "missing");
}

#[test]
fn wildcards_lead_to_lists() {
    check("$.a.*", r#"[1,"x",null,[1,2,3]]"#);
    check("$.a[*]", r#"[1,"x",null,[1,2,3]]"#);
    check("$.arr[*].s", r#"["p","q"]"#);
    check("$.arr[*].zz", "[]");
    check("$.*.b", "[1]");
    check("$.a.b.*", "[]");
    check("$.e[*]", "[]");
    for path in ["$.nope[*]", "$.nope.*.x", "$.nope..x", "$.nope[?(@.x)]"] {
        check(path, "missing");
    }
}

#[test]
fn two_dots_search_everywhere() {
    check("$..n", "[1,2,3,9]");
    check("$..['n']", "[1,2,3,9]");
    check("$.arr..n", "[1,2,3,9]");
    check("$..arr[0].n", "[1,9]");
    check("$..arr..n", "[1,2,3,9,9]");
    check("$..nope", "[]");
    check("$.a..*", r#"[1,"x",null,[1,2,3],1,2,3]"#);
    check("$.arr..[0]", r#"[{"n":1,"s":"p"},{"n":9}]"#);
    check("$.arr..[0].n", "[1,9]");
    check("$.arr..[?(@.n > 2)].n", "[3,9]");
    // An element that is no object is tested only where the array itself passes.
    check("$.num..[?(@ == 5)]", "[]");
    check("$.a.e..[?(@ size 3)]", "[]");
}

#[test]
fn filters_choose_elements() {
    let check = |filter: &str, expected: &str| {
        check(&format!("$.arr[?({filter})].n"), expected);
    };
    for (operator, expected) in [
        ("==", "[2]"),
        ("!=", "[1,3]"),
        ("<", "[1]"),
        ("<=", "[1,2]"),
        (">", "[3]"),
        (">=", "[2,3]"),
    ] {
        check(&format!("@.n{operator}2"), expected);
        check(&format!(" @.n {operator}  2.0 "), expected);
    }
    check("@.n == '1'", "[1]");
    check("'1' == @.n", "[1]");
    check("@.n == '1.0'", "[1]");
    check("'1.0' == @.n", "[]");
    check("@.n === '1'", "[]");
    check("@.n !== '1'", "[1,2,3]");
    check("@.n > '1'", "[]");
    check("@.s > 'o' && @.s < \"q\"", "[1]");
    check("@.n == $.a.b", "[1]");
    check("@['n'] == 1 || @.n == 2 && @.s == 'q'", "[1]");
    check("(@.n == 1 || @.n == 3) && !(@.s == 'p')", "[3]");
    check("@.zz == null", "[]");
    check("@.zz != null", "[1,2,3]");
    check("@.n == @.zz", "[]");
    check("@.arr == [{'n': 9}]", "[3]");
    check("@.arr == [{\"n\": 9.0}]", "[]");
    check("@ == {\"n\":2}", "[2]");
    check("@.arr[0].n == 9", "[3]");
    check("@.length() > 1", "[1,3]");
    check("$.num.max() == 7", "[1,2,3]");
    check("@.arr[?(@.n == 9)]", "[3]");
    check("0 == -0", "[1,2,3]");
    check("@.s == ')'", "[]");
}

#[test]
fn filters_ask_whether_there_is_something() {
    check("$.arr[?(@.s)].n", "[1,3]");
    check("$.arr[?(!@.s)].n", "[2]");
    check("$.arr[?(!(@.s))].n", "[2]");
    check("$.arr[?(!!@.s)].n", "[1,3]");
    check("$.a[?(@.d)].b", "[1]");
    check("$.arr[?(@['n','s'])].n", "[1,3]");
    check("$.arr[?(@.arr[*].n)].n", "[3]");
    check("$.arr[?(@.arr[*].zz)].n", "[]");
    check("$.arr[?(@..zz)].n", "[1,2,3]");
    check("$.arr[?(@.zz[*])].n", "[]");
    // Here the library takes `$` for `@`, and does not hear `!` before a comparison.
    check("$.arr[?($.s)].n", "[1,3]");
    check("$.arr[?($.long)].n", "[]");
    check("$.arr[?(!@.n == 1)].n", "[1]");
}

#[test]
fn filters_compare_with_arrays() {
    let check = |filter: &str, expected: &str| {
        check(&format!("$.arr[?({filter})].n"), expected);
    };
    check("@.n in [1, '2', 'x']", "[1,2]");
    check("@.s IN [\"p\",'z']", "[1]");
    check("@.s nin ['p']", "[2,3]");
    check("@.n in $..n", "[1,2,3]");
    check("[1] subsetof [1,2]", "[1,2,3]");
    check("[1,2] anyof [2]", "[1,2,3]");
    check("[1] noneof [2]", "[1,2,3]");
    check("[1] noneof [1]", "[]");
    check("@.s size 1", "[1,3]");
    check("@.arr size 1", "[3]");
    check("@ size 1", "[]");
    check("@.s empty false", "[1,3]");
    check("@.arr empty true", "[]");
    check("@.s contains 'p'", "[1]");
    check("['a'] contains 'a'", "[1,2,3]");
    // Where an array is needed and there is none, the whole filter is false.
    check("@.n in 1", "[]");
    check("@.n nin 1", "[]");
    check("!(@.n in 1)", "[]");
    check("@.n anyof [1] || @.n == 1", "[]");
    for filter in ["@.n in @.arr", "@.n in [[1]]"] {
        let path = format!("$.arr[2:][?({filter})]");
        assert_eq!(select(BODY, &path), "error", "{path}");
    }
}

#[test]
fn filters_match_patterns() {
    check("$.arr[?(@.s =~ /p|q/)].n", "[1,3]");
    check("$.arr[?(@.s =~ /P/i)].n", "[1]");
    check("$.arr[?(/[a-p]/ =~ @.s)].n", "[1]");
    check("$.arr[?(@.n =~ /\\d/)].n", "[1,2,3]");
    check("$.st[?(@ =~ /x/)]", "[\"x\"]");
    check("$[?(@.long =~ /lo/)].a.b", "[]");
    check("$[?(@.long =~ /lo.*/)].a.b", "[1]");
    check("$[?(@.st =~ /y/)].a.b", "[1]");
    check("$.arr[?(@.s =~ 'p')].n", "[]");
}

#[test]
fn filters_test_objects_themselves() {
    check("$.a[?(@.b == 1)].c", "[\"x\"]");
    check("$.a[?(@.b == 2)]", "[]");
    check("$.num[?(@ > 4)]", "[5,7]");
    check("$.*[?(@ > 4)]", "[5,7]");
    check("$.a.b[?(@)]", "error");
    check("$.arr[ ?( @.n > 1 ) ].n", "[2,3]");
    check("$.arr.[?(@.n > 1)][?(@.s)].n", "[3]");
}

#[test]
fn functions_calculate() {
    check("$.arr.length()", "3");
    check("$.a.size()", "4");
    check("$.long.length()", "null");
    check("$.arr[*].length()", "[2,1,3]");
    check("$.nope.length()", "missing");
    check("$.num.min()", "3.5");
    check("$.num.max()", "7.0");
    check("$.num.sum()", "15.5");
    check("$.num.avg()", "5.166666666666667");
    check("$.num.stddev()", "1.4337208778404384");
    check("$.num.sum(1, $.a.e)", "22.5");
    check("$.max(-1)", "4.9E-324");
    check("$.e.sum()", "error");
    check("$.a.sum()", "error");
    check("$.st.concat()", "\"xy\"");
    check("$.concat(\"a\", $.long, 1.50, 'z', true)", "\"alorem1.5\"");
    check("$.concat($.nope)", "missing");
    check("$.st[*].concat($.nope)", "[]");
    check("$.st.append(4, \"k\", $.a.b)", r#"["x","y",4,"k",1]"#);
    check("$.a.append(1).b", "invalid");
    // Behind `..` at the start of a path the function is called once.
    check("$..n.sum()", "15.0");
    check("$..e.length()", "5");
    check("$.deep..e.length()", "[2,null]");
}

#[test]
fn selections_are_bounded() {
    let check = |body: &str, path: &str, visits: u64| {
        let document = Document::parse(body, Leniency::Strict).unwrap();
        let path = JsonPath::parse(path).unwrap();
        let found = path.select(document.root(), visits);
        assert_eq!(found.map(drop), Err(JsonPathError::Bound));
    };
    let nested = format!("{}1{}", "[".repeat(400), "]".repeat(400));
    check(&nested, "$..*..*..*..*..*", 100_000);
    check(&nested, &format!("${}", "..*".repeat(100)), 100_000);
    let wide = format!("[{}1]", "1,".repeat(10_000));
    check(&wide, "$[?(@ in $)]", 100_000);
    check(&wide, "$[?($ == $)]", 100_000);
    check(&wide, "$[?($[?(@ > 0)] size 1)]", 100_000);
    check(&wide, "$[?($ > 1)]", 100_000);
    check(&wide, "$[*]", 100);
    let many: Vec<String> = (0..10_000).map(|n| format!("\"{n}\":1")).collect();
    let objects = format!("{{{},\"a\":[{}1]}}", many.join(","), "1,".repeat(10_000));
    check(&objects, "$.a[?($.x == 1)]", 100_000);
    let nested = format!("[{}1]", "[1],".repeat(10_000));
    check(&nested, "$[?($[-2] == 1)]", 100_000);
}

#[test]
fn definite_paths_lead_to_one_value() {
    let check = |path: &str, expected: bool| {
        assert_eq!(JsonPath::parse(path).unwrap().is_definite(), expected, "{path}");
    };
    for path in ["$", "$.a[0]['b']", "$.a[-1]", "$['a','b']", "$.a.length()", "$..a.sum()"] {
        check(path, true);
    }
    for path in ["$..a", "$.*", "$[0,1]", "$[1:]", "$[?(@.a)]", "$['a','b'].c", "$.*.length()"] {
        check(path, false);
    }
}
