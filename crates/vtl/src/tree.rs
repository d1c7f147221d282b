//! The compiled tree of a template: what the parser makes and the evaluator walks.
//!
//! Names are slots of the template's table of names, numbers are numbers, texts are decoded. A
//! place (`at`) is a byte of the template's text and becomes line and column only in an error.
//! Chains of operators are lists, so that only nesting, which the parser bounds, is recursion.

mod plain;

use num_bigint::BigInt;

use crate::method::{MethodName, PropertyName};

pub(crate) use plain::PlainText;

/// What is wrong with a head that only fails when it is rendered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Failing {
    /// `#foreach()` or `#foreach($x)`
    Foreach,
    /// `#parse()`
    Parse,
}

impl Failing {
    /// As written.
    pub(crate) fn directive(self) -> &'static str {
        match self {
            Self::Foreach => "#foreach",
            Self::Parse => "#parse",
        }
    }
}

/// What is printed in order.
pub(crate) type Block = Box<[Piece]>;

/// A text, printed as it is, and what stands behind it.
#[derive(Debug)]
pub(crate) struct Piece {
    pub text: PlainText,
    pub node: Node,
}

/// Something that stands in a block behind a text.
#[derive(Debug)]
pub(crate) enum Node {
    /// The end of the block.
    End,
    /// `$x.y`, printed.
    Reference(Reference),
    /// `\$x` where the value decides what is printed.
    Escaped(Box<Escaped>),
    /// `#set($x = 1)`
    Set(Box<Set>),
    /// `#if`, every `#elseif`, and `#else` (without condition).
    If(Box<[Branch]>),
    /// `#foreach($x in $y)`
    Foreach(Box<Foreach>),
    /// `#define($x)`
    Define(Box<Define>),
    /// `#break`
    Break,
    /// `#break($foreach.parent)`
    Leave { at: u32, scope: Box<Expression> },
    /// A head that parses and fails when it is rendered.
    Fails { at: u32, kind: Failing },
    /// `#stop`
    Stop,
    /// `#evaluate('…')` (stock)
    Evaluate { at: u32, source: Expression },
    /// `#parse('…')` or `#include('…')` (stock): there are no files to read.
    File { at: u32, name: &'static str, argument: Option<Expression> },
    /// A word that may name a macro by the time it is rendered (stock).
    Call(Box<Call>),
}

/// `\\$$x`: so many backslashes, signs that are text, then the reference.
#[derive(Debug)]
pub(crate) struct Escaped {
    pub slashes: usize,
    pub signs: Box<str>,
    pub reference: Reference,
}

/// `$x`, `$!{x.y(1)[2]}`: a slot and what is done to its value.
#[derive(Debug)]
pub(crate) struct Reference {
    pub at: u32,
    pub slot: u32,
    /// Prints nothing for null: `$!`.
    pub quiet: bool,
    pub steps: Box<[Step]>,
    /// As written; what stock Velocity prints for null.
    pub literal: Box<str>,
}

/// One modifier of a reference.
#[derive(Debug)]
pub(crate) enum Step {
    /// `.name`
    Property { at: u32, name: PropertyName },
    /// `.name(…)`
    Method { at: u32, name: MethodName, arguments: Box<[Expression]> },
    /// `[…]`
    Index { at: u32, index: Expression },
}

/// Something that has a value. Its kind has a byte of its own: hidden in a Boolean of a reference, it
/// takes longer to find out.
#[derive(Debug)]
#[repr(u8)]
pub(crate) enum Expression {
    /// A bare word among arguments.
    Null,
    Boolean(bool),
    Integer(i32),
    Long(i64),
    BigInteger(BigInt),
    Double(f64),
    Text(Box<str>),
    /// `"…"` with something to evaluate in it.
    Interpolated(Box<Interpolated>),
    Reference(Reference),
    List(Box<[Expression]>),
    Range(Box<[Expression; 2]>),
    Map(Box<[(Expression, Expression)]>),
    Not(Box<Expression>),
    /// `||`, two or more.
    Any(Box<[Expression]>),
    /// `&&`, two or more.
    All(Box<[Expression]>),
    Compare(Box<Chain<Comparison>>),
    Arithmetic(Box<Chain<Arithmetic>>),
}

/// A double-quoted text.
#[derive(Debug)]
pub(crate) struct Interpolated {
    pub block: Block,
    /// The last character printed is dropped: the engine appends a blank to what it parses and
    /// takes one character back, also where the blank was swallowed.
    pub chop: bool,
}

/// Operators of one precedence, applied from left to right.
#[derive(Debug)]
pub(crate) struct Chain<Operator> {
    pub first: Operand,
    pub rest: Box<[Link<Operator>]>,
}

/// An operator and its right side.
#[derive(Debug)]
pub(crate) struct Link<Operator> {
    pub operator: Operator,
    pub operand: Operand,
    /// The right side with the white space around it: what a further `+` joins if the operator
    /// gave null.
    pub written: Box<str>,
}

/// One side of an operator.
#[derive(Debug)]
pub(crate) struct Operand {
    pub at: u32,
    pub value: Expression,
    /// As written; what `+` joins for null.
    pub literal: Box<str>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Comparison {
    Equal,
    Unequal,
    Less,
    Greater,
    LessOrEqual,
    GreaterOrEqual,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Arithmetic {
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulo,
}

/// `#set(target = value)`
#[derive(Debug)]
pub(crate) struct Set {
    pub at: u32,
    pub target: Target,
    pub value: Expression,
}

/// What `#set` assigns to.
#[derive(Debug)]
pub(crate) enum Target {
    /// `${x}` and `$!x` parse, and assign nothing that can be read.
    Nowhere,
    Variable(u32),
    /// The last step of a reference; the value before it is evaluated.
    Member {
        parent: Reference,
        last: Step,
    },
}

/// An arm of an `#if`.
#[derive(Debug)]
pub(crate) struct Branch {
    pub at: u32,
    /// None in `#else`.
    pub condition: Option<Expression>,
    pub body: Block,
}

#[derive(Debug)]
pub(crate) struct Foreach {
    pub at: u32,
    /// The slot of the loop variable; none if it is no reference.
    pub variable: Option<u32>,
    /// None if nothing stands there, which is nothing to walk over.
    pub over: Option<Expression>,
    pub body: Block,
}

#[derive(Debug)]
pub(crate) struct Define {
    pub at: u32,
    /// None if what is named cannot be read.
    pub slot: Option<u32>,
    pub body: Block,
}

/// `#macro(name $a $b) … #end` (stock).
#[derive(Debug)]
pub(crate) struct Macro {
    pub name: Box<str>,
    /// Slots of the parameters; none for what can name no parameter.
    pub parameters: Box<[Option<u32>]>,
    pub body: Block,
}

/// `#name(…)`, or `#@name(…) … #end` (stock).
#[derive(Debug)]
pub(crate) struct Call {
    pub at: u32,
    pub name: Box<str>,
    pub arguments: Box<[Operand]>,
    /// What `$bodyContent` prints.
    pub body: Option<Block>,
    /// As written: what is printed if there is no such macro.
    pub literal: Box<str>,
}
