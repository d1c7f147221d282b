//! Blocks: text, and what `$`, `#` and `\` begin in it.

use memchr::{memchr2, memchr3, memmem};

use super::directive::Word;
use super::reference::begins_name;
use super::{Fault, Parser, blanks};
use crate::tree::{Block, Node};

/// What ended a block; the cursor stands behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// The end of the text.
    Text,
    End,
    Else,
    ElseIf,
}

/// The nodes of a block, texts joined.
#[derive(Default)]
pub(super) struct Nodes(Vec<Node>);

impl Nodes {
    pub(super) fn text(&mut self, text: &str) {
        match self.0.last_mut() {
            _ if text.is_empty() => {}
            Some(Node::Text(last)) => {
                let mut joined = String::from(std::mem::take(last));
                joined.push_str(text);
                *last = joined.into();
            }
            _ => self.0.push(Node::Text(text.into())),
        }
    }

    pub(super) fn push(&mut self, node: Node) {
        self.0.push(node);
    }

    pub(super) fn finish(self) -> Block {
        self.0.into()
    }
}

impl Parser<'_, '_> {
    /// The rest of the text.
    pub(super) fn whole(&mut self) -> Result<Block, Fault> {
        let (block, end) = self.block()?;
        match end {
            End::Text => Ok(block),
            End::End => self.fault("`#end` without a directive to end"),
            End::Else => self.fault("`#else` without `#if`"),
            End::ElseIf => self.fault("`#elseif` without `#if`"),
        }
    }

    /// Everything up to the `#end`, `#else` or `#elseif` of an enclosing directive.
    pub(super) fn block(&mut self) -> Result<(Block, End), Fault> {
        self.deeper(|parser| {
            let mut nodes = Nodes::default();
            let end = loop {
                if let Some(end) = parser.statement(&mut nodes)? {
                    break end;
                }
            };
            Ok((nodes.finish(), end))
        })
    }

    /// Reads one piece; every call begins at a boundary between tokens.
    fn statement(&mut self, nodes: &mut Nodes) -> Result<Option<End>, Fault> {
        let blanks = blanks(self.rest());
        if blanks > 0 && self.rest().get(blanks) == Some(&b'#') {
            // Blanks before `#set(` belong to it, unless text stands before them.
            let start = self.at;
            self.at += blanks;
            if self.word().is_some_and(|word| self.is_set(&word)) {
                return self.hash(nodes);
            }
            self.at = start;
        }
        let rest = self.rest();
        let length = memchr3(b'$', b'#', b'\\', rest).unwrap_or(rest.len());
        if length > 0 {
            nodes.text(&self.text[self.at..self.at + length]);
            self.at += length;
        }
        match self.peek(0) {
            None => Ok(Some(End::Text)),
            Some(b'\\') => self.backslashes(nodes).map(|()| None),
            Some(b'$') => self.dollar(nodes).map(|()| None),
            Some(_) => self.hash(nodes),
        }
    }

    /// At `$`: a reference or text.
    fn dollar(&mut self, nodes: &mut Nodes) -> Result<(), Fault> {
        if self.is_reference(self.at) {
            let braced = self.text[self.at..].trim_start_matches(['$', '!']).starts_with('{');
            let reference = self.reference()?;
            nodes.push(Node::Reference(reference));
            return if braced { Ok(()) } else { self.brace(nodes) };
        }
        if let Some(prefix) = self.odd_prefix() {
            return self.odd_reference(prefix, nodes);
        }
        let length = if self.peek(1) == Some(b'!') { 2 } else { 1 };
        if self.at + length == self.text.len() {
            return self.fault("the template ends with `$`");
        }
        let sign = &self.text[self.at..self.at + length];
        self.at += length;
        match self.peek(0) {
            Some(b'#' | b' ' | b'\t') if self.loses_sign() => {}
            Some(b'#') if self.peek(1) != Some(b'#') => return self.not_a_directive(sign, nodes),
            Some(b'{') => {
                self.at += 1;
                nodes.text(sign);
                nodes.text("{");
                return self.behind_brace(nodes);
            }
            Some(b'$') => nodes.text(sign),
            Some(b'\\') => {
                nodes.text("$");
                self.plain_backslashes(nodes);
            }
            // The whole sign is lost.
            Some(b'.') if length == 2 && self.peek(1).is_some_and(|b| b.is_ascii_alphabetic()) => {}
            // The `!` is lost.
            _ => nodes.text("$"),
        }
        Ok(())
    }

