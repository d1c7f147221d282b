//! The `statusCode` of a mock's request template: JSON, or the loose form that AWS takes as well,
//! for example `{statusCode: 200}` or `{'statusCode': '404',}`.

/// Values inside values, beyond which a template is refused.
const DEPTH: usize = 64;

/// A place in the text.
struct Cursor<'a> {
    rest: &'a str,
}

/// The top-level member `statusCode`, when the text is an object that has one between 100 and 599.
pub(super) fn status_code(text: &str) -> Option<u16> {
    let mut cursor = Cursor { rest: text };
    let mut status = None;
    cursor.take('{')?;
    while cursor.take('}').is_none() {
        let name = cursor.scalar()?;
        cursor.take(':')?;
        match (name, cursor.peek()?) {
            ("statusCode", first) if first != '{' && first != '[' => {
                status = Some(cursor.scalar()?);
            }
            _ => cursor.value(DEPTH)?,
        }
        if cursor.take(',').is_none() && cursor.peek() != Some('}') {
            return None;
        }
    }
    let digits = status.filter(|text| text.len() == 3 && cursor.peek().is_none())?;
    digits.parse().ok().filter(|status| (100..=599).contains(status))
}

impl<'a> Cursor<'a> {
    /// The next character that is not white space.
    fn peek(&mut self) -> Option<char> {
        self.rest = self.rest.trim_start();
        self.rest.chars().next()
    }

    /// Passes one character over.
    fn take(&mut self, expected: char) -> Option<()> {
        self.peek()?;
        self.rest = self.rest.strip_prefix(expected)?;
        Some(())
    }

    /// A quoted text without escapes, or a bare word.
    fn scalar(&mut self) -> Option<&'a str> {
        let quote = self.peek().filter(|first| *first == '"' || *first == '\'');
        if let Some(quote) = quote {
            let (text, rest) = self.rest[1..].split_once(quote)?;
            self.rest = rest;
            return Some(text);
        }
        let word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '+' | '.');
        let end = self.rest.find(|c| !word(c)).unwrap_or(self.rest.len());
        let (text, rest) = self.rest.split_at(end);
        self.rest = rest;
        (!text.is_empty()).then_some(text)
    }

    /// Any value.
    fn value(&mut self, depth: usize) -> Option<()> {
        let depth = depth.checked_sub(1)?;
        let close = match self.peek()? {
            '{' => '}',
            '[' => ']',
            _ => return self.scalar().map(drop),
        };
        self.rest = &self.rest[1..];
        while self.take(close).is_none() {
            if close == '}' {
                self.scalar()?;
                self.take(':')?;
            }
            self.value(depth)?;
            if self.take(',').is_none() && self.peek() != Some(close) {
                return None;
            }
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_give_a_status() {
        let check = |text: &str, expected: Option<u16>| {
            assert_eq!(status_code(text), expected, "{text}");
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
        check(r#"{"statusCode": 200} x"#, None);
        check(r#"{"statusCode" 200}"#, None);
        check("200", None);
        check("{}", None);
        check("", None);
        check(&format!("{{a: {}", "[".repeat(100_000)), None);
    }
}
