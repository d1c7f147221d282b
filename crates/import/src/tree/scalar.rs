//! What a plain scalar means. Source: YAML 1.2.2, section 10.3.2 (core schema).

use std::sync::Arc;

use super::Value;

/// Resolves a plain scalar.
pub(super) fn resolve(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        _ if is_number(text) => Value::Number(Arc::from(text)),
        _ => Value::String(Arc::from(text)),
    }
}

/// Whether a text is a number of the core schema.
pub(super) fn is_number(text: &str) -> bool {
    let digits =
        |text: &str, legal: fn(&u8) -> bool| !text.is_empty() && text.as_bytes().iter().all(legal);
    if let Some(octal) = text.strip_prefix("0o") {
        return digits(octal, |byte| (b'0'..=b'7').contains(byte));
    }
    if let Some(hexadecimal) = text.strip_prefix("0x") {
        return digits(hexadecimal, u8::is_ascii_hexdigit);
    }
    if matches!(text, ".nan" | ".NaN" | ".NAN") {
        return true;
    }
    let text = text.strip_prefix(['-', '+']).unwrap_or(text);
    matches!(text, ".inf" | ".Inf" | ".INF") || is_decimal(text)
}

/// `( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?`
fn is_decimal(text: &str) -> bool {
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (text, None),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let mantissa = digits(whole) && digits(fraction) && !(whole.is_empty() && fraction.is_empty());
    mantissa
        && exponent.is_none_or(|exponent| {
            let exponent = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
            !exponent.is_empty() && digits(exponent)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_scalars_follow_the_core_schema() {
        let check = |noun: &str, texts: &[&str]| {
            for text in texts {
                assert_eq!(resolve(text).noun(), noun, "{text}");
            }
        };
        check("null", &["", "~", "null", "NULL"]);
        check("a boolean", &["true", "False"]);
        check("a number", &["0", "-1", "+12", "0o17", "0xfF", "1.5", ".5", "1.", "-1e3", "1.E-2"]);
        check("a number", &[".inf", "-.INF", "+.Inf", ".nan"]);
        check("a string", &["yes", "no", "on", "off", "nULL", "tRUE", "0o8", "0x", "1_000", "."]);
        check(
            "a string",
            &["1e", "e1", "+", "--1", "1.2.3", "12:30", "2020-01-01", "0b1", "+.nan"],
        );
    }
}