    /// Whether a `$` or `#` before what stands here is not printed.
    fn loses_sign(&self) -> bool {
        let at = self.at + blanks(self.rest());
        let rest = &self.text.as_bytes()[at..];
        match self.word_at(at) {
            Some(word) if self.is_set(&word) => true,
            Some(word) if at == self.at => matches!(word.name, "if" | "elseif" | "else" | "end"),
            _ => at == self.at && rest.starts_with(b"#*"),
        }
    }

    /// At `#word` behind `$`: text, whatever the word.
    fn not_a_directive(&mut self, sign: &str, nodes: &mut Nodes) -> Result<(), Fault> {
        nodes.text(sign);
        match self.word() {
            Some(word) => self.verbatim(word, nodes),
            None => Ok(()),
        }
    }

    /// Braces directly behind a reference without braces are read as if they were a reference's.
    fn brace(&mut self, nodes: &mut Nodes) -> Result<(), Fault> {
        match self.peek(0) {
            Some(b'}') => {
                nodes.text("}");
                self.at += 1;
            }
            Some(b'{') => {
                nodes.text("{");
                self.at += 1;
                return self.behind_brace(nodes);
            }
            _ => {}
        }
        Ok(())
    }

    /// Behind a brace that opens nothing.
    fn behind_brace(&mut self, nodes: &mut Nodes) -> Result<(), Fault> {
        if self.peek(0).is_some_and(begins_name) || self.is_reference(self.at) {
            return self.lost_reference();
        }
        match self.peek(0) {
            Some(b'[') => self.fault("`{[` directly behind `$` or a reference"),
            Some(b'{') => self.deeper(|parser| parser.brace(nodes)),
            Some(b'}') => {
                nodes.text("}");
                self.at += 1;
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Backslashes behind a `$` or `#` that is text are text.
    fn plain_backslashes(&mut self, nodes: &mut Nodes) {
        let count = self.rest().iter().take_while(|byte| **byte == b'\\').count();
        if self.is_reference(self.at + count) {
            nodes.text(&self.text[self.at..self.at + count]);
            self.at += count;
        }
    }

    /// What stands in such braces is not printed, but must be a reference.
    fn lost_reference(&mut self) -> Result<(), Fault> {
        let start = self.at;
        self.at += self.rest().iter().take_while(|byte| matches!(byte, b'$' | b'!')).count();
        let name = self.name();
        if matches!(name, "" | "true" | "false") {
            return self.fault_at(start, "expected a reference");
        }
        self.steps()?;
        if !self.eat(b'}') {
            return self.fault_at(start, "`{` directly behind a reference, without `}`");
        }
        Ok(())
    }

    /// At `#`: a comment, a raw block, a directive or text.
    fn hash(&mut self, nodes: &mut Nodes) -> Result<Option<End>, Fault> {
        match (self.peek(1), self.peek(2)) {
            (None, _) => self.fault("the template ends with `#`"),
            (Some(b'#'), _) => {
                self.line_comment();
                Ok(None)
            }
            (Some(b'*'), _) => {
                self.block_comment();
                Ok(None)
            }
            (Some(b'['), Some(b'[')) => self.raw(nodes).map(|()| None),
            _ => match self.word() {
                Some(word) => self.directive(word, nodes),
                None => {
                    self.at += 1;
                    if !(matches!(self.peek(0), Some(b' ' | b'\t')) && self.loses_sign()) {
                        nodes.text("#");
                        self.plain_backslashes(nodes);
                    }
                    Ok(None)
                }
            },
        }
    }

    /// `## …`, with its line break.
    fn line_comment(&mut self) {
        let rest = self.rest();
        let end = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r')).unwrap_or(rest.len());
        self.at += end;
        self.skip_line_end();
    }

    /// `#* … *#`; unclosed, it takes the rest of the text.
    fn block_comment(&mut self) {
        self.at += opening(self.rest());
        while let Some(at) = memchr2(b'*', b'#', self.rest()) {
            self.at += at;
            match self.rest() {
                [b'*', b'#', ..] => {
                    self.at += 2;
                    return;
                }
                // What would open a comment is read as a whole, with its asterisk.
                rest => self.at += opening(rest),
            }
        }
        self.at = self.text.len();
    }

    /// `#[[ … ]]#`
    fn raw(&mut self, nodes: &mut Nodes) -> Result<(), Fault> {
        let inside = self.at + 3;
        match memmem::find(&self.text.as_bytes()[inside..], b"]]#") {
            Some(length) => {
                nodes.text(&self.text[inside..inside + length]);
                self.at = inside + length + 3;
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
