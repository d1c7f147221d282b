//! Text to tree. The parser reads characters, not tokens: which characters mean something depends
//! on where they stand (text, reference, arguments, head of a directive), and each place is a file.
//!
//! Nesting is bounded, for the parser, the evaluator and the tree's destructor recurse with it.

mod arguments;
mod chain;
mod directive;
mod escape;
mod expression;
mod head;
mod lasting;
mod literal;
mod lost;
mod number;
mod odd;
mod reference;
mod sign;
mod text;
mod verbatim;

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::ops::Range;

use crate::dialect::Dialect;
use crate::tree::{Block, Macro};
use lasting::{Lasting, Open};

/// Blocks, strings, lists and parentheses that may stand inside one another.
const DEPTH: usize = 100;

/// What a text was compiled to.
#[derive(Debug)]
pub(crate) struct Parsed {
    pub block: Block,
    /// Slots by number.
    pub names: Vec<Box<str>>,
    pub macros: Vec<Macro>,
}

/// Where parsing stopped, in bytes of the text, and why.
#[derive(Debug)]
pub(crate) struct Fault {
    pub at: usize,
    pub message: Cow<'static, str>,
}

/// Compiles a whole template.
pub(crate) fn parse(text: &str, dialect: Dialect) -> Result<Parsed, Fault> {
    let mut shared = Shared::new(dialect);
    shared.may_define = text.contains("define");
    let mut parser = Parser {
        text,
        at: 0,
        origin: Origin::Here(0),
        literal: 0..0,
        lost: Vec::new(),
        lost_inside: Vec::new(),
        references: 0,
        behind_reference: 0,
        open: Open::default(),
        open_head: None,
        lasting: Lasting::default(),
        shared: &mut shared,
    };
    let block = parser.whole()?;
    Ok(Parsed { block, names: shared.names, macros: shared.macros })
}

/// What the parsers of a template and of the strings in it have in common.
struct Shared {
    dialect: Dialect,
    names: Vec<Box<str>>,
    slots: HashMap<Box<str>, u32>,
    macros: Vec<Macro>,
    /// Names of macros so far; backslashes count before them.
    macro_names: HashSet<Box<str>>,
    /// Whether there may be definitions.
    may_define: bool,
    depth: usize,
}

impl Shared {
    fn new(dialect: Dialect) -> Self {
        Self {
            dialect,
            names: Vec::new(),
            slots: HashMap::new(),
            macros: Vec::new(),
            macro_names: HashSet::new(),
            may_define: false,
            depth: 0,
        }
    }

    fn slot(&mut self, name: &str) -> u32 {
        if let Some(slot) = self.slots.get(name) {
            return *slot;
        }
        let slot = u32::try_from(self.names.len()).expect("a name takes more than a byte of text");
        self.names.push(name.into());
        self.slots.insert(name.into(), slot);
        slot
    }
}

/// Where the text of a parser stands in the text of the template.
#[derive(Clone, Copy)]
enum Origin {
    /// From this byte on, character by character.
    Here(usize),
    /// Somewhere after this byte: it was decoded.
    After(usize),
}

/// A place in a text.
struct Parser<'t, 's> {
    text: &'t str,
    /// Always between characters.
    at: usize,
    origin: Origin,
    /// Where the expression stands that was read last.
    literal: Range<usize>,
    /// Signs inside references that are not part of them.
    lost: Vec<Range<usize>>,
    /// Those in the arguments and indexes of references, which only heads are written without.
    lost_inside: Vec<Range<usize>>,
    /// References that are being read, inside one another.
    references: usize,
    /// Where the last reference in an expression ended.
    behind_reference: usize,
    open: Open,
    /// Where the directive stands whose head is being read, if it closes a state of `open`.
    open_head: Option<usize>,
    lasting: Lasting,
    shared: &'s mut Shared,
}

impl<'t> Parser<'t, '_> {
    /// The byte `ahead` bytes further.
    fn peek(&self, ahead: usize) -> Option<u8> {
        self.text.as_bytes().get(self.at + ahead).copied()
    }

    fn rest(&self) -> &'t [u8] {
        &self.text.as_bytes()[self.at..]
    }

    /// Steps over `expected` if it stands here.
    fn eat(&mut self, expected: u8) -> bool {
        let found = self.peek(0) == Some(expected);
        self.at += usize::from(found);
        found
    }

    /// Steps over blanks and tabs and the line break after them, or over nothing: what the closing
    /// parenthesis of a head, `#else` and `#end` swallow.
    fn skip_line_end(&mut self) {
        let blanks = blanks(self.rest());
        self.at += match self.rest()[blanks..] {
            [b'\r', b'\n', ..] => blanks + 2,
            [b'\r' | b'\n', ..] => blanks + 1,
            _ => 0,
        };
    }

    /// The byte of the template's text that `at` is.
    fn place(&self, at: usize) -> usize {
        match self.origin {
            Origin::Here(start) => start + at,
            Origin::After(start) => start,
        }
    }

    /// The same, as the tree has it.
    fn mark(&self, at: usize) -> u32 {
        u32::try_from(self.place(at)).unwrap_or(u32::MAX)
    }

    fn fault<T>(&self, message: &'static str) -> Result<T, Fault> {
        self.fault_at(self.at, message)
    }

    fn fault_at<T>(&self, at: usize, message: impl Into<Cow<'static, str>>) -> Result<T, Fault> {
        Err(Fault { at: self.place(at), message: message.into() })
    }

    /// One level deeper; every recursion of the parser passes here.
    fn deeper<T>(&mut self, parse: impl FnOnce(&mut Self) -> Result<T, Fault>) -> Result<T, Fault> {
        if self.shared.depth == DEPTH {
            return self.fault("nested too deeply");
        }
        self.shared.depth += 1;
        let parsed = parse(self);
        self.shared.depth -= 1;
        parsed
    }
}

/// How many blanks and tabs a text begins with.
fn blanks(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count()
}
