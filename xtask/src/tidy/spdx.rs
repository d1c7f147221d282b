//! SPDX licence expressions: `OR` needs one side, `AND` both, `WITH` makes one licence of two
//! names. The old `MIT/Apache-2.0` of crates.io reads as `OR`.
//! Source: SPDX Specification 2.3, annex D.

/// Whether the licences that `allowed` accepts satisfy the expression; `None` if it is malformed.
pub(super) fn satisfied(expression: &str, allowed: &dyn Fn(&str) -> bool) -> Option<bool> {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let mut parser = Parser { words: spaced.split_whitespace().collect(), at: 0, allowed };
    let answer = parser.either(0)?;
    (parser.at == parser.words.len()).then_some(answer)
}

/// Deeper brackets are refused.
const DEPTH_MAX: usize = 16;

struct Parser<'a> {
    words: Vec<&'a str>,
    at: usize,
    allowed: &'a dyn Fn(&str) -> bool,
}

impl Parser<'_> {
    fn either(&mut self, depth: usize) -> Option<bool> {
        let mut answer = self.both(depth)?;
        while self.take("OR") {
            answer |= self.both(depth)?;
        }
        Some(answer)
    }

    fn both(&mut self, depth: usize) -> Option<bool> {
        let mut answer = self.one(depth)?;
        while self.take("AND") {
            answer &= self.one(depth)?;
        }
        Some(answer)
    }

    fn one(&mut self, depth: usize) -> Option<bool> {
        if self.take("(") {
            let inner = if depth < DEPTH_MAX { self.either(depth + 1)? } else { return None };
            return self.take(")").then_some(inner);
        }
        let licence = self.name()?;
        if self.take("WITH") {
            let exception = self.name()?;
            return Some((self.allowed)(&format!("{licence} WITH {exception}")));
        }
        Some((self.allowed)(&licence))
    }

    fn name(&mut self) -> Option<String> {
        let word = self.words.get(self.at)?;
        let plain = !matches!(*word, "OR" | "AND" | "WITH" | "(" | ")");
        self.at += 1;
        plain.then(|| (*word).to_owned())
    }

    fn take(&mut self, word: &str) -> bool {
        let found = self.words.get(self.at) == Some(&word);
        self.at += usize::from(found);
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_follow_spdx() {
        let ours = ["MIT", "Apache-2.0", "Apache-2.0 WITH LLVM-exception", "Zlib"];
        let check = |expression: &str, expected: Option<bool>| {
            let answer = satisfied(expression, &|licence| ours.contains(&licence));
            assert_eq!(answer, expected, "{expression}");
        };
        check("MIT", Some(true));
        check("GPL-3.0-only", Some(false));
        check("MIT OR GPL-3.0-only", Some(true));
        check("GPL-3.0-only OR MIT", Some(true));
        check("MIT AND GPL-3.0-only", Some(false));
        check("MIT/Apache-2.0", Some(true));
        check("Apache-2.0 WITH LLVM-exception", Some(true));
        check("MIT WITH LLVM-exception", Some(false));
        check("(MIT OR GPL-3.0-only) AND Zlib", Some(true));
        check("MIT OR GPL-3.0-only AND OpenSSL", Some(true));
        check("(MIT OR GPL-3.0-only) AND OpenSSL", Some(false));
        check("", None);
        check("MIT OR", None);
        check("(MIT", None);
        check("MIT Zlib", None);
        check(&"(".repeat(100_000), None);
    }
}
