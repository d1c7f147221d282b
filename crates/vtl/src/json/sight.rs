//! What is common in a JSON text, read from a window of it: short names and strings, numbers of few
//! digits.
//!
//! Readers take the place where something begins, and return the place where it ends with the four
//! bytes there ("ahead"), the first in the lowest bits. What they do not find, `careful` does.

use std::hint::cold_path;

use super::node::Tag;
use super::parse::Parsed;
use super::scan::Masks;
use super::{JsonProblem, careful, name, scan, string};

/// A text, and what its bytes are compared with.
pub(super) type Text<'t> = (&'t [u8], &'t Masks);

/// As many bytes as are asked for.
#[inline(always)]
pub(super) fn window<const N: usize>(bytes: &[u8], at: u32) -> Option<&[u8; N]> {
    let window = bytes.get(at as usize..at as usize + N).and_then(<[u8]>::first_chunk);
    if window.is_none() {
        cold_path();
    }
    window
}

/// The first eight bytes of a window, the first of them in the lowest bits.
#[inline(always)]
fn eight(window: &[u8]) -> u64 {
    window.first_chunk().map_or(0, |eight| u64::from_le_bytes(*eight))
}

/// The first four.
#[inline(always)]
fn four(window: &[u8]) -> u32 {
    window.first_chunk().map_or(0, |four| u32::from_le_bytes(*four))
}

/// The four bytes at a place. Zeros stand for what is behind the text.
#[inline(always)]
pub(super) fn ahead(bytes: &[u8], at: u32) -> u32 {
    match window(bytes, at) {
        Some(four) => u32::from_le_bytes(*four),
        None => careful::last_four(bytes, at),
    }
}

/// The next byte that is not blank, and its place.
#[inline(always)]
pub(super) fn solid(bytes: &[u8], at: u32) -> Parsed<(u32, u8)> {
    let at = careful::blanks(bytes, at);
    match bytes.get(at as usize) {
        Some(byte @ b'!'..) => Ok((at, *byte)),
        Some(_) => Err((at, JsonProblem::Unexpected)),
        None => Err((at, JsonProblem::End)),
    }
}

/// The bytes of a name that has eight at most, and what is ahead behind it: a quote if it has no
/// escapes.
#[inline(always)]
pub(super) fn short_name((bytes, masks): Text<'_>, start: u32) -> Option<(u64, u32, u32)> {
    let window: &[u8; 12] = window(bytes, start)?;
    let word = eight(window);
    let hits = masks.special(word);
    if hits.is_empty() {
        let ahead = four(&window[8..]);
        return (ahead as u8 == b'"').then_some((word, start + 8, ahead));
    }
    Some((word & hits.before(), start + hits.first() as u32, four(&window[hits.first()..])))
}

/// The hash of a name that has more than eight.
#[inline(always)]
pub(super) fn long_name((bytes, masks): Text<'_>, start: u32) -> Option<(u64, u32, u32)> {
    let window: &[u8; name::SHORT + 4] = window(bytes, start)?;
    let (first, second) = (eight(window), eight(&window[8..]));
    let hits = masks.special(second);
    if hits.first() == 0 {
        return None;
    }
    if hits.is_empty() {
        let end = careful::end_of_name(bytes, start + name::SHORT as u32)?;
        let mixed = name::mixed_of(bytes.get(start as usize..end as usize)?);
        return Some((mixed, end, u32::from_le_bytes(*self::window(bytes, end)?)));
    }
    let mixed = masks.mixed(first, second & hits.before());
    Some((mixed, start + 8 + hits.first() as u32, four(&window[8 + hits.first()..])))
}

/// Passes the quote behind a name and a colon with a blank behind it or none: the byte behind them
/// and its place.
#[inline(always)]
pub(super) fn colon(end: u32, ahead: u32) -> Option<(u32, u8)> {
    if ahead & 0xff_ffff == u32::from_le_bytes(*b"\": \0") {
        return Some((end + 3, (ahead >> 24) as u8));
    }
    (ahead as u16 == u16::from_le_bytes(*b"\":")).then_some((end + 2, (ahead >> 16) as u8))
}

/// The place of a quote behind the end of a line and few spaces.
#[inline(always)]
pub(super) fn indented(bytes: &[u8], at: u32) -> Option<u32> {
    let window: &[u8; 18] = window(bytes, at)?;
    let mut spaces = scan::spaces(eight(&window[1..]));
    if spaces == 8 {
        spaces += scan::spaces(eight(&window[9..]));
    }
    let is_quote = window[0] == b'\n' && window.get(1 + spaces) == Some(&b'"');
    is_quote.then_some(at + 1 + spaces as u32)
}

/// The quote that ends a string, or how far the string is plain.
#[inline(always)]
pub(super) fn string((bytes, masks): Text<'_>, start: u32) -> Result<(u32, u32), u32> {
    let mut from = start;
    loop {
        for _ in 0..string::LONG / 8 {
            let Some(window) = window::<12>(bytes, from) else { return Err(from) };
            let hits = masks.special(eight(window));
            if hits.is_empty() {
                from += 8;
                continue;
            }
            let ahead = four(&window[hits.first()..]);
            let end = from + hits.first() as u32;
            return if ahead as u8 == b'"' { Ok((end, ahead)) } else { Err(from) };
        }
        from = careful::plain(bytes, from);
    }
}

/// The kind of a number of few digits and a fraction, from its first digit on.
#[inline(always)]
pub(super) fn number((bytes, masks): Text<'_>, start: u32) -> Option<(Tag, u32, u32)> {
    let window: &[u8; 12] = window(bytes, start)?;
    let others = masks.no_digit(eight(window));
    let whole = others.first();
    let (mut tag, mut length) = (Tag::Integer, whole as u32);
    let mut ahead = four(&window[whole..]);
    if ahead as u8 == b'.' {
        tag = Tag::Double;
        let others = others.rest();
        if others.is_empty() {
            length = careful::end_of_digits(bytes, start + 8) - start;
            ahead = u32::from_le_bytes(*self::window(bytes, start + length)?);
        } else {
            length = others.first() as u32;
            ahead = four(&window[others.first()..]);
        }
        if length == whole as u32 + 1 {
            return None;
        }
    }
    let is_odd = whole == 0 || whole == 8 || (window[0] == b'0' && whole > 1);
    if is_odd || ahead as u8 | 0x20 == b'e' {
        return None;
    }
    Some((tag, start + length, ahead))
}
