//! The walk over a compiled tree. Blocks append to the output, expressions have values, and what
//! ends a block early travels as `Halt`.
//!
//! Everything that repeats or nests is counted against `Bounds`.

mod expression;
mod foreach;
mod lent;
mod place;
mod print;
mod reference;
mod scope;
mod set;
mod stock;
mod telling;

use crate::bounds::Bounds;
use crate::dialect::Dialect;
use crate::heap::Heap;
use crate::template::{Globals, RenderError, RenderErrorKind, Template, Trace};
use crate::tree::{Branch, Expression, Node, Piece};
use crate::value::{Loop, MethodError, Value};

use scope::{Definition, Frame};

/// Why a block did not run to its end.
enum Halt {
    /// `#break`: ends the innermost loop.
    Break,
    /// `#break($foreach.parent)`: ends the loop of this depth, counted from 0.
    Leave(usize),
    /// `#stop`
    Stop,
    Failed(Box<RenderError>),
}

/// One rendering.
pub(crate) struct Evaluator<'a, 'r> {
    heap: &'a Heap<'a>,
    globals: &'r dyn Globals<'a>,
    bounds: &'r Bounds,
    trace: Option<&'r mut dyn Trace>,
    dialect: Dialect,
    root: &'a Template,
    /// Whose names and places hold at the moment.
    frame: Frame<'a>,
    /// Whether the slots of the text that runs are the variables, and nobody traces.
    is_plain: bool,
    /// By slot; none are values that nobody asked the globals for yet.
    variables: Vec<Option<Value<'a>>>,
    /// The names of the variables beyond the template's own, which evaluated texts brought.
    brought: Vec<&'a str>,
    definitions: Vec<Definition<'a>>,
    /// Evaluated texts that defined macros.
    evaluated: Vec<Frame<'a>>,
    /// Macros that run inside one another.
    macros: usize,
    /// The loop that runs.
    innermost: Option<&'a Loop<'a>>,
    /// Loops that run inside one another.
    loops: usize,
    /// The length that the output may reach.
    limit: usize,
    depth: usize,
    /// Those that are left.
    steps: u64,
}

impl<'a, 'r> Evaluator<'a, 'r> {
    pub(crate) fn new(
        template: &'a Template,
        heap: &'a Heap<'a>,
        globals: &'r dyn Globals<'a>,
        bounds: &'r Bounds,
        trace: Option<&'r mut dyn Trace>,
    ) -> Self {
        let is_plain = trace.is_none();
        Self {
            heap,
            globals,
            bounds,
            trace,
            dialect: template.dialect,
            root: template,
            frame: Frame::of(template),
            is_plain,
            variables: vec![None; template.names.len()],
            brought: Vec::new(),
            definitions: Vec::new(),
            evaluated: Vec::new(),
            macros: 0,
            innermost: None,
            loops: 0,
            limit: 0,
            depth: 0,
            steps: bounds.steps,
        }
    }

    /// Appends the rendering of the template.
    pub(crate) fn render(&mut self, out: &mut String) -> Result<(), RenderError> {
        self.limit = out.len().saturating_add(self.bounds.output_bytes);
        let template = self.frame.template;
        match self.block(&template.block, out) {
            Err(Halt::Failed(error)) => Err(*error),
            Ok(()) | Err(Halt::Break | Halt::Leave(_) | Halt::Stop) => Ok(()),
        }
    }

    /// Each piece is a step, taken before the block begins.
    fn block(&mut self, pieces: &'a [Piece], out: &mut String) -> Result<(), Halt> {
        self.take_steps(pieces.len() as u64)?;
        self.deeper(|evaluator| {
            for Piece { text, node } in pieces {
                text.push_to(out);
                match node {
                    Node::Set(set) => {
                        evaluator.set(set)?;
                        continue;
                    }
                    Node::Reference(reference) => evaluator.print_reference(reference, out)?,
                    Node::If(branches) => evaluator.conditional(branches, out)?,
                    Node::End => break,
                    directive => evaluator.directive(directive, out)?,
                }
                evaluator.check_length(out)?;
            }
            // Texts are no longer than the template, so that they are looked at together.
            evaluator.check_length(out)
        })
    }

