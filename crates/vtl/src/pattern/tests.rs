//! Patterns as Java 17 reads them.

use super::*;

#[test]
fn whole_texts_match_as_in_java() {
    let check = |pattern: &str, text: &str, expected: bool| {
        let compiled = Pattern::parse(pattern).unwrap();
        assert_eq!(compiled.matches(text), Ok(expected), "{pattern} on {text:?}");
    };
    check("abc", "abc", true);
    check("abc", "abcd", false);
    check("a|ab", "ab", true);
    check("a*+a", "aaa", false);
    check("(?>a*)b", "aab", true);
    check("a{2,3}+a", "aaa", false);
    check(r"\Qa.b\E+", "a.bb", true);
    check(r"\Qa.b", "a.b", true);
    check("[a-d[m-p]]+", "an", true);
    check("[a-z&&[^bc]]+", "ad", true);
    check("[a-z&&[^bc]]+", "ab", false);
    check("[a~~b]+", "a~b", true);
    check("[]a]+", "]a", true);
    check("[a-]+", "a-", true);
    check(r"[\w.-]+", "a.b-c_1", true);
    check(r"\d+", "\u{661}", false);
    check(r"\p{javaLowerCase}\p{Alpha}\p{L}\pL", "aBé\u{3b1}", true);
    check(r"\p{IsLatin}\p{InGreek}", "a\u{3b1}", true);
    check(r"\P{Lower}", "a", false);
    check(r"\h\R", "\u{a0}\r\n", true);
    check("(?i)abc(?-i)D", "ABCD", true);
    check("(?i)abc(?-i)D", "ABCd", false);
    check("(?i:a)b", "Ab", true);
    check("(?x) a b # c\n c", "abc", true);
    check("(?<n>a)\\k<n>\\1", "aaa", true);
    check(r"(a)\11", "aa1", true);
    check("a.c", "a\nc", false);
    check("(?s)a.c", "a\nc", true);
    check(r"\u0041\x42\x{43}\0104\t", "ABCD\t", true);
    check(r"\uD83D\uDE00", "\u{1f600}", true);
    check("a{2}{3}", "aa", true);
    check("}]", "}]", true);
    check("a$", "a", true);
    check("^*a$?(?=b)?", "a", true);
    check("^+a", "a", true);
    check("(?m)^", "", false);
    check("(?m)^*", "", true);
    check("(?!b){0,2}b", "b", true);
    check("a(?=b)*?b\\b++", "ab", true);
    check("", "", true);
}

#[test]
fn what_java_refuses_is_refused() {
    for pattern in [
        "*a",
        "a**",
        "(",
        ")",
        "[",
        "[a",
        "a{",
        "{",
        "a{2",
        "a{3,2}",
        "\\",
        "\\j",
        "(?<1>a)",
        "\\p{Nope}",
        "(?y)",
        "[z-a]",
        "[a--b]",
        "\\x1",
        "\\u12",
        "\\k<n>",
        "(?<n>a)(?<n>b)",
    ] {
        assert!(Pattern::parse(pattern).is_err(), "{pattern}");
    }
    assert_eq!(Pattern::parse(&"a".repeat(20_000)).unwrap_err(), PatternError::TooLong);
    assert!(Pattern::parse(&"(".repeat(5000)).is_err());
    assert!(Pattern::parse(&"[".repeat(5000)).is_err());
}

#[test]
fn matching_is_bounded() {
    let pattern = Pattern::parse(r"(a|aa)+(?!b)\1c").unwrap();
    assert_eq!(pattern.matches(&"a".repeat(200)), Err(PatternError::TooManySteps));
}

#[test]
fn replacements_are_as_in_java() {
    let check =
        |text: &str, pattern: &str, replacement: &str, expected: Result<&str, PatternError>| {
            let compiled = Pattern::parse(pattern).unwrap();
            let replaced = compiled.replace(text, replacement, usize::MAX, &mut || Ok(()));
            let replaced = replaced.map(|replaced| replaced.unwrap_or_else(|| text.to_owned()));
            assert_eq!(replaced, expected.map(str::to_owned), "{text:?} {pattern} {replacement}");
        };
    check("abc", "b*", "-", Ok("-a--c-"));
    check("abc", "x*", "-", Ok("-a-b-c-"));
    check("a.b", ".", "$0$0", Ok("aa..bb"));
    check("a1b2", "([a-z])([0-9])", "$2$1", Ok("1a2b"));
    check("ab", "(a)(x)?", "[$2]", Ok("[]b"));
    check("ab", "(?<n>a)", "${n}${n}", Ok("aab"));
    check("ab", "(a)", "$11", Ok("a1b"));
    check("ab", "a", r"\$1\\", Ok(r"$1\b"));
    check("it\\'s", r"\\'", "'", Ok("it's"));
    check("ab", "x", "$9", Ok("ab"));
    check("ab", "a", "$1", Err(PatternError::Replacement));
    check("ab", "a", "$", Err(PatternError::Replacement));
    check("ab", "a", "\\", Err(PatternError::Replacement));
    check("a\nb", "(?m)^", ">", Ok(">a\n>b"));
    check("a\nb\n", "$", "<", Ok("a\nb<\n<"));
}

#[test]
fn texts_split_as_in_java() {
    let check = |text: &str, pattern: &str, limit: i32, expected: &[&str]| {
        let parts = Pattern::parse(pattern).unwrap().split(text, limit, &mut || Ok(())).unwrap();
        let parts: Vec<&str> = parts.into_iter().map(|part| &text[part]).collect();
        assert_eq!(parts, expected, "{text:?} {pattern} {limit}");
    };
    check("a,b,,c,,", ",", 0, &["a", "b", "", "c"]);
    check("a,b,,c,,", ",", -1, &["a", "b", "", "c", "", ""]);
    check("a,b,,c,,", ",", 2, &["a", "b,,c,,"]);
    check("a,b", ",", 1, &["a,b"]);
    check(",a", ",", 0, &["", "a"]);
    check("abc", "", 0, &["a", "b", "c"]);
    check("", ",", 0, &[""]);
    check(",", ",", 0, &[]);
    check("a1b2", "[0-9]", 0, &["a", "b"]);
}

#[test]
fn patterns_that_step_back_are_known() {
    let check = |pattern: &str, expected: bool| {
        assert_eq!(Pattern::parse(pattern).unwrap().steps_back(), expected, "{pattern}");
    };
    check("abc", false);
    check("(a+)+b", false);
    check(r"[a-z]+\\d*?", false);
    check("(?i)a(?:b|c)", false);
    check("(?=a)b", true);
    check("(?<!a)b", true);
    check(r"(a)\1", true);
    check("(?>a)b", true);
    check("a++b", true);
}

#[test]
fn a_search_that_is_refused_ends_the_replacement() {
    let pattern = Pattern::parse("(?=a)a").unwrap();
    let mut left = 3;
    let attempt = &mut || {
        left -= 1;
        if left == 0 { Err(PatternError::Spent) } else { Ok(()) }
    };
    assert_eq!(pattern.replace("aaaa", "b", usize::MAX, attempt), Err(PatternError::Spent));
}
