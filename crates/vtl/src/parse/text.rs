//! Blocks: text, and what `$`, `#` and `\` begin in it.

use memchr::{memchr2, memchr3, memmem};

use super::directive::Word;
use super::{Fault, Parser, blanks};
use crate::tree::{Block, Node, Piece};

const ENDS_WITH_HASH: &str = "the template ends with `#` or `$`";

/// What ended a block; the cursor stands behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// The end of the text.
    Text,
    /// `#end`
    Closed,
    Else,
    ElseIf,
}

/// The pieces of a block.
#[derive(Default)]
pub(super) struct Pieces {
    whole: Vec<Piece>,
    /// Behind the last of them.
    text: String,
}

impl Pieces {
    pub(super) fn text(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Takes a `#` off the end of the last text, if it ends with one.
    pub(super) fn take_hash(&mut self) -> bool {
        let is_there = self.text.ends_with('#');
        if is_there {
            self.text.pop();
        }
        is_there
    }

    pub(super) fn ends_with_reference(&self) -> bool {
        let last = self.whole.last().map(|piece| &piece.node);
        self.text.is_empty() && matches!(last, Some(Node::Reference(_) | Node::Escaped(_)))
    }

    pub(super) fn push(&mut self, node: Node) {
        let text = std::mem::take(&mut self.text).as_str().into();
        self.whole.push(Piece { text, node });
    }

    pub(super) fn finish(mut self) -> Block {
        if !self.text.is_empty() {
            self.push(Node::End);
        }
        self.whole.into()
    }
}

impl Parser<'_, '_> {
    /// The rest of the text.
    pub(super) fn whole(&mut self) -> Result<Block, Fault> {
        let (block, end) = self.block()?;
        match end {
            End::Text => Ok(block),
            End::Closed => self.fault("`#end` without a directive to end"),
            End::Else => self.fault("`#else` without `#if`"),
            End::ElseIf => self.fault("`#elseif` without `#if`"),
        }
    }

    /// Everything up to the `#end`, `#else` or `#elseif` of an enclosing directive.
    pub(super) fn block(&mut self) -> Result<(Block, End), Fault> {
        self.deeper(|parser| {
            let mut pieces = Pieces::default();
            let end = loop {
                if let Some(end) = parser.statement(&mut pieces)? {
                    break end;
                }
            };
            Ok((pieces.finish(), end))
        })
    }

    /// Reads one piece; every call begins at a boundary between tokens.
    fn statement(&mut self, pieces: &mut Pieces) -> Result<Option<End>, Fault> {
        if self.is_open_property(self.at) {
            self.tail(pieces)?;
        }
        let blanks = blanks(self.rest());
        if blanks > 0 && self.rest().get(blanks) == Some(&b'#') {
            // Blanks before `#set(` belong to it, unless text stands before them.
            let start = self.at;
            self.at += blanks;
            if self.word().is_some_and(|word| self.is_set(&word)) {
                self.keep_lasting_over_blanks(start);
                return self.hash(pieces);
            }
            self.at = start;
        }
        let rest = self.rest();
        let length = memchr3(b'$', b'#', b'\\', rest).unwrap_or(rest.len());
        if length > 0 {
            pieces.text(&self.text[self.at..self.at + length]);
            self.at += length;
        }
        match self.peek(0) {
            None => Ok(Some(End::Text)),
            Some(b'\\') => self.backslashes(pieces).map(|()| None),
            Some(b'$') => self.signs(pieces).map(|()| None),
            Some(_) => self.hash(pieces),
        }
    }

