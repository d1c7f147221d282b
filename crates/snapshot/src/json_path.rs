//! JsonPath: a path to one value of a JSON text, as body mappings write it.
//! Source: AWS, "Parameter mapping source examples for REST APIs", `JSONPath_EXPRESSION`.

mod find;

use std::str::FromStr;

/// Steps of a path; more are refused.
const STEPS: usize = 64;

/// A path to one value, for example `.order['id'][0]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JsonPath(pub Vec<Step>);

/// One step of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// To a member of an object.
    Member(Box<str>),
    /// To an item of an array, counted from 0.
    Item(usize),
}

/// The text is no path to one value: it may be malformed, or lead to several.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a path of .name, ['name'] and [0] alone")]
pub struct UnusableJsonPath;

impl FromStr for JsonPath {
    type Err = UnusableJsonPath;

    /// Reads `.name`, `['name']`, `["name"]` and `[0]`, with or without `$` in front.
    fn from_str(text: &str) -> Result<Self, UnusableJsonPath> {
        let mut rest = text.strip_prefix('$').unwrap_or(text);
        let mut steps = Vec::new();
        while !rest.is_empty() {
            let (step, after) = read_step(rest).ok_or(UnusableJsonPath)?;
            steps.push(step);
            rest = after;
        }
        let fits = (1..=STEPS).contains(&steps.len());
        fits.then_some(Self(steps)).ok_or(UnusableJsonPath)
    }
}

fn read_step(text: &str) -> Option<(Step, &str)> {
    if let Some(rest) = text.strip_prefix('.') {
        let legal = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '$' | '@' | ':' | '/');
        let end = rest.find(|c| !legal(c)).unwrap_or(rest.len());
        let (name, rest) = rest.split_at(end);
        return (!name.is_empty()).then(|| (Step::Member(name.into()), rest));
    }
    let rest = text.strip_prefix('[')?;
    if let Some(quote) = rest.chars().next().filter(|c| matches!(c, '\'' | '"')) {
        let (name, rest) = rest[1..].split_once(quote)?;
        let rest = rest.strip_prefix(']')?;
        // What an escape stands for, and a union of names, are for the language of templates.
        return (!name.contains('\\')).then(|| (Step::Member(name.into()), rest));
    }
    let (digits, rest) = rest.split_once(']')?;
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| digits.parse().ok()).flatten().map(|index| (Step::Item(index), rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_read() {
        let check = |text: &str, expected: Option<&[Step]>| {
            let path: Result<JsonPath, _> = text.parse();
            assert_eq!(path.ok().as_ref().map(|path| &path.0[..]), expected, "{text}");
        };
        let member = |name: &str| Step::Member(name.into());
        check(".a", Some(&[member("a")]));
        check("$.a", Some(&[member("a")]));
        check(
            ".a.b-c[0][\"d e\"]['f.g']",
            Some(&[member("a"), member("b-c"), Step::Item(0), member("d e"), member("f.g")]),
        );
        check("[12]", Some(&[Step::Item(12)]));
        check(".é", Some(&[member("é")]));
        for text in [
            "",
            "$",
            ".",
            "a",
            "..a",
            ".a.",
            ".*",
            "[*]",
            "[-1]",
            "[0:1]",
            "[0,1]",
            "['a','b']",
            "[?(@.a)]",
            "[",
            "['a'",
            "['a\\'b']",
            "[+1]",
            "[]",
            "[99999999999999999999999]",
            ".a.length()",
            "$$.a",
        ] {
            check(text, None);
        }
        check(&".a".repeat(STEPS), Some(&vec![member("a"); STEPS]));
        check(&".a".repeat(STEPS + 1), None);
    }
}
