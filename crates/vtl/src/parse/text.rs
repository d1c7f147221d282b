//! Blocks: text, and what `$`, `#` and `\` begin in it.

use memchr::{memchr3, memmem};

use super::directive::Word;
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
            let reference = self.reference()?;
            nodes.push(Node::Reference(reference));
            return Ok(());
        }
        let length = if self.peek(1) == Some(b'!') { 2 } else { 1 };
        if self.at + length == self.text.len() {
            return self.fault("the template ends with `$`");
        }
        // The `!` is lost where nothing follows it that could belong to a reference.
        let printed = if length == 2 && self.peek(2) != Some(b'$') {
            "$"
        } else {
            &self.text[self.at..self.at + length]
        };
        nodes.text(printed);
        self.at += length;
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
                let rest = &self.rest()[2..];
                let end = memmem::find(rest, b"*#").map_or(rest.len(), |at| at + 2);
                self.at += 2 + end;
                Ok(None)
            }
            (Some(b'['), Some(b'[')) => self.raw(nodes).map(|()| None),
            _ => match self.word() {
                Some(word) => self.directive(word, nodes),
                None => {
                    nodes.text("#");
                    self.at += 1;
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
