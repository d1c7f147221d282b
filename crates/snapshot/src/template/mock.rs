//! The status of a mock: the `statusCode` of what its request template makes, which is JSON or the
//! loose form that AWS takes as well, for example `{statusCode: 200}` or `{'statusCode': '404',}`.

use portico_vtl::json::{Document, Kind, Leniency, Slashes};

/// The top-level member `statusCode`, when the text is an object that has one between 100 and 599.
pub fn mock_status(text: &str) -> Option<u16> {
    let document = Document::parse(text, Leniency::Loose).ok()?;
    let status = document.root().member("statusCode")?;
    let digits = match status.kind() {
        Kind::String => status.string()?.to_owned(),
        Kind::Number => {
            let mut digits = String::new();
            status.write_json(Slashes::Plain, &mut digits);
            digits
        }
        _ => return None,
    };
    let is_number = digits.len() == 3 && digits.bytes().all(|byte| byte.is_ascii_digit());
    let status = is_number.then(|| digits.parse().ok()).flatten();
    status.filter(|status| (100..=599).contains(status))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_give_a_status() {
        let check = |text: &str, expected: Option<u16>| {
            assert_eq!(mock_status(text), expected, "{text}");
        };
        check(r#"{"statusCode": 200}"#, Some(200));
        check("{statusCode: 200}", Some(200));
        check("{ 'statusCode' : '404', }", Some(404));
        check("\n{\n  \"statusCode\": 204\n}\n", Some(204));
        check(r#"{"a": {"statusCode": 1, "b": [1, "x", {}]}, "statusCode": 503}"#, Some(503));
        check(r#"{"a": {"statusCode": 200}}"#, None);
        check(r#"{"statusCode": 99}"#, None);
        check(r#"{"statusCode": 600}"#, None);
        check(r#"{"statusCode": 2000}"#, None);
        check(r#"{"statusCode": "+20"}"#, None);
        check(r#"{"statusCode": [200]}"#, None);
        check(r#"{"statusCode": 200"#, None);
        // What stands behind the object is not looked at.
        check(r#"{"statusCode": 200} x"#, Some(200));
        check(r#"{"statusCode" 200}"#, None);
        check("200", None);
        check("{}", None);
        check("", None);
        check(&format!("{{a: {}", "[".repeat(100_000)), None);
    }
}