    /// At `#`: a comment, a raw block, a directive or text.
    fn hash(&mut self, pieces: &mut Pieces) -> Result<Option<End>, Fault> {
        match (self.peek(1), self.peek(2)) {
            (None, _) => self.fault(ENDS_WITH_HASH),
            (Some(b'#'), _) if self.is_open_property(self.at) => {
                if !self.hashes_behind_property()? {
                    self.at += 1;
                    return self.hash(pieces);
                }
                pieces.text("#");
                self.at += 1;
                if let Some(word) = self.word() {
                    return self.verbatim(word, pieces).map(|()| None);
                }
                pieces.text("#");
                self.at += 1;
                self.plain_backslashes(pieces);
                if self.at < self.text.len() { Ok(None) } else { self.fault(ENDS_WITH_HASH) }
            }
            (Some(b'#'), _) => self.line_comment().map(|()| None),
            (Some(b'*'), _) => self.block_comment().map(|()| None),
            (Some(b'['), Some(b'[')) => self.raw(pieces).map(|()| None),
            _ => match self.word() {
                Some(word) => self.directive(word, pieces),
                None if self.hash_and_signs() > 0 => {
                    self.at += self.hash_and_signs();
                    if self.peek(0) == Some(b'[') {
                        return self.fault("`[` behind signs");
                    }
                    // All of it is lost.
                    self.tail(pieces).map(|()| None)
                }
                None => {
                    self.at += 1;
                    let loses = matches!(self.peek(0), Some(b' ' | b'\t' | b'\\'));
                    if !(loses && self.loses_sign()) {
                        pieces.text("#");
                        self.plain_backslashes(pieces);
                        self.begin_lasting();
                        self.plain_number(pieces);
                    }
                    Ok(None)
                }
            },
        }
    }

    /// A number behind a `#` that is text is read as one.
    fn plain_number(&mut self, pieces: &mut Pieces) {
        let start = self.at;
        if self.peek(0).is_some_and(|byte| byte.is_ascii_digit()) && self.number().is_ok() {
            pieces.text(&self.text[start..self.at]);
        }
    }

    /// `## …`, with its line break.
    fn line_comment(&mut self) -> Result<(), Fault> {
        let start = self.at;
        let inside = self.at + 2;
        match memchr2(b'\n', b'\r', &self.text.as_bytes()[inside..]) {
            Some(length) => {
                self.at = inside + length;
                self.skip_line_end();
                self.keep_lasting(start, true);
                self.close_reference(start);
                Ok(())
            }
            None => self.ends_in_comment(inside),
        }
    }

    /// The end of the text in a comment: even there a sign must not stand last.
    fn ends_in_comment(&mut self, inside: usize) -> Result<(), Fault> {
        let comment = &self.text[inside..];
        self.at = self.text.len();
        let signs = ["$", "#", "$!", "#*", "#[["];
        if signs.iter().any(|sign| comment.ends_with(sign)) {
            return self.fault(ENDS_WITH_HASH);
        }
        Ok(())
    }

    /// `#* … *#`; unclosed, it takes the rest of the text.
    pub(super) fn block_comment(&mut self) -> Result<(), Fault> {
        let start = self.at;
        self.at += opening(self.rest());
        while let Some(at) = memchr2(b'*', b'#', self.rest()) {
            self.at += at;
            match self.rest() {
                [b'*', b'#', ..] => {
                    self.at += 2;
                    self.keep_lasting_over_comment(start);
                    self.keep_open(start);
                    return Ok(());
                }
                // What would open a comment is read as a whole, with its asterisk.
                rest => self.at += opening(rest),
            }
        }
        self.ends_in_comment(start)
    }

    /// `#[[ … ]]#`
    pub(super) fn raw(&mut self, pieces: &mut Pieces) -> Result<(), Fault> {
        let inside = self.at + 3;
        match memmem::find(&self.text.as_bytes()[inside..], b"]]#") {
            Some(length) => {
                pieces.text(&self.text[inside..inside + length]);
                self.at = inside + length + 3;
                self.keep_open(inside - 3);
                Ok(())
            }
            None => self.fault("`#[[` without `]]#`"),
        }
    }

    /// Whether `word` opens a `#set(`; only blanks may stand between the two.
    pub(super) fn is_set(&self, word: &Word<'_>) -> bool {
        let rest = &self.text.as_bytes()[word.end..];
        let blank = |byte: &u8| *byte != b' ';
        word.name == "set" && rest.iter().position(blank).is_some_and(|at| rest[at] == b'(')
    }
}

/// The length of `#*` or `#**`, or 1.
fn opening(rest: &[u8]) -> usize {
    match rest {
        [b'#', b'*', b'*', next, ..] if *next != b'#' => 3,
        [b'#', b'*', ..] => 2,
        _ => 1,
    }
}
