//! Expressions: the right side of `#set` and the conditions of `#if`. Loosest first: `||`, `&&`,
//! `==` `!=`, `<` `>` `<=` `>=`, `+` `-`, `*` `/` `%`, `!`; all from left to right.

use std::ops::Range;

use super::arguments::Words;
use super::{Fault, Parser};
use crate::tree::{Arithmetic, Chain, Comparison, Expression, Link, Operand};

type Symbol<Operator> = (&'static str, Operator);

const OR: &[Symbol<()>] = &[("||", ()), ("or", ())];
const AND: &[Symbol<()>] = &[("&&", ()), ("and", ())];
const EQUALITY: &[Symbol<Comparison>] = &[
    ("==", Comparison::Equal),
    ("!=", Comparison::Unequal),
    ("eq", Comparison::Equal),
    ("ne", Comparison::Unequal),
];
const RELATION: &[Symbol<Comparison>] = &[
    ("<=", Comparison::LessOrEqual),
    (">=", Comparison::GreaterOrEqual),
    ("<", Comparison::Less),
    (">", Comparison::Greater),
    ("lt", Comparison::Less),
    ("gt", Comparison::Greater),
    ("le", Comparison::LessOrEqual),
    ("ge", Comparison::GreaterOrEqual),
];
const SUM: &[Symbol<Arithmetic>] = &[("+", Arithmetic::Add), ("-", Arithmetic::Subtract)];
const PRODUCT: &[Symbol<Arithmetic>] =
    &[("*", Arithmetic::Multiply), ("/", Arithmetic::Divide), ("%", Arithmetic::Modulo)];

impl Parser<'_, '_> {
    /// An expression with white space around it.
    pub(super) fn expression(&mut self) -> Result<Expression, Fault> {
        self.deeper(|parser| {
            parser.joined(OR, Expression::Any, |parser| {
                parser.joined(AND, Expression::All, Self::equality)
            })
        })
    }

    fn equality(&mut self) -> Result<Expression, Fault> {
        self.chain(EQUALITY, Expression::Compare, |parser| {
            parser.chain(RELATION, Expression::Compare, Self::sum)
        })
    }

    fn sum(&mut self) -> Result<Expression, Fault> {
        self.chain(SUM, Expression::Arithmetic, |parser| {
            parser.chain(PRODUCT, Expression::Arithmetic, Self::unary)
        })
    }

    /// Any number of `!` before a value or an expression in parentheses.
    fn unary(&mut self) -> Result<Expression, Fault> {
        let mut negations = 0_usize;
        loop {
            self.skip_white();
            match self.rest() {
                [b'!', ..] => self.at += 1,
                [b'n', b'o', b't', ..] if self.operator("not") => self.at += 3,
                _ => break,
            }
            negations += 1;
        }
        let value = match self.peek(0) {
            Some(b'(') => self.parenthesised()?,
            _ => self.value(Words::Refused)?,
        };
        self.skip_white();
        // Two negations make a Boolean of a value, and any two more make no difference.
        Ok(match negations {
            0 => value,
            odd if odd % 2 == 1 => Expression::Not(Box::new(value)),
            _ => Expression::Not(Box::new(Expression::Not(Box::new(value)))),
        })
    }

    fn parenthesised(&mut self) -> Result<Expression, Fault> {
        let start = self.at;
        self.at += 1;
        let value = self.expression()?;
        self.literal = start + 1..self.at;
        if !self.eat(b')') {
            return self.fault_at(start, "`(` without `)`");
        }
        Ok(value)
    }

    /// One or more of what `part` reads, with operators that need no telling apart between.
    fn joined(
        &mut self,
        symbols: &[Symbol<()>],
        join: fn(Box<[Expression]>) -> Expression,
        mut part: impl FnMut(&mut Self) -> Result<Expression, Fault>,
    ) -> Result<Expression, Fault> {
        let first = part(self)?;
        if self.symbol(symbols).is_none() {
            return Ok(first);
        }
        let mut parts = vec![first, part(self)?];
        while self.symbol(symbols).is_some() {
            parts.push(part(self)?);
        }
        Ok(join(parts.into()))
    }

    /// One or more of what `part` reads, with operators between.
    fn chain<Operator: Copy>(
        &mut self,
        symbols: &[Symbol<Operator>],
        join: fn(Box<Chain<Operator>>) -> Expression,
        mut part: impl FnMut(&mut Self) -> Result<Expression, Fault>,
    ) -> Result<Expression, Fault> {
        let (value, literal) = self.operand(&mut part)?;
        let Some(mut operator) = self.symbol(symbols) else { return Ok(value) };
        let first = self.written(value, &literal);
        let mut rest = Vec::new();
        loop {
            let start = self.at;
            let (value, literal) = self.operand(&mut part)?;
            let operand = self.written(value, &literal);
            let end = self.at;
            let next = self.symbol(symbols);
            rest.push(Link { operator, operand, written: self.text[start..end].into() });
            match next {
                Some(next) => operator = next,
                None => {
                    self.literal = start..end;
                    return Ok(join(Box::new(Chain { first, rest: rest.into() })));
                }
            }
        }
    }

    /// One side of an operator, and what of the text stands for it.
    fn operand(
        &mut self,
        part: &mut impl FnMut(&mut Self) -> Result<Expression, Fault>,
    ) -> Result<(Expression, Range<usize>), Fault> {
        self.skip_white();
        let value = part(self)?;
        Ok((value, self.literal.clone()))
    }

    fn written(&self, value: Expression, literal: &Range<usize>) -> Operand {
        let literal = match value {
            // Only they can be null.
            Expression::Reference(_) | Expression::Arithmetic(_) | Expression::Range(_) => {
                self.written_in(literal)
            }
            _ => "".into(),
        };
        Operand { at: self.mark(self.at), value, literal }
    }

    /// Steps over the operator that stands here, if it is one of `symbols`.
    fn symbol<Operator: Copy>(&mut self, symbols: &[Symbol<Operator>]) -> Option<Operator> {
        let (symbol, operator) = symbols.iter().find(|(symbol, _)| self.operator(symbol))?;
        self.at += symbol.len();
        Some(*operator)
    }

    /// Whether the operator stands here; a word must end behind it.
    fn operator(&self, symbol: &str) -> bool {
        let Some(rest) = self.rest().strip_prefix(symbol.as_bytes()) else { return false };
        if symbol == "-" && matches!(rest, [b'0'..=b'9', ..] | [b'.', b'0'..=b'9', ..]) {
            // The sign of a number, which cannot stand here.
            return false;
        }
        let word = symbol.as_bytes()[0].is_ascii_alphabetic();
        if word && self.at == self.behind_reference && !self.text[..self.at].ends_with('}') {
            // A name, which the reference may not go on with.
            return false;
        }
        let goes_on = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
        !(word && rest.first().is_some_and(goes_on))
    }
}
