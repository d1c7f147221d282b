//! Methods of chars, and the static ones of their class, which a template reaches through a char.

use super::boolean::uncomparable;
use super::string::array;
use super::string::white::is_white;
use crate::heap::Heap;
use crate::method::{Answer, Method, some, string};
use crate::print::to_text;
use crate::value::{ArrayKind, Meter, MethodError, Value};

/// Calls a method of a char.
pub(crate) fn call<'a>(
    heap: &'a Heap<'a>,
    unit: u16,
    method: Method,
    arguments: &[Value<'a>],
) -> Answer<'a> {
    match (method, arguments) {
        (Method::CharValue, []) => Ok(Some(Value::Char(unit))),
        (Method::CompareTo, [Value::Char(other)]) => some(i32::from(unit) - i32::from(*other)),
        (Method::CompareTo, [other]) => uncomparable(other),
        (Method::ToString, [other @ Value::Char(_)]) => {
            string(heap, to_text(&Meter::default(), other)?)
        }
        (Method::ToString, [Value::Integer(code)]) => match code_point(*code) {
            Some(c) => string(heap, c.to_string()),
            None => Err(MethodError::IllegalArgument("no such character")),
        },
        (Method::ToUpperCase, [Value::Char(other)]) => {
            Ok(Some(Value::Char(recase(u32::from(*other), true) as u16)))
        }
        (Method::ToLowerCase, [Value::Char(other)]) => {
            Ok(Some(Value::Char(recase(u32::from(*other), false) as u16)))
        }
        (Method::ToUpperCase, [Value::Integer(code)]) => some(recase(*code as u32, true) as i32),
        (Method::ToLowerCase, [Value::Integer(code)]) => some(recase(*code as u32, false) as i32),
        (Method::ValueOf, [Value::Char(other)]) => Ok(Some(Value::Char(*other))),
        (Method::Compare, [Value::Char(a), Value::Char(b)]) => some(i32::from(*a) - i32::from(*b)),
        (Method::HashCode, [Value::Char(other)]) => some(i32::from(*other)),
        (Method::ReverseBytes, [Value::Char(other)]) => Ok(Some(Value::Char(other.swap_bytes()))),
        (Method::ToChars, [Value::Integer(code)]) => match code_point(*code) {
            Some(c) => {
                let units = c.encode_utf16(&mut [0; 2]).iter().map(|u| Value::Char(*u)).collect();
                array(heap, ArrayKind::Char, units)
            }
            None => Err(MethodError::IllegalArgument("no such character")),
        },
        (Method::ForDigit, [Value::Integer(digit), Value::Integer(radix)]) => {
            let pair = u32::try_from(*digit).ok().zip(u32::try_from(*radix).ok());
            let pair = pair.filter(|(_, radix)| (2..=36).contains(radix));
            let digit = pair.and_then(|(digit, radix)| char::from_digit(digit, radix));
            Ok(Some(Value::Char(digit.map_or(0, |digit| u32::from(digit) as u16))))
        }
        (Method::Digit, [other, Value::Integer(radix)]) => match code_of(other) {
            Some(code) => {
                let radix = u32::try_from(*radix).ok().filter(|radix| (2..=36).contains(radix));
                let digit =
                    char::from_u32(code).zip(radix).and_then(|(c, radix)| c.to_digit(radix));
                some(digit.map_or(-1, |digit| digit as i32))
            }
            None => Ok(None),
        },
        (_, [other @ Value::Char(_)]) => of_code(method, code_of(other).unwrap_or(0), true),
        (_, [Value::Integer(code)]) => of_code(method, *code as u32, false),
        _ => Ok(None),
    }
}

/// What a class method tells of a code; some take chars only, and some code points only.
fn of_code<'a>(method: Method, code: u32, is_char: bool) -> Answer<'a> {
    use Method as M;
    let c = char::from_u32(code);
    let is = |test: fn(char) -> bool| some(c.is_some_and(test));
    match method {
        M::IsLetter => is(char::is_alphabetic),
        M::IsDigit => is(is_digit),
        M::IsLetterOrDigit => is(|c| c.is_alphabetic() || is_digit(c)),
        M::IsUpperCase => is(char::is_uppercase),
        M::IsLowerCase => is(char::is_lowercase),
        M::IsWhitespace => is(is_white),
        M::IsSpaceChar => {
            is(|c| c == '\u{a0}' || (c.is_whitespace() && c > '\u{1f}' && c != '\u{85}'))
        }
        M::IsISOControl => some(matches!(code, 0..=0x1f | 0x7f..=0x9f)),
        M::GetNumericValue => some(c.and_then(|c| c.to_digit(36)).map_or(-1, |digit| digit as i32)),
        M::ToTitleCase if is_char => Ok(Some(Value::Char(recase(code, true) as u16))),
        M::ToTitleCase => some(recase(code, true) as i32),
        M::IsSurrogate if is_char => some((0xd800..0xe000).contains(&code)),
        M::IsHighSurrogate if is_char => some((0xd800..0xdc00).contains(&code)),
        M::IsLowSurrogate if is_char => some((0xdc00..0xe000).contains(&code)),
        M::IsAlphabetic => is(char::is_alphabetic),
        M::CharCount => some(if code < 0x1_0000 { 1 } else { 2 }),
        M::IsValidCodePoint => some(code < 0x11_0000),
        M::IsBmpCodePoint => some(code < 0x1_0000),
        M::IsSupplementaryCodePoint => some((0x1_0000..0x11_0000).contains(&code)),
        _ => Ok(None),
    }
}

/// Those that people are likely to ask about.
fn is_digit(c: char) -> bool {
    c.is_ascii_digit() || matches!(c, '٠'..='٩' | '۰'..='۹' | '०'..='९' | '０'..='９')
}

fn code_of(value: &Value<'_>) -> Option<u32> {
    match value {
        Value::Char(unit) => Some(u32::from(*unit)),
        Value::Integer(code) => u32::try_from(*code).ok(),
        _ => None,
    }
}

fn code_point(code: i32) -> Option<char> {
    u32::try_from(code).ok().and_then(char::from_u32)
}

/// A code point in the other case, where that is one too.
fn recase(code: u32, upper: bool) -> u32 {
    let Some(c) = char::from_u32(code) else { return code };
    let mapped: Vec<char> =
        if upper { c.to_uppercase().collect() } else { c.to_lowercase().collect() };
    if let [only] = mapped[..] { u32::from(only) } else { code }
}
