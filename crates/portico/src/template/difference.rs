//! How what came out differs from what was expected, with white space made visible.

use portico_vtl::json::{Document, Kind, Leniency, NodeRef, Number, Slashes};

/// Lines shown of each side.
const LINES_MAX: usize = 10;
/// Characters shown of a line or a value.
const CHARACTERS_MAX: usize = 160;
/// Characters shown before the first one that differs.
const BEFORE: usize = 60;

/// The lines that differ: those expected behind `-`, those that came out behind `+`, and `^` under
/// the first character that differs.
pub(super) fn of_text(expected: &str, output: &str) -> String {
    let expected: Vec<&str> = expected.split_inclusive('\n').collect();
    let output: Vec<&str> = output.split_inclusive('\n').collect();
    let same = |(a, b): &(&&str, &&str)| a == b;
    let before = expected.iter().zip(&output).take_while(same).count();
    let (expected, output) = (&expected[before..], &output[before..]);
    let after = expected.iter().rev().zip(output.iter().rev()).take_while(same).count();
    let expected = &expected[..expected.len() - after];
    let output = &output[..output.len() - after];
    let (one, other) = (expected.first().unwrap_or(&""), output.first().unwrap_or(&""));
    let at = one.chars().zip(other.chars()).take_while(|(a, b)| a == b).count();
    let skipped = if at > CHARACTERS_MAX / 2 { at - BEFORE } else { 0 };
    let mut text = format!("  line {}, column {}:\n", before + 1, at + 1);
    for (sign, lines) in [('-', expected), ('+', output)] {
        let shown = lines.iter().take(LINES_MAX).enumerate();
        for (number, line) in shown {
            let skipped = if number == 0 { skipped } else { 0 };
            text.push_str(&format!("  {sign} {}\n", part(line, skipped)));
        }
        match lines.len() {
            0 => text.push_str(&format!("  {sign} (nothing)\n")),
            count if count > LINES_MAX => {
                text.push_str(&format!("  {sign} ... and {} more lines\n", count - LINES_MAX));
            }
            _ => {}
        }
    }
    if expected.len() <= 1 && output.len() <= 1 {
        let shift: usize = if skipped > 0 { 3 } else { 0 };
        let shown = one.chars().skip(skipped).take(at - skipped);
        let width: usize = shown.map(|character| shape(character).chars().count()).sum();
        text.push_str(&format!("    {}^\n", " ".repeat(shift + width)));
    }
    text
}

/// Where two JSON texts differ, if they do; `None` if one of them is no JSON.
pub(super) fn of_json(expected: &str, output: &str) -> Option<Option<String>> {
    let parse = |text| Document::parse(text, Leniency::Strict).ok();
    let (expected, output) = (parse(expected)?, parse(output)?);
    let mut path = "$".to_owned();
    Some(unequal(expected.root(), output.root(), &mut path).map(|(expected, output)| {
        let written = |node: Option<NodeRef<'_>>| {
            let mut text = String::new();
            match node {
                Some(node) => node.write_json(Slashes::Plain, &mut text),
                None => return "(nothing)".to_owned(),
            }
            visible(&text, CHARACTERS_MAX)
        };
        let path = visible(&path, CHARACTERS_MAX);
        format!("  at {path}:\n  - {}\n  + {}\n", written(expected), written(output))
    }))
}

type Pair<'d> = (Option<NodeRef<'d>>, Option<NodeRef<'d>>);

/// The first values that differ, and `path` leads to them. A document bounds how deep it goes.
fn unequal<'d>(one: NodeRef<'d>, other: NodeRef<'d>, path: &mut String) -> Option<Pair<'d>> {
    let length = path.len();
    let is_equal = match (one.kind(), other.kind()) {
        (Kind::Object, Kind::Object) => {
            for (name, value) in one.members() {
                path.push_str(&format!(".{name}"));
                match other.member(name) {
                    Some(found) => {
                        if let Some(pair) = unequal(value, found, path) {
                            return Some(pair);
                        }
                    }
                    None => return Some((Some(value), None)),
                }
                path.truncate(length);
            }
            let mut more = other.members().filter(|(name, _)| one.member(name).is_none());
            let (name, value) = more.next()?;
            path.push_str(&format!(".{name}"));
            return Some((None, Some(value)));
        }
        (Kind::Array, Kind::Array) => {
            let (mut left, mut right) = (one.items(), other.items());
            for index in 0.. {
                path.push_str(&format!("[{index}]"));
                match (left.next(), right.next()) {
                    (None, None) => break,
                    (Some(left), Some(right)) => {
                        if let Some(pair) = unequal(left, right, path) {
                            return Some(pair);
                        }
                    }
                    pair => return Some(pair),
                }
                path.truncate(length);
            }
            path.truncate(length);
            true
        }
        (Kind::Number, Kind::Number) => same_number(one.number(), other.number()),
        (Kind::String, Kind::String) => one.string() == other.string(),
        (Kind::Boolean, Kind::Boolean) => one.boolean() == other.boolean(),
        (one, other) => one == other,
    };
    (!is_equal).then_some((Some(one), Some(other)))
}

