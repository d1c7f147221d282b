//! Directives: `#word` or `#{word}`, their heads and their bodies.

use super::head::Argument;
use super::text::{End, Pieces};
use super::{Fault, Parser};
use crate::dialect::Dialect;
use crate::tree::{
    Block, Branch, Call, Define, Expression, Failing, Foreach, Macro, Node, Operand, Piece,
    PlainText, Reference, Set, Target,
};

/// The word behind `#`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Word<'t> {
    pub name: &'t str,
    /// Where the text goes on.
    pub end: usize,
}

impl<'t> Parser<'t, '_> {
    /// The word at `#`, if there is one.
    pub(super) fn word(&self) -> Option<Word<'t>> {
        self.word_at(self.at)
    }

    /// The word at a `#` somewhere.
    pub(super) fn word_at(&self, at: usize) -> Option<Word<'t>> {
        let bytes = self.text.as_bytes();
        let braced = bytes.get(at + 1) == Some(&b'{');
        let start = at + 1 + usize::from(braced);
        if bytes.get(at) != Some(&b'#') || !bytes.get(start).copied().is_some_and(begins_word) {
            return None;
        }
        let part = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'@');
        let end = start + 1 + bytes[start + 1..].iter().take_while(part).count();
        let closed = !braced || bytes.get(end) == Some(&b'}');
        let name = &self.text[start..end];
        closed.then_some(Word { name, end: end + usize::from(braced) })
    }

    /// Whether `name` is the word of a directive, so that backslashes count before it.
    pub(super) fn is_directive(&self, name: &str) -> bool {
        match name {
            "if" | "elseif" | "else" | "end" | "set" | "foreach" | "define" | "macro" | "stop"
            | "break" | "literal" => true,
            "evaluate" | "parse" | "include" => self.shared.dialect == Dialect::Stock,
            name => self.shared.macro_names.contains(name),
        }
    }

    /// At `#word`.
    pub(super) fn directive(
        &mut self,
        word: Word<'t>,
        pieces: &mut Pieces,
    ) -> Result<Option<End>, Fault> {
        let start = self.at;
        let is_set = self.is_set(&word);
        self.enter_directive(is_set)?;
        self.at = word.end;
        let stock = self.shared.dialect == Dialect::Stock;
        match word.name {
            "elseif" => return Ok(Some(End::ElseIf)),
            "else" | "end" => {
                self.skip_line_end();
                self.leave_head();
                return Ok(Some(if word.name == "end" { End::Closed } else { End::Else }));
            }
            "set" if is_set => pieces.push(self.set(start)?),
            "if" => pieces.push(self.conditional(start)?),
            "foreach" => pieces.push(self.foreach(start)?),
            "define" => pieces.push(self.define(start)?),
            "macro" => self.definition(start)?,
            "literal" => self.literal(start, pieces)?,
            "break" => pieces.push(self.break_out(start)?),
            "stop" => {
                self.one_at_most(start, word)?;
                pieces.push(Node::Stop);
            }
            "evaluate" if stock => pieces.push(self.evaluate(start)?),
            "parse" if stock => pieces.push(self.file(start, "#parse")?),
            "include" if stock => pieces.push(self.file(start, "#include")?),
            _ => self.unknown(start, word, pieces)?,
        }
        Ok(None)
    }

    /// Behind `#set`, at the parenthesis or at blanks before it.
    fn set(&mut self, start: usize) -> Result<Node, Fault> {
        self.skip_blanks_and_lines();
        self.at += 1;
        self.skip_white();
        if !self.skip_signs() {
            return self.fault("`#set` assigns to a reference");
        }
        let reference = self.reference()?;
        self.skip_white();
        if !self.eat(b'=') {
            return self.fault("expected `=`");
        }
        let value = self.expression()?;
        self.close(start)?;
        self.leave_set();
        Ok(Node::Set(Box::new(Set { at: self.mark(start), target: target(reference), value })))
    }

    /// Behind `#if`.
    fn conditional(&mut self, start: usize) -> Result<Node, Fault> {
        let mut branches = Vec::new();
        let mut at = self.mark(start);
        let mut condition = Some(self.condition(start)?);
        loop {
            let (body, end) = self.block()?;
            let last = condition.is_none();
            branches.push(Branch { at, condition, body });
            at = self.mark(self.at);
            match end {
                End::Closed => return Ok(Node::If(branches.into())),
                End::ElseIf if !last => condition = Some(self.condition(start)?),
                End::Else if !last => condition = None,
                End::Text => return self.fault_at(start, "`#if` without `#end`"),
                End::Else | End::ElseIf => return self.fault("nothing may follow `#else`"),
            }
        }
    }

    /// `(…)` behind `#if` or `#elseif`.
    fn condition(&mut self, start: usize) -> Result<Expression, Fault> {
        self.skip_white();
        if !self.eat(b'(') {
            return self.fault("expected `(`");
        }
        let condition = self.expression()?;
        self.close(start)?;
        Ok(condition)
    }

    /// The parenthesis that closes a head, with the rest of a line that holds nothing more.
    fn close(&mut self, start: usize) -> Result<(), Fault> {
        if self.eat(b')') {
            self.skip_line_end();
            self.leave_head();
            return Ok(());
        }
        match self.peek(0) {
            None => self.fault_at(start, "the head of the directive is not closed"),
            Some(_) => self.fault("expected an operator or `)`"),
        }
    }

    fn foreach(&mut self, start: usize) -> Result<Node, Fault> {
        let mut arguments = self.head_of(start)?;
        if matches!(arguments.first(), Some(Argument::Word(_)))
            || arguments.iter().skip(2).any(|argument| matches!(argument, Argument::Word(_)))
        {
            return self.fault_at(start, "expected `#foreach($name in …)`");
        }
        let mut body = self.body(start)?;
        let at = self.mark(start);
        if arguments.len() < 2 {
            return Ok(Node::Fails { at, kind: Failing::Foreach });
        }
        // A fourth argument stands where the engine looks for the body.
        if let Some(Argument::Value(value)) = arguments.drain(3.min(arguments.len())..).next() {
            body = match value.value {
                Expression::Reference(reference) => Box::new([Piece {
                    text: PlainText::default(),
                    node: Node::Reference(reference),
                }]),
                _ => Box::default(),
            };
        }
        let over = if arguments.len() == 3 { arguments.pop() } else { None };
        let over = match over {
            Some(Argument::Value(value)) => Some(value.value),
            _ => None,
        };
        let variable = match arguments.into_iter().next() {
            Some(Argument::Value(value)) => plain(&value.value).map(|reference| reference.slot),
            _ => None,
        };
        Ok(Node::Foreach(Box::new(Foreach { at, variable, over, body })))
    }

    fn define(&mut self, start: usize) -> Result<Node, Fault> {
        match <[_; 1]>::try_from(self.head_of(start)?) {
            Ok([Argument::Value(name)]) => {
                let body = self.body(start)?;
                let slot = plain(&name.value).filter(|name| is_bare(name)).map(|name| name.slot);
                Ok(Node::Define(Box::new(Define { at: self.mark(start), slot, body })))
            }
            _ => self.fault_at(start, "expected `#define($name)`"),
        }
    }

    /// Behind `#macro`. The service parses macros and forgets them.
    fn definition(&mut self, start: usize) -> Result<(), Fault> {
        let mut arguments = self.head_of(start)?.into_iter();
        let Some(Argument::Word(name)) = arguments.next() else {
            return self.fault_at(start, "expected `#macro(name …)`");
        };
        let mut parameters = Vec::new();
        for argument in arguments {
            match argument {
                Argument::Value(parameter) => {
                    let named = plain(&parameter.value).filter(|named| is_bare(named));
                    parameters.push(named.map(|named| named.slot));
                }
                Argument::Word(_) => {
                    return self.fault_at(start, "the parameters of a macro are references");
                }
            }
        }
        self.shared.macro_names.insert(name.into());
        let body = self.body(start)?;
        if self.shared.dialect == Dialect::Stock {
            let parameters = parameters.into();
            self.shared.macros.push(Macro { name: name.into(), parameters, body });
        }
        Ok(())
    }

    fn break_out(&mut self, start: usize) -> Result<Node, Fault> {
        match self.one_at_most(start, Word { name: "break", end: self.at })? {
            None => Ok(Node::Break),
            Some(scope) => Ok(Node::Leave { at: self.mark(start), scope: Box::new(scope.value) }),
        }
    }

    /// The value behind `#stop` or `#break`, if there is one.
    fn one_at_most(&mut self, start: usize, word: Word<'t>) -> Result<Option<Operand>, Fault> {
        let mut arguments = self.head(word)?.unwrap_or_default();
        match (arguments.pop(), arguments.is_empty()) {
            (None, _) => Ok(None),
            (Some(Argument::Value(value)), true) => Ok(Some(value)),
            _ => self.fault_at(start, "`#stop` and `#break` take nothing or one value"),
        }
    }

    fn evaluate(&mut self, start: usize) -> Result<Node, Fault> {
        // What is evaluated may name the variables of loops.
        for name in ["foreach", "velocityCount", "velocityHasNext"] {
            self.shared.slot(name);
        }
        match <[_; 1]>::try_from(self.head_of(start)?) {
            Ok([Argument::Value(Operand { value, .. })]) if is_text(&value) => {
                Ok(Node::Evaluate { at: self.mark(start), source: value })
            }
            _ => self.fault_at(start, "`#evaluate` takes one text or reference"),
        }
    }

    fn file(&mut self, start: usize, name: &'static str) -> Result<Node, Fault> {
        let arguments = self.head(Word { name, end: self.at })?.unwrap_or_default();
        let at = self.mark(start);
        match arguments.into_iter().next() {
            Some(Argument::Value(value)) => {
                Ok(Node::File { at, name, argument: Some(value.value) })
            }
            Some(Argument::Word(_)) => self.fault_at(start, "a bare word names no file"),
            None if name == "#parse" => Ok(Node::Fails { at, kind: Failing::Parse }),
            None => Ok(Node::File { at, name, argument: None }),
        }
    }

    /// A word that is no directive: text, or in stock Velocity perhaps a macro.
    fn unknown(&mut self, start: usize, word: Word<'t>, pieces: &mut Pieces) -> Result<(), Fault> {
        let arguments = self.head(word)?;
        let block = arguments.is_some() && self.text[start..].starts_with("#@");
        let body = if block { Some(self.body(start)?) } else { None };
        let literal = match block {
            true => self.written_body(start),
            false => self.written_head(&(start..self.at)),
        };
        if self.shared.dialect == Dialect::Service {
            pieces.text(&literal);
            return Ok(());
        }
        let operand = |argument| match argument {
            Argument::Value(operand) => operand,
            Argument::Word(word) => {
                Operand { at: self.mark(start), value: Expression::Null, literal: word.into() }
            }
        };
        let arguments = arguments.unwrap_or_default().into_iter().map(operand).collect();
        let name = word.name.trim_start_matches('@').into();
        pieces.push(Node::Call(Box::new(Call {
            at: self.mark(start),
            name,
            arguments,
            body,
            literal,
        })));
        Ok(())
    }

    /// The body of a directive that has no `#else`.
    pub(super) fn body(&mut self, start: usize) -> Result<Block, Fault> {
        match self.block()? {
            (body, End::Closed) => Ok(body),
            (_, End::Text) => self.fault_at(start, "the directive has no `#end`"),
            (_, End::Else | End::ElseIf) => self.fault("`#else` without `#if`"),
        }
    }
}

pub(super) fn begins_word(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'@')
}

/// The reference that an expression is.
fn plain(expression: &Expression) -> Option<&Reference> {
    match expression {
        Expression::Reference(reference) => Some(reference),
        _ => None,
    }
}

/// Whether it is written without `!` and braces.
fn is_bare(reference: &Reference) -> bool {
    !reference.quiet && !reference.literal.starts_with("${")
}

fn is_text(expression: &Expression) -> bool {
    use Expression::{Interpolated, Reference, Text};
    matches!(expression, Interpolated(_) | Reference(_) | Text(_))
}

/// What a reference means on the left side of `#set`.
fn target(reference: Reference) -> Target {
    let bare = is_bare(&reference);
    let mut steps = Vec::from(reference.steps);
    match steps.pop() {
        Some(last) => {
            Target::Member { parent: Reference { steps: steps.into(), ..reference }, last }
        }
        None if !bare => Target::Nowhere,
        None => Target::Variable(reference.slot),
    }
}
