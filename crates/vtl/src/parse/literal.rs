//! Strings, lists, ranges and maps.

use std::borrow::Cow;

use super::arguments::Words;
use super::lasting::{Lasting, Open};
use super::{Fault, Origin, Parser};
use crate::tree::{Block, Expression, Interpolated, Node, Piece};

impl<'t> Parser<'t, '_> {
    /// At a quote.
    pub(super) fn string(&mut self) -> Result<Expression, Fault> {
        let start = self.at;
        let quote = self.rest()[0];
        let Some(length) = quoted(self.rest()) else {
            return self.fault("a string without its closing quote");
        };
        self.at += length;
        let inside = &self.text[start + 1..self.at - 1];
        if quote == b'\'' {
            return Ok(Expression::Text(inside.replace("''", "'").into()));
        }
        let Some(decoded) = decode(inside) else {
            return self.fault_at(start, "`\\u` without four hexadecimal digits");
        };
        // Asked of what is written: a decoded `$` begins nothing.
        if !inside.contains(['$', '#']) {
            return Ok(Expression::Text(decoded.into()));
        }
        let origin = match decoded {
            Cow::Borrowed(_) => Origin::Here(self.place(start + 1)),
            Cow::Owned(_) => Origin::After(self.place(start)),
        };
        self.interpolated(&decoded, origin)
    }

    /// A double-quoted text is parsed with a blank behind it, unless there may be a line comment in
    /// it, and the blank is taken off what it prints.
    fn interpolated(&mut self, text: &str, origin: Origin) -> Result<Expression, Fault> {
        let comment = text.contains("##");
        let text = format!("{text}{}", if comment { "" } else { " " });
        let mut parser = Parser {
            text: &text,
            at: 0,
            origin,
            literal: 0..0,
            lost: Vec::new(),
            lost_inside: Vec::new(),
            references: 0,
            behind_reference: 0,
            open: Open::default(),
            open_head: None,
            lasting: Lasting::default(),
            shared: self.shared,
        };
        let mut block = parser.whole()?;
        let chop = !comment && !take_blank(&mut block);
        Ok(match &*block {
            [] => Expression::Text("".into()),
            [Piece { text, node: Node::End }] if !chop => Expression::Text(text.as_str().into()),
            _ => Expression::Interpolated(Box::new(Interpolated { block, chop })),
        })
    }

    /// At `[`: a list or a range.
    pub(super) fn list(&mut self, words: Words) -> Result<Expression, Fault> {
        let start = self.at;
        self.at += 1;
        let mut elements = Vec::new();
        self.skip_lost_signs();
        if self.eat(b']') {
            return Ok(Expression::List(elements.into()));
        }
        loop {
            elements.push(self.element(words)?);
            match self.rest() {
                [b']', ..] => {
                    self.at += 1;
                    return Ok(Expression::List(elements.into()));
                }
                [b',', ..] => self.at += 1,
                [b'.', b'.', ..] => return self.range(elements, words),
                [] => return self.fault_at(start, "`[` without `]`"),
                _ => return self.fault("expected `,` or `]`"),
            }
        }
    }

    /// At the dots of a range, behind what stood before them.
    fn range(&mut self, mut first: Vec<Expression>, words: Words) -> Result<Expression, Fault> {
        let dots = self.at;
        self.at += 2;
        let last = self.element(words)?;
        let bound = |value: &Expression| {
            matches!(
                value,
                Expression::Integer(_)
                    | Expression::Long(_)
                    | Expression::BigInteger(_)
                    | Expression::Reference(_)
                    | Expression::Null
            )
        };
        match (first.pop(), first.is_empty()) {
            (Some(first), true) if bound(&first) && bound(&last) && self.eat(b']') => {
                Ok(Expression::Range(Box::new([first, last])))
            }
            _ => self.fault_at(dots, "a range is two integers or references in brackets"),
        }
    }

    /// At `{`.
    pub(super) fn map(&mut self, words: Words) -> Result<Expression, Fault> {
        let start = self.at;
        self.at += 1;
        let mut entries = Vec::new();
        self.skip_white();
        if self.eat(b'}') {
            return Ok(Expression::Map(entries.into()));
        }
        loop {
            let key = self.element(words)?;
            if !self.eat(b':') {
                return self.fault("expected `:` behind the key of a map");
            }
            entries.push((key, self.element(words)?));
            if self.eat(b'}') {
                return Ok(Expression::Map(entries.into()));
            }
            if !self.eat(b',') {
                return match self.peek(0) {
                    None => self.fault_at(start, "`{` without `}`"),
                    Some(_) => self.fault("expected `,` or `}`"),
                };
            }
        }
    }
}

/// The length of a string with its quotes. Two quotes are one of the text, unless no closing quote
/// follows: then the first of them is the closing one.
fn quoted(bytes: &[u8]) -> Option<usize> {
    let quote = bytes[0];
    let mut at = 1;
    let mut end = None;
    while let Some(length) = bytes.get(at..).and_then(|rest| memchr::memchr(quote, rest)) {
        at += length + 1;
        end = Some(at);
        if bytes.get(at) != Some(&quote) {
            break;
        }
        at += 1;
    }
    end
}

/// Decodes `\uXXXX` and `""`; none if digits are missing.
fn decode(text: &str) -> Option<Cow<'_, str>> {
    if !text.contains("\\u") && !text.contains("\"\"") {
        return Some(Cow::Borrowed(text));
    }
    let mut units = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        if let Some(escaped) = rest.strip_prefix("\\u") {
            let hex = escaped.get(..4).filter(|hex| hex.bytes().all(|b| b.is_ascii_hexdigit()))?;
            units.push(u16::from_str_radix(hex, 16).ok()?);
            rest = &escaped[4..];
        } else {
            units.extend_from_slice(character.encode_utf16(&mut [0; 2]));
            rest = &rest[character.len_utf8()..];
        }
    }
    // Halves of surrogate pairs that found each other are a character; lonely ones are lost.
    Some(Cow::Owned(String::from_utf16_lossy(&units).replace("\"\"", "\"")))
}

/// Takes the blank off the end of the block's last text; false if it is not there.
fn take_blank(block: &mut Block) -> bool {
    let Some(Piece { text, node: Node::End }) = block.last_mut() else { return false };
    let Some(kept) = text.as_str().strip_suffix(' ') else { return false };
    *text = kept.into();
    if text.as_str().is_empty() {
        let mut pieces = Vec::from(std::mem::take(block));
        pieces.pop();
        *block = pieces.into();
    }
    true
}