/// Whether two numbers are one number: `1` is `1.0`.
fn same_number(one: Option<Number<'_>>, other: Option<Number<'_>>) -> bool {
    let double = |number: Option<Number<'_>>| match number {
        Some(Number::Integer(integer)) => Some(f64::from(integer)),
        Some(Number::Long(long)) => Some(long as f64),
        Some(Number::Big(digits)) => digits.parse().ok(),
        Some(Number::Double(double)) => Some(double),
        None => None,
    };
    let is_double = |number| matches!(number, Some(Number::Double(_)));
    one == other || ((is_double(one) || is_double(other)) && double(one) == double(other))
}

/// A part of a line behind `skipped` characters.
fn part(line: &str, skipped: usize) -> String {
    let rest = line.char_indices().nth(skipped).map_or("", |(start, _)| &line[start..]);
    let dots = if skipped > 0 { "..." } else { "" };
    format!("{dots}{}", visible(rest, CHARACTERS_MAX))
}

/// A text with its white space made visible, cut behind `limit` characters.
pub(super) fn visible(text: &str, limit: usize) -> String {
    let mut shown: String = text.chars().take(limit).map(shape).collect();
    if text.chars().nth(limit).is_some() {
        shown.push_str("...");
    }
    shown
}

/// What stands for a character.
fn shape(character: char) -> String {
    match character {
        ' ' => "·".to_owned(),
        '\t' => "→".to_owned(),
        '\n' => "␊".to_owned(),
        '\r' => "␍".to_owned(),
        control if control.is_control() => control.escape_default().collect(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_differ_are_shown_with_visible_white_space() {
        let check = |expected: &str, output: &str, shown: &str| {
            assert_eq!(of_text(expected, output), shown, "{expected:?} {output:?}");
        };
        check("a b", "a  b", "  line 1, column 3:\n  - a·b\n  + a··b\n      ^\n");
        check("a\nb\n", "a\nb", "  line 2, column 2:\n  - b␊\n  + b\n     ^\n");
        check("", "\r\t\u{1b}", "  line 1, column 1:\n  - (nothing)\n  + ␍→\\u{1b}\n    ^\n");
        check(
            "x\na\nb\nz\n",
            "x\nc\nd\ne\nz\n",
            "  line 2, column 1:\n  - a␊\n  - b␊\n  + c␊\n  + d␊\n  + e␊\n",
        );
        check("a\na\n", "a\n", "  line 2, column 1:\n  - a␊\n  + (nothing)\n    ^\n");
    }

    #[test]
    fn long_texts_are_cut_around_the_first_difference() {
        let (expected, output) = ("é".repeat(5000) + "x", "é".repeat(5000) + "y");
        let shown = of_text(&expected, &output);
        assert!(shown.starts_with("  line 1, column 5001:\n  - ...é"), "{shown}");
        let lines: Vec<Vec<char>> = shown.lines().map(|line| line.chars().collect()).collect();
        let mark = lines[3].iter().position(|character| *character == '^').unwrap();
        assert_eq!((lines[1][mark], lines[2][mark]), ('x', 'y'));
        let shown = of_text(&"a\n".repeat(5000), &"b\n".repeat(4000));
        assert!(shown.contains("- ... and 4990 more lines") && shown.lines().count() < 30);
    }

    #[test]
    fn json_is_compared_by_its_values() {
        let check = |expected: &str, output: &str, difference: Option<&str>| {
            let found = of_json(expected, output).expect("both are JSON");
            assert_eq!(found.as_deref(), difference, "{expected} {output}");
        };
        check(r#"{"a": 1, "b": [true, null]}"#, r#"{"b":[true,null],"a":1.0}"#, None);
        check("[1]", "[2]", Some("  at $[0]:\n  - 1\n  + 2\n"));
        check("[1]", "[1, 2]", Some("  at $[1]:\n  - (nothing)\n  + 2\n"));
        check("[1, 2]", "[1]", Some("  at $[1]:\n  - 2\n  + (nothing)\n"));
        check(
            r#"{"a":{"b":"x"}}"#,
            r#"{"a":{"b":"x y"}}"#,
            Some("  at $.a.b:\n  - \"x\"\n  + \"x·y\"\n"),
        );
        check(r#"{"a":1}"#, "{}", Some("  at $.a:\n  - 1\n  + (nothing)\n"));
        check("{}", r#"{"a":1}"#, Some("  at $.a:\n  - (nothing)\n  + 1\n"));
        check("\"1\"", "1", Some("  at $:\n  - \"1\"\n  + 1\n"));
        check(
            "9007199254740993",
            "9007199254740992",
            Some("  at $:\n  - 9007199254740993\n  + 9007199254740992\n"),
        );
        check("9223372036854775808", "9223372036854775808.0", None);
        assert_eq!(of_json("[1", "[1]"), None);
        assert_eq!(of_json("[1]", ""), None);
    }
}