    #[inline]
    fn check_length(&self, out: &str) -> Result<(), Halt> {
        if out.len() > self.limit {
            return Err(self.failed(0, RenderErrorKind::OutputTooLong));
        }
        Ok(())
    }

    #[inline(never)]
    fn directive(&mut self, node: &'a Node, out: &mut String) -> Result<(), Halt> {
        match node {
            Node::Foreach(foreach) => self.foreach(foreach, out),
            Node::Escaped(escaped) => self.print_escaped(escaped, out),
            Node::Define(define) => self.define(define),
            Node::Break => Err(Halt::Break),
            Node::Leave { at, scope } => self.leave(*at, scope),
            Node::Fails { at, kind } => {
                Err(self.failed(*at, RenderErrorKind::Arguments(kind.directive())))
            }
            Node::Stop => Err(Halt::Stop),
            Node::Evaluate { at, source } => self.evaluate(*at, source, out),
            Node::File { at, name, argument } => self.file(*at, name, argument.as_ref(), out),
            Node::Call(call) => self.call_macro(call, out),
            Node::End | Node::Reference(_) | Node::Set(_) | Node::If(_) => Ok(()),
        }
    }

    #[inline(always)]
    fn conditional(&mut self, branches: &'a [Branch], out: &mut String) -> Result<(), Halt> {
        for branch in branches {
            let holds = match &branch.condition {
                Some(condition) => self.truth(condition)?,
                None => true,
            };
            if self.trace.is_some() && branch.condition.is_some() {
                self.told(branch.at, "#if", if holds { "true" } else { "false" });
            }
            if holds {
                return self.block(&branch.body, out);
            }
        }
        Ok(())
    }

    /// `#parse` and `#include` fail but for null.
    fn file(
        &mut self,
        at: u32,
        name: &'static str,
        argument: Option<&'a Expression>,
        out: &mut String,
    ) -> Result<(), Halt> {
        let Some(argument) = argument else { return Ok(()) };
        if !self.value(argument)?.is_null() {
            return Err(self.failed(at, RenderErrorKind::NoFiles(name)));
        }
        if name == "#include" {
            out.push_str("<!-- include error : error with arg 0 please see log. see error log -->");
        }
        Ok(())
    }

    /// What null is: nothing is null in the service.
    fn absent(&self) -> Value<'a> {
        match self.dialect {
            Dialect::Service => Value::from(""),
            Dialect::Stock => Value::Null,
        }
    }

    #[inline]
    fn step(&mut self) -> Result<(), Halt> {
        self.take_steps(1)
    }

    #[inline]
    fn take_steps(&mut self, steps: u64) -> Result<(), Halt> {
        match self.steps.checked_sub(steps) {
            Some(left) => {
                self.steps = left;
                Ok(())
            }
            None => Err(self.failed(0, RenderErrorKind::TooManySteps)),
        }
    }

    /// One level deeper; every recursion of the evaluator passes here.
    fn deeper<T>(&mut self, walk: impl FnOnce(&mut Self) -> Result<T, Halt>) -> Result<T, Halt> {
        if self.depth == self.bounds.depth {
            return Err(self.failed(0, RenderErrorKind::TooDeep));
        }
        self.depth += 1;
        let walked = walk(self);
        self.depth -= 1;
        walked
    }

    #[cold]
    fn failed(&self, at: u32, kind: RenderErrorKind) -> Halt {
        let (line, column) = self.frame.position(at);
        Halt::Failed(Box::new(RenderError { line, column, kind }))
    }

    /// Gives an error of a value its place.
    fn at<T>(&self, at: u32, result: Result<T, MethodError>) -> Result<T, Halt> {
        result.map_err(|error| self.failed(at, RenderErrorKind::Method(error)))
    }
}
