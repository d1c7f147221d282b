//! Methods of decimals, as `BigDecimal` has them.

use num_bigint::{BigInt, Sign};
use num_traits::Signed;

use super::{convert, sign};
use crate::decimal::Decimal;
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
    let own = |decimal| Value::decimal(heap, decimal).map(Some);
    match (method, arguments) {
        (Method::CompareTo, [Value::Decimal(other)]) => some(sign(this.compare(other))),
        (Method::Signum, []) => some(sign(this.unscaled.cmp(&BigInt::ZERO))),
        (Method::Scale, []) => some(this.scale as i32),
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
        (Method::SetScale, [Value::Integer(scale)]) => match this.rescaled(*scale) {
            Some(rescaled) => own(rescaled),
            None => Err(MethodError::IllegalArgument("digits would be lost")),
        },
        _ => convert(low_bits(&this.whole()), this.to_f64(), method, arguments),
    }
}

impl Decimal {
    /// Without zeros at its end, as far as they stand behind the point.
    fn stripped(&self) -> Self {
        let mut stripped = self.clone();
        if stripped.unscaled.sign() == Sign::NoSign {
            stripped.scale = 0;
        }
        while stripped.scale > 0 && (&stripped.unscaled % 10i32) == BigInt::ZERO {
            stripped.unscaled /= 10;
            stripped.scale -= 1;
        }
        stripped
    }

    /// The same number with so many digits behind the point, if it has no more.
    fn rescaled(&self, scale: i32) -> Option<Self> {
        let scale = u32::try_from(scale).ok().filter(|scale| *scale <= 1000)?;
        let stripped = self.stripped();
        let missing = scale.checked_sub(stripped.scale)?;
        Some(Self { unscaled: stripped.unscaled * BigInt::from(10).pow(missing), scale })
    }
}
