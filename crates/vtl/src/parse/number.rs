//! Number literals. The sign belongs to a literal whenever it touches a digit.

use num_bigint::BigInt;

use super::{Fault, Parser};
use crate::tree::Expression;

impl Parser<'_, '_> {
    /// `-12`, `1.`, `.5`, `1e3`: the smallest integer that fits, or a double.
    pub(super) fn number(&mut self) -> Result<Expression, Fault> {
        let rest = self.rest();
        let sign = usize::from(rest.first() == Some(&b'-'));
        let whole = sign + digits(&rest[sign..]);
        let fraction = match rest[whole..] {
            // Two dots are a range's.
            [b'.', b'.', ..] if whole > sign => 0,
            [b'.', ..] if whole > sign => 1 + digits(&rest[whole + 1..]),
            [b'.', b'0'..=b'9', ..] => 1 + digits(&rest[whole + 1..]),
            _ => 0,
        };
        if whole + fraction == sign {
            return self.fault("expected a number");
        }
        let exponent = match rest[whole..] {
            [b'.', b'.', ..] if fraction == 0 => 0,
            _ => exponent(&rest[whole + fraction..]),
        };
        let text = &self.text[self.at..self.at + whole + fraction + exponent];
        self.at += text.len();
        Ok(if fraction + exponent == 0 { integer(text) } else { double(text) })
    }
}

fn digits(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|byte| byte.is_ascii_digit()).count()
}

/// The length of `e-7`, or 0.
fn exponent(bytes: &[u8]) -> usize {
    let sign = match bytes {
        [b'e' | b'E', b'+' | b'-', ..] => 2,
        [b'e' | b'E', ..] => 1,
        _ => return 0,
    };
    match digits(&bytes[sign..]) {
        0 => 0,
        length => sign + length,
    }
}

fn integer(text: &str) -> Expression {
    if let Ok(integer) = text.parse() {
        return Expression::Integer(integer);
    }
    if let Ok(long) = text.parse() {
        return Expression::Long(long);
    }
    // Digits only, so that it is one.
    text.parse::<BigInt>().map_or(Expression::Null, Expression::BigInteger)
}

fn double(text: &str) -> Expression {
    text.parse().map_or(Expression::Null, Expression::Double)
}
