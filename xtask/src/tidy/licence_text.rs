//! `LICENSE` is the Apache License 2.0 as published: all of it and nothing else.
//! Source: Apache Software Foundation, "Apache License, Version 2.0".

use crate::problem::Problem;
use crate::repository::Repository;

const LINES: usize = 202;
/// FNV-1a, 64 bit, of the published text, its first empty line included.
const HASH: u64 = 0x2eb9_294a_0308_d938;

pub(super) fn check(repository: &Repository) -> Vec<Problem> {
    let advice = "copy https://www.apache.org/licenses/LICENSE-2.0.txt over it";
    let wrong = match repository.text("LICENSE") {
        None => "is missing",
        Some(text) if text.lines().count() != LINES => "is not 202 lines long",
        Some(text) if fnv_1a(text.as_bytes()) != HASH => "differs from the published text",
        Some(_) => return Vec::new(),
    };
    vec![Problem::new("LICENSE", 1, format!("{wrong}; {advice}"))]
}

/// Not for secrets: it tells an edit from the original.
/// Source: IETF, draft-eastlake-fnv.
fn fnv_1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const PUBLISHED: &str = include_str!("../../../LICENSE");

    #[test]
    fn only_the_published_text_passes() {
        let check = |text: &str, expected: &str| {
            let found = check(&Repository::of(&[("LICENSE", text)]));
            assert!(found[0].text.starts_with(expected), "{found:?}");
        };
        assert_eq!(super::check(&Repository::of(&[("LICENSE", PUBLISHED)])), []);
        check(&PUBLISHED.replace("perpetual", "annual"), "differs from the published text");
        check(&format!("{PUBLISHED}Copyright Somebody\n"), "is not 202 lines long");
        assert_eq!(
            super::check(&Repository::default())[0].text.split(';').next(),
            Some("is missing")
        );
    }

    #[test]
    fn the_hash_is_fnv_1a() {
        assert_eq!(fnv_1a(b""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fnv_1a(b"foobar"), 0x8594_4171_f739_67e8);
    }
}
