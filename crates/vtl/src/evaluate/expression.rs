//! Expressions: their values, and their truth, which is not that of their values.

use std::cmp::Ordering;

use super::place::Place;
use super::{Evaluator, Halt};
use crate::operator::{self, Everyday};
use crate::tree::{
    Arithmetic, Chain, Comparison, Expression, Interpolated, Link, Operand, Reference,
};
use crate::value::{List, Map, Value};

impl<'a> Evaluator<'a, '_> {
    /// The value of an expression.
    pub(super) fn value(&mut self, expression: &'a Expression) -> Result<Value<'a>, Halt> {
        let mut value = Value::Null;
        self.put(expression, &mut value)?;
        Ok(value)
    }

    /// Puts the value of an expression where it is wanted: as a result, each call on the way would
    /// copy it.
    #[inline(always)]
    pub(super) fn put(
        &mut self,
        expression: &'a Expression,
        into: &mut Value<'a>,
    ) -> Result<(), Halt> {
        match expression {
            Expression::Reference(reference) => self.put_reference(reference, into),
            Expression::Integer(integer) => {
                *into = Value::Integer(*integer);
                Ok(())
            }
            Expression::Text(text) => {
                *into = Value::String(text);
                Ok(())
            }
            Expression::Arithmetic(chain) => self.arithmetic(chain, |_, result| *into = result),
            other => {
                *into = self.other_value(other)?;
                Ok(())
            }
        }
    }

    #[inline(never)]
    fn other_value(&mut self, expression: &'a Expression) -> Result<Value<'a>, Halt> {
        Ok(match expression {
            Expression::Null => Value::Null,
            Expression::Boolean(boolean) => Value::Boolean(*boolean),
            Expression::Long(long) => Value::Long(*long),
            Expression::BigInteger(big) => Value::BigInteger(big),
            Expression::Double(double) => Value::Double(*double),
            composed => {
                self.step()?;
                self.deeper(|evaluator| evaluator.composed(composed))?
            }
        })
    }

    fn composed(&mut self, expression: &'a Expression) -> Result<Value<'a>, Halt> {
        match expression {
            Expression::Interpolated(text) => self.interpolated(text),
            Expression::List(elements) => {
                let elements = self.values(elements)?;
                let list = List::new(self.heap, elements);
                self.at(0, list).map(Value::List)
            }
            Expression::Map(entries) => self.map(entries),
            Expression::Range(bounds) => self.range(bounds),
            condition => self.truth(condition).map(Value::Boolean),
        }
    }

    /// Whether a condition holds: of values only references and Booleans do.
    #[inline(never)]
    pub(super) fn truth(&mut self, expression: &'a Expression) -> Result<bool, Halt> {
        match expression {
            Expression::Boolean(boolean) => Ok(*boolean),
            Expression::Compare(chain) => {
                self.step()?;
                self.deeper(|evaluator| evaluator.compare(chain))
            }
            Expression::Reference(reference) => match self.near(reference) {
                Place::Variable(variable) => {
                    Ok(self.variables[variable].as_ref().is_some_and(operator::truth))
                }
                Place::Node(_, node) => Ok(node.boolean() != Some(false)),
                Place::Told(running, property) => Ok(running.truth(property)),
                Place::Nothing => Ok(true),
                Place::Elsewhere => self.far_truth(reference),
            },
            Expression::Not(_) | Expression::Any(_) | Expression::All(_) => {
                self.step()?;
                self.deeper(|evaluator| evaluator.condition(expression))
            }
            _ => Ok(false),
        }
    }

    /// The same of a reference that leads farther.
    #[inline(never)]
    fn far_truth(&mut self, reference: &'a Reference) -> Result<bool, Halt> {
        match self.far(reference) {
            Place::Node(_, node) => return Ok(node.boolean() != Some(false)),
            Place::Nothing => return Ok(true),
            _ => {}
        }
        let mut value = Value::Null;
        self.steps(reference, &mut value)?;
        match value {
            // Whether it is null shows when it is rendered.
            Value::Block(number) => self.print_block(number, &mut String::new()),
            _ => Ok(operator::truth(&value)),
        }
    }

    fn condition(&mut self, expression: &'a Expression) -> Result<bool, Halt> {
        match expression {
            Expression::Not(inner) => Ok(!self.truth(inner)?),
            Expression::Any(parts) => self.reaches(parts, true),
            Expression::All(parts) => Ok(!self.reaches(parts, false)?),
            _ => Ok(false),
        }
    }

    /// Whether a part has the truth that decides; the parts behind it are left alone.
    fn reaches(&mut self, parts: &'a [Expression], decides: bool) -> Result<bool, Halt> {
        for part in parts {
            if self.truth(part)? == decides {
                return Ok(true);
            }
        }
        Ok(false)
    }

    #[inline(always)]
    fn compare(&mut self, chain: &'a Chain<Comparison>) -> Result<bool, Halt> {
        let (mut left, mut right) = (Value::Null, Value::Null);
        self.operand(&chain.first, &mut left)?;
        let mut holds = false;
        for (n, Link { operator, operand, .. }) in chain.rest.iter().enumerate() {
            if n > 0 {
                left = Value::Boolean(holds);
            }
            self.operand(operand, &mut right)?;
            let order = || {
                let order = operator::compare(&self.heap.cells.meter, &left, &right);
                self.at(operand.at, order)
            };
            holds = match operator {
                Comparison::Less => order()? == Some(Ordering::Less),
                Comparison::Greater => order()? == Some(Ordering::Greater),
                Comparison::LessOrEqual => order()?.is_some_and(Ordering::is_le),
                Comparison::GreaterOrEqual => order()?.is_some_and(Ordering::is_ge),
                Comparison::Equal => self.equal(operand.at, &left, &right)?,
                Comparison::Unequal => !self.equal(operand.at, &left, &right)?,
            };
        }
        Ok(holds)
    }

    fn equal(&self, at: u32, left: &Value<'a>, right: &Value<'a>) -> Result<bool, Halt> {
        match (left, right) {
            (Value::String(left), Value::String(right)) => Ok(left == right),
            _ => self.at(at, operator::equal(&self.heap.cells.meter, left, right)),
        }
    }

    /// The result goes to who keeps it as it is made: a copy of it would wait until it is written.
    #[inline(never)]
    pub(super) fn arithmetic(
        &mut self,
        chain: &'a Chain<Arithmetic>,
        keep: impl FnOnce(&mut Self, Value<'a>),
    ) -> Result<(), Halt> {
        self.take_steps(1 + chain.rest.len() as u64)?;
        self.deeper(|evaluator| {
            let (mut left, mut right) = (Value::Null, Value::Null);
            evaluator.put(&chain.first.value, &mut left)?;
            let mut literal = &*chain.first.literal;
            for (n, Link { operator, operand, written }) in chain.rest.iter().enumerate() {
                evaluator.put(&operand.value, &mut right)?;
                match operator::everyday(*operator, &left, &right) {
                    Some(result) if n + 1 == chain.rest.len() => {
                        match result {
                            Everyday::Integer(integer) => keep(evaluator, Value::Integer(integer)),
                            Everyday::Double(double) => keep(evaluator, Value::Double(double)),
                        }
                        return Ok(());
                    }
                    Some(result) => left = result.into(),
                    None => evaluator.operate(*operator, (&mut left, literal), (right, operand))?,
                }
                literal = written;
            }
            keep(evaluator, left);
            Ok(())
        })
    }

    /// Puts the result of an operator in the place of its left side, which has what was written for
    /// it.
    #[inline(never)]
    fn operate(
        &mut self,
        operator: Arithmetic,
        (left, literal): (&mut Value<'a>, &'a str),
        (mut right, operand): (Value<'a>, &'a Operand),
    ) -> Result<(), Halt> {
        let heap = self.heap;
        let result = match operator {
            Arithmetic::Add if left.as_str().is_some() || right.as_str().is_some() => {
                (*left, right) = (self.rendered(*left)?, self.rendered(right)?);
                // Joined to a text, null is what was written.
                if left.as_str().is_some() && right.is_null() {
                    right = Value::String(&operand.literal);
                } else if right.as_str().is_some() && left.is_null() {
                    *left = Value::String(literal);
                }
                operator::join(heap, left, &right)
            }
            Arithmetic::Add => operator::add(heap, left, &right),
            Arithmetic::Subtract => operator::subtract(heap, left, &right),
            Arithmetic::Multiply => operator::multiply(heap, left, &right),
            Arithmetic::Divide => operator::divide(heap, left, &right),
            Arithmetic::Modulo => operator::remainder(heap, left, &right),
        };
        *left = self.at(operand.at, result)?;
        Ok(())
    }

    /// One side of an operator: a definition is what it renders to.
    #[inline(always)]
    fn operand(&mut self, operand: &'a Operand, into: &mut Value<'a>) -> Result<(), Halt> {
        self.put(&operand.value, into)?;
        if let Value::Block(_) = into {
            *into = self.rendered(*into)?;
        }
        Ok(())
    }

    pub(super) fn values(&mut self, expressions: &'a [Expression]) -> Result<Vec<Value<'a>>, Halt> {
        expressions.iter().map(|expression| self.value(expression)).collect()
    }

    fn rendered(&mut self, value: Value<'a>) -> Result<Value<'a>, Halt> {
        match value {
            Value::Block(number) => {
                let mut text = String::new();
                self.print_block(number, &mut text)?;
                let text = Value::string(self.heap, text);
                self.at(0, text)
            }
            value => Ok(value),
        }
    }

    fn map(&mut self, entries: &'a [(Expression, Expression)]) -> Result<Value<'a>, Halt> {
        let map = Map::new(self.heap);
        let map = self.at(0, map)?;
        for (key, value) in entries {
            let key = self.value(key)?;
            let value = self.value(value)?;
            let put = map.put(self.heap, key, value);
            self.at(0, put)?;
        }
        Ok(Value::Map(map))
    }

    /// `[a..b]`: null unless both are numbers.
    fn range(&mut self, bounds: &'a [Expression; 2]) -> Result<Value<'a>, Halt> {
        let [first, last] = bounds;
        let (first, last) = (self.value(first)?, self.value(last)?);
        for bound in [&first, &last] {
            if let Value::Decimal(decimal) = bound {
                let room = self.heap.cells.meter.compute(decimal.bits(), decimal.bits());
                self.at(0, room)?;
            }
        }
        let (Some(first), Some(last)) = (integer(&first), integer(&last)) else {
            return Ok(Value::Null);
        };
        let count = first.abs_diff(last) as usize + 1;
        // Asked for before it is built.
        let room = self.heap.cells.meter.spend(count.saturating_mul(size_of::<Value<'a>>()));
        self.at(0, room)?;
        let numbers: Vec<Value<'a>> = match first <= last {
            true => (first..=last).map(Value::Integer).collect(),
            false => (last..=first).rev().map(Value::Integer).collect(),
        };
        let list = List::new(self.heap, numbers);
        self.at(0, list).map(Value::List)
    }

    fn interpolated(&mut self, text: &'a Interpolated) -> Result<Value<'a>, Halt> {
        let mut out = String::new();
        // The bound of the output holds for every text on the way to it.
        self.block(&text.block, &mut out)?;
        if text.chop {
            out.pop();
        }
        let text = Value::string(self.heap, out);
        self.at(0, text)
    }
}

/// A number as the bound of a range, its fraction cut off.
fn integer(value: &Value<'_>) -> Option<i32> {
    match value {
        Value::Integer(integer) => Some(*integer),
        Value::Long(long) => Some(*long as i32),
        Value::Double(double) => Some(*double as i32),
        Value::Float(float) => Some(*float as i32),
        Value::BigInteger(big) => Some(operator::low_bits(big) as i32),
        Value::Decimal(decimal) => Some(operator::low_bits(&decimal.whole()) as i32),
        _ => None,
    }
}
