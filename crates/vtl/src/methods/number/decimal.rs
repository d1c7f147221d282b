//! Methods of decimals, as `BigDecimal` has them.

use num_bigint::{BigInt, Sign};
use num_integer::Integer;
use num_traits::Signed;

use super::{convert, sign};
use crate::decimal::{Decimal, MAX_SCALE};
use crate::heap::Heap;
use crate::method::{Answer, Method, some, string};
use crate::operator::{as_decimal, low_bits};
use crate::value::{MethodError, Value};

/// Calls a method of a decimal.
pub(crate) fn call_decimal<'a>(
    heap: &'a Heap<'a>,
    this: &'a Decimal,
    method: Method,
    arguments: &[Value<'a>],
) -> Answer<'a> {
    spend(heap, this, method, arguments)?;
    let own = |decimal| Value::decimal(heap, decimal).map(Some);
    match (method, arguments) {
        (Method::CompareTo, [Value::Decimal(other)]) => some(sign(this.compare(other))),
        (Method::Signum, []) => some(sign(this.unscaled.cmp(&BigInt::ZERO))),
        (Method::Scale, []) => some(this.scale),
        (Method::Precision, []) => some(this.unscaled.abs().to_string().len() as i32),
        (Method::Abs, []) => own(Decimal { unscaled: this.unscaled.abs(), scale: this.scale }),
        (Method::Negate, []) => own(Decimal { unscaled: -&this.unscaled, scale: this.scale }),
        (Method::ToBigInteger, []) => Value::big_integer(heap, this.whole()).map(Some),
        (Method::ToPlainString, []) => string(heap, this.to_plain()),
        (Method::StripTrailingZeros, []) => own(this.stripped()),
        (Method::Max, [Value::Decimal(other)]) => {
            own(if this.compare(other).is_lt() { other } else { this }.clone())
        }
        (Method::Min, [Value::Decimal(other)]) => {
            own(if this.compare(other).is_gt() { other } else { this }.clone())
        }
        (Method::Add, [Value::Decimal(other)]) => own(this.plus(other)),
        (Method::Subtract, [Value::Decimal(other)]) => own(this.minus(other)),
        (Method::Multiply, [Value::Decimal(other)]) => own(this.times(other)),
        (Method::ValueOf, [number @ (Value::Integer(_) | Value::Long(_))]) => {
            as_decimal(number).map_or(Ok(None), own)
        }
        (Method::SetScale, [Value::Integer(scale)]) if scale.unsigned_abs() > MAX_SCALE as u32 => {
            Err(MethodError::Spent)
        }
        (Method::SetScale, [Value::Integer(scale)]) => match this.rescaled(*scale) {
            Some(rescaled) => own(rescaled),
            None => Err(MethodError::IllegalArgument("digits would be lost")),
        },
        (Method::DoubleValue | Method::FloatValue, []) => {
            convert(0, this.to_f64(), method, arguments)
        }
        (_, []) if is_integral(method) => convert(low_bits(&this.whole()), 0.0, method, arguments),
        _ => convert(0, 0.0, method, arguments),
    }
}

/// Takes what the method costs.
fn spend<'a>(
    heap: &'a Heap<'a>,
    this: &Decimal,
    method: Method,
    arguments: &[Value<'a>],
) -> Result<(), MethodError> {
    use Method as M;
    let meter = &heap.cells.meter;
    let bits = this.unscaled.bits();
    match (method, arguments) {
        (M::Precision | M::StripTrailingZeros | M::DoubleValue | M::FloatValue, []) => {
            meter.digits(bits)
        }
        (M::ToPlainString, []) => meter.digits(if this.scale < 0 { this.bits() } else { bits }),
        (M::SetScale, [Value::Integer(scale)]) => {
            meter.digits(bits)?;
            let shifted = this.bits() + Decimal { unscaled: BigInt::ZERO, scale: *scale }.bits();
            meter.compute(shifted, shifted)
        }
        (M::Multiply, [Value::Decimal(other)]) => meter.compute(bits, other.unscaled.bits()),
        (_, [Value::Decimal(other)]) => {
            let aligned = this.aligned_bits(other);
            meter.compute(aligned, aligned)
        }
        (_, []) if is_integral(method) => meter.compute(this.bits(), this.bits()),
        _ => meter.compute(bits, 64),
    }
}

/// Whether a method gives the digits before the point.
fn is_integral(method: Method) -> bool {
    matches!(
        method,
        Method::IntValue
            | Method::LongValue
            | Method::ShortValue
            | Method::ByteValue
            | Method::ToBigInteger
    )
}

impl Decimal {
    /// Without zeros at its end, before the point too.
    fn stripped(&self) -> Self {
        let mut stripped = self.clone();
        if stripped.unscaled.sign() == Sign::NoSign {
            stripped.scale = 0;
            return stripped;
        }
        // What is no multiple of two is none of ten.
        while !stripped.unscaled.bit(0) {
            let (tenth, rest) = stripped.unscaled.div_rem(&BigInt::from(10));
            if rest.sign() != Sign::NoSign {
                break;
            }
            stripped.unscaled = tenth;
            stripped.scale -= 1;
        }
        stripped
    }

    /// The same number with so many digits behind the point, if it has no more. The count is at most
    /// `MAX_SCALE`.
    fn rescaled(&self, scale: i32) -> Option<Self> {
        let stripped = self.stripped();
        if stripped.unscaled.sign() == Sign::NoSign {
            return Some(Self { scale, ..stripped });
        }
        let missing = u32::try_from(scale - stripped.scale).ok()?;
        Some(Self { unscaled: stripped.unscaled * BigInt::from(10).pow(missing), scale })
    }
}
