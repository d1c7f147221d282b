//! AccessLog: where the lines of a stage go, and what each of them says.
//!
//! A format is literal text with `$context` variables in it. Nothing that a client sends can begin
//! another line or leave its place in one: values are escaped as the format asks for, which is told
//! by its first character, or by commas and nothing else between its variables.
//! Source: AWS, "Set up CloudWatch logging for REST APIs in API Gateway", access-log formats.

mod escape;

use crate::{ContextVariable, Part};
use escape::Escape;

/// What stands for a variable that the request does not have.
pub const ABSENT: &[u8] = b"-";

/// The access log of a stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessLog {
    /// `destinationArn` of the Stage document, as it was read: `stdout`, `stderr` or a path.
    pub destination: Box<str>,
    pub format: LogFormat,
}

/// What a line says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogFormat {
    parts: Box<[Part]>,
    escape: Escape,
}

impl LogFormat {
    /// A format of these pieces, none of which holds a line end.
    pub fn new(parts: Vec<Part>) -> Self {
        let escape = Escape::of(&parts);
        Self { parts: parts.into(), escape }
    }

    /// Appends one line with its end. `value` appends the text of a variable and tells whether the
    /// request has it.
    pub fn write(
        &self,
        out: &mut Vec<u8>,
        mut value: impl FnMut(&ContextVariable, &mut Vec<u8>) -> bool,
    ) {
        for part in &self.parts {
            match part {
                Part::Text(text) => out.extend_from_slice(text.as_bytes()),
                Part::Context(variable) => {
                    let start = out.len();
                    if !value(variable, out) {
                        out.truncate(start);
                        out.extend_from_slice(ABSENT);
                    } else if self.is_json_string(variable) && out.ends_with(b"\"") {
                        out.pop();
                        self.escape.apply(out, start + 1);
                        out.push(b'"');
                    } else {
                        self.escape.apply(out, start);
                    }
                }
                // Of gateway responses only.
                Part::Request(_) => out.extend_from_slice(ABSENT),
            }
        }
        out.push(b'\n');
    }

    /// It comes with its quotes, and stands where a JSON string may.
    fn is_json_string(&self, variable: &ContextVariable) -> bool {
        self.escape == Escape::Json && *variable == ContextVariable::ErrorMessageString
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(parts: Vec<Part>, agent: Option<&str>) -> String {
        let mut out = Vec::new();
        LogFormat::new(parts).write(&mut out, |_, out| {
            out.extend_from_slice(agent.unwrap_or("half").as_bytes());
            agent.is_some()
        });
        String::from_utf8(out).unwrap()
    }

    fn around(before: &str, after: &str) -> Vec<Part> {
        let agent = Part::Context(ContextVariable::IdentityUserAgent);
        vec![Part::Text(before.into()), agent, Part::Text(after.into())]
    }

    #[test]
    fn a_value_stays_where_the_format_puts_it() {
        let forged = "a\"},\r\n{\"b\\\u{1b}[2J\u{2028}\u{85},<c>&é";
        let check = |before: &str, after: &str, expected: &str| {
            assert_eq!(line(around(before, after), Some(forged)), format!("{expected}\n"));
        };
        check("{\"a\":\"", "\"}", r#"{"a":"a\"},\u000d\u000a{\"b\\\u001b[2J\u2028\u0085,<c>&é"}"#);
        check("<a>", "</a>", "<a>a&quot;},  {&quot;b\\ [2J  ,&lt;c&gt;&amp;é</a>");
        check("- \"", "\"", r#"- "a\"},\x0d\x0a{\"b\\\x1b[2J\xe2\x80\xa8\xc2\x85,<c>&\xc3\xa9""#);
        let agent = || Part::Context(ContextVariable::IdentityUserAgent);
        let csv = vec![agent(), Part::Text(",".into()), agent()];
        let value = "\"a\"\"},  {\"\"b\\ [2J  ,<c>&é\"";
        assert_eq!(line(csv.clone(), Some(forged)), format!("{value},{value}\n"));
        assert_eq!(line(csv, Some("plain")), "plain,plain\n");
    }

    #[test]
    fn what_a_request_lacks_is_a_hyphen() {
        assert_eq!(line(around("{\"a\":\"", "\"}"), None), "{\"a\":\"-\"}\n");
        assert_eq!(line(around("[", "]"), None), "[-]\n");
    }

    #[test]
    fn a_message_string_is_a_json_string_by_itself() {
        let parts = |before: &str| {
            let message = Part::Context(ContextVariable::ErrorMessageString);
            vec![Part::Text(before.into()), message]
        };
        assert_eq!(line(parts("{\"a\":"), Some("\"Forbidden\"")), "{\"a\":\"Forbidden\"\n");
        assert_eq!(line(parts("<a>"), Some("\"Forbidden\"")), "<a>&quot;Forbidden&quot;\n");
    }
}
