//! Methods without parameters, which Velocity 1.7 also finds where arguments are given.

use super::Method;
use crate::value::Value;

/// Whether the class has the method without parameters.
///
/// Velocity 1.7 takes such a method for one that fits any arguments, unless another fits better, and
/// then fails to call it.
pub(super) fn takes_nothing(receiver: &Value<'_>, method: Method) -> bool {
    use Method as M;
    let is_size = matches!(method, M::Size | M::IsEmpty | M::Clear);
    match receiver {
        _ if matches!(method, M::ToString | M::HashCode) => true,
        Value::String(_) => matches!(
            method,
            M::Length
                | M::IsEmpty
                | M::ToCharArray
                | M::Trim
                | M::ToUpperCase
                | M::ToLowerCase
                | M::Intern
                | M::Strip
                | M::StripLeading
                | M::StripTrailing
                | M::IsBlank
                | M::StripIndent
                | M::TranslateEscapes
                | M::GetBytes
        ),
        Value::Map(_) => {
            is_size || matches!(method, M::KeySet | M::Values | M::EntrySet | M::Clone)
        }
        Value::List(_) => {
            is_size || matches!(method, M::ToArray | M::Iterator | M::Clone | M::TrimToSize)
        }
        Value::SubList(_)
        | Value::Array(_)
        | Value::KeySet(_)
        | Value::Values(_)
        | Value::EntrySet(_) => is_size || matches!(method, M::ToArray | M::Iterator),
        Value::Entry(_) => matches!(method, M::GetKey | M::GetValue),
        Value::Cursor(_) => matches!(method, M::HasNext | M::Next | M::Remove),
        Value::Double(_) | Value::Float(_) => {
            is_conversion(method) || matches!(method, M::IsNaN | M::IsInfinite)
        }
        Value::BigInteger(_) => is_conversion(method) || is_of_big(method),
        Value::Decimal(_) => is_conversion(method) || is_of_decimal(method),
        Value::Integer(_) | Value::Long(_) => is_conversion(method),
        Value::Boolean(_) => method == M::BooleanValue,
        Value::Char(_) => method == M::CharValue,
        Value::Null | Value::Block(_) | Value::Loop(_) | Value::Object(_) => false,
    }
}

/// What every number can be turned into.
fn is_conversion(method: Method) -> bool {
    use Method as M;
    matches!(
        method,
        M::IntValue | M::LongValue | M::DoubleValue | M::FloatValue | M::ShortValue | M::ByteValue
    )
}

fn is_of_big(method: Method) -> bool {
    use Method as M;
    matches!(
        method,
        M::Signum
            | M::BitCount
            | M::BitLength
            | M::Abs
            | M::Negate
            | M::Not
            | M::Sqrt
            | M::IntValueExact
            | M::LongValueExact
            | M::ShortValueExact
            | M::ByteValueExact
    )
}

fn is_of_decimal(method: Method) -> bool {
    use Method as M;
    matches!(
        method,
        M::Signum
            | M::Scale
            | M::Precision
            | M::Abs
            | M::Negate
            | M::ToBigInteger
            | M::ToPlainString
            | M::StripTrailingZeros
    )
}
