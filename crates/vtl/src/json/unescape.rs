//! What strings with escapes stand for (RFC 8259, section 7), one behind another.

use super::parse::Parsed;
use super::string::{self, read_unit};
use super::{JsonProblem, scan};

/// Bytes for which there is room at once, unless the text has fewer.
const USUAL: usize = 1024;

/// What a byte stands for behind a backslash; 0 if it is no escape by itself.
const MEANT: [u8; 256] = {
    let mut meant = [0; 256];
    let escapes = *b"\"\"\\\\//b\x08f\x0cn\nr\rt\t";
    let mut at = 0;
    while at < escapes.len() {
        meant[escapes[at] as usize] = escapes[at + 1];
        at += 2;
    }
    meant
};

/// The contents of strings with escapes. Always UTF-8: pieces of a text between ASCII signs, and
/// characters.
#[derive(Default)]
pub(super) struct Unescaped(Vec<u8>);

impl Unescaped {
    /// All that was read.
    pub(super) fn finish(self) -> String {
        String::from_utf8(self.0).expect("pieces of a text between ASCII signs are UTF-8")
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// Reads a string whose content begins at `start` and is plain up to `at`: the place of the quote
    /// that ends it.
    #[inline(always)]
    pub(super) fn read(&mut self, text: &[u8], start: usize, mut at: usize) -> Parsed<usize> {
        if self.0.capacity() == 0 {
            self.0 = Vec::with_capacity((text.len() - start).min(USUAL));
        }
        self.0.extend_from_slice(&text[start..at]);
        while text.get(at) == Some(&b'\\') {
            let meant = text.get(at + 1).map_or(0, |byte| MEANT[usize::from(*byte)]);
            if meant > 0 {
                self.0.push(meant);
                at += 2;
            } else {
                at += self.units(&text[at..]).map_err(|problem| (at as u32, problem))?;
            }
            at = self.plain(text, at);
        }
        match text.get(at) {
            Some(b'"') => Ok(at),
            Some(_) => Err((at as u32, JsonProblem::Control)),
            None => Err((at as u32, JsonProblem::End)),
        }
    }

    /// Copies what is plain, eight bytes at a time: the place behind it.
    #[inline(always)]
    fn plain(&mut self, text: &[u8], mut at: usize) -> usize {
        let long = at + string::LONG;
        while let Some(eight) = text.get(at..).and_then(<[u8]>::first_chunk::<8>) {
            let hits = scan::special(u64::from_le_bytes(*eight));
            self.0.extend_from_slice(eight);
            if !hits.is_empty() {
                self.0.truncate(self.0.len() - (8 - hits.first()));
                return at + hits.first();
            }
            at += 8;
            if at == long {
                let more = string::plain(&text[at..]);
                self.0.extend_from_slice(&text[at..at + more]);
                at += more;
            }
        }
        let rest = string::special(&text[at..]);
        self.0.extend_from_slice(&text[at..at + rest]);
        at + rest
    }

    /// Appends what `\uXXXX` stands for, or two that are a pair: how many bytes they take. Halves of
    /// pairs stand for U+FFFD.
    #[inline(never)]
    fn units(&mut self, escape: &[u8]) -> Result<usize, JsonProblem> {
        if escape.get(1) != Some(&b'u') {
            return Err(if escape.len() == 1 { JsonProblem::End } else { JsonProblem::Escape });
        }
        let first = read_unit(&escape[2..]).ok_or(JsonProblem::Escape)?;
        let second = escape[6..].strip_prefix(b"\\u").and_then(read_unit);
        let pair = char::decode_utf16([first, second.unwrap_or_default()]).next();
        let (character, length) = match pair {
            Some(Ok(character)) if character.len_utf16() == 2 => (character, 12),
            Some(Ok(character)) => (character, 6),
            _ => (char::REPLACEMENT_CHARACTER, 6),
        };
        self.0.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
        Ok(length)
    }
}
