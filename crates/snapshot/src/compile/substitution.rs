//! Texts with variables that are plainly replaced: templates of gateway responses and formats of
//! access logs. There is no template language in them.
//!
//! A variable is `$context.NAME`, and in gateway responses also `$stageVariables.NAME` and
//! `$method.request.{header|path|querystring}.NAME`; each may stand in braces, `${context.NAME}`.
//! The longest name that is known counts, and what follows it is text. Any other `$` is text.

use crate::part::RequestParameter;
use crate::{ContextPlace, ContextVariable, NoContextVariable, Part};

/// Dots in the longest name of a context variable, and more.
const DOTS_MAX: usize = 4;

/// What is wrong with a variable of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Problem {
    /// `$context.NAME` with this name is no variable here; it stays in the text.
    NoContextVariable { name: String, why: NoContextVariable },
    /// The stage lacks the variable with this name, which is empty.
    NoStageVariable(String),
    /// This is a variable elsewhere, for example `$input.body`; it stays in the text.
    NotReplaced(String),
}

/// Takes a text apart. `stage_variable` gives the value of a variable that the stage has.
pub(super) fn compile<'v>(
    text: &str,
    place: ContextPlace,
    stage_variable: impl Fn(&str) -> Option<&'v str>,
) -> (Vec<Part>, Vec<Problem>) {
    let mut compiled = Compiled::default();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('$') {
        compiled.text.push_str(before);
        let (name, is_whole) = match after.strip_prefix('{').and_then(|it| it.split_once('}')) {
            Some((name, _)) => (name, true),
            None => (run(after), false),
        };
        match compiled.variable(name, is_whole, place, &stage_variable) {
            Some(length) if is_whole => rest = &after[length + 2..],
            Some(length) => rest = &after[length..],
            None => {
                compiled.text.push('$');
                rest = after;
            }
        }
    }
    compiled.text.push_str(rest);
    compiled.end_text();
    (compiled.parts, compiled.problems)
}

/// The longest run of names with single dots between them. Those of header fields have hyphens.
fn run(text: &str) -> &str {
    let has_hyphens = text.starts_with("method.request.");
    let is_name =
        |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || (has_hyphens && byte == b'-');
    let bytes = text.as_bytes();
    let end = (0..bytes.len()).find(|&at| {
        let is_inner_dot = bytes[at] == b'.'
            && at > 0
            && is_name(bytes[at - 1])
            && bytes.get(at + 1).is_some_and(|next| is_name(*next));
        !is_name(bytes[at]) && !is_inner_dot
    });
    &text[..end.unwrap_or(text.len())]
}

/// The parts so far; `text` is what the next one begins with.
#[derive(Default)]
struct Compiled {
    parts: Vec<Part>,
    text: String,
    problems: Vec<Problem>,
}

impl Compiled {
    /// Adds the variable that the name begins with, or is; how much of it is taken. `None` when it
    /// is text.
    fn variable<'v>(
        &mut self,
        name: &str,
        is_whole: bool,
        place: ContextPlace,
        stage_variable: &impl Fn(&str) -> Option<&'v str>,
    ) -> Option<usize> {
        let (root, rest) = name.split_once('.').unwrap_or((name, ""));
        let in_response = place == ContextPlace::GatewayResponse;
        match root {
            "context" => {
                let length = self.context(rest, is_whole, place)?;
                return Some("context.".len() + length);
            }
            "stageVariables" if in_response && !rest.is_empty() => {
                // The name ends at its first dot: those of stage variables have none.
                let variable = rest.split('.').next().filter(|it| !is_whole || *it == rest)?;
                match stage_variable(variable) {
                    Some(value) => self.text.push_str(value),
                    None => self.problems.push(Problem::NoStageVariable(variable.to_owned())),
                }
                return Some("stageVariables.".len() + variable.len());
            }
            "method" if in_response => {
                if let Some(parameter) =
                    rest.strip_prefix("request.").and_then(RequestParameter::parse)
                {
                    self.push(Part::Request(parameter));
                    return Some(name.len());
                }
            }
            "stageVariables" | "method" | "input" | "util" => {}
            _ => return None,
        }
        self.problems.push(Problem::NotReplaced(format!("${name}")));
        None
    }

    /// Adds the context variable with the longest known name; the length of that.
    fn context(&mut self, name: &str, is_whole: bool, place: ContextPlace) -> Option<usize> {
        let ends = name.match_indices('.').map(|(dot, _)| dot).filter(|_| !is_whole);
        let ends = ends.chain([name.len()]).take(DOTS_MAX + 1);
        let mut names: Vec<&str> = ends.map(|end| &name[..end]).collect();
        names.reverse();
        let mut problem = (name, NoContextVariable::Unknown);
        for name in names {
            match ContextVariable::parse(name, place) {
                Ok(variable) => {
                    self.push(Part::Context(variable));
                    return Some(name.len());
                }
                Err(NoContextVariable::Elsewhere) => {
                    problem = (name, NoContextVariable::Elsewhere);
                }
                Err(NoContextVariable::Unknown) => {}
            }
        }
        let (name, why) = problem;
        self.problems.push(Problem::NoContextVariable { name: name.to_owned(), why });
        None
    }

    fn push(&mut self, part: Part) {
        self.end_text();
        self.parts.push(part);
    }

    fn end_text(&mut self) {
        if !self.text.is_empty() {
            self.parts.push(Part::Text(std::mem::take(&mut self.text).into()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A text as its parts: variables in angle brackets, then the problems.
    fn show(text: &str, place: ContextPlace) -> (String, Vec<Problem>) {
        let value = |name: &str| (name == "version").then_some("v2");
        let (parts, problems) = compile(text, place, value);
        let show = |part: &Part| match part {
            Part::Text(text) => text.to_string(),
            Part::Context(variable) => format!("<{}>", variable.as_str()),
            Part::Request(parameter) => format!("<{parameter:?}>"),
        };
        (parts.iter().map(show).collect(), problems)
    }

    #[test]
    fn the_longest_known_name_counts() {
        let check = |text: &str, expected: &str| {
            let shown = show(text, ContextPlace::AccessLog);
            assert_eq!(shown, (expected.to_owned(), Vec::new()), "{text}");
        };
        check("", "");
        check("plain", "plain");
        check("$context.status", "<status>");
        check("[$context.requestTime] \"$context.path\"", "[<requestTime>] \"<path>\"");
        check("$context.integration.status", "<integration.status>");
        check("$context.requestId.json", "<requestId>.json");
        check("$context.path.", "<path>.");
        check("$context.path..x", "<path>..x");
        check("$context.path-$context.stage", "<path>-<stage>");
        check("${context.path}x", "<path>x");
        check("$context.authorizer.tenant.x", "<authorizer.tenant>.x");
        check("$context.authorizer.claims.sub", "<authorizer.claims.sub>");
        check("$$context.path$", "$<path>$");
        check("$5 ${x} $x.y ${", "$5 ${x} $x.y ${");
        check("ü$context.pathü", "ü<path>ü");
    }

    #[test]
    fn a_gateway_response_has_more_variables() {
        let check = |text: &str, expected: &str| {
            let shown = show(text, ContextPlace::GatewayResponse);
            assert_eq!(shown, (expected.to_owned(), Vec::new()), "{text}");
        };
        check("{\"m\":$context.error.messageString}", "{\"m\":<error.messageString>}");
        check("$stageVariables.version.1 ${stageVariables.version}", "v2.1 v2");
        check("$method.request.header.X-Y.", "<Header(\"X-Y\")>.");
        check("${method.request.path.id}s", "<Path(\"id\")>s");
        check("$method.request.querystring.q", "<Query(\"q\")>");
    }

    #[test]
    fn what_is_no_variable_stays_in_the_text() {
        use NoContextVariable::{Elsewhere, Unknown};
        let check = |place: ContextPlace, text: &str, expected: Problem| {
            assert_eq!(show(text, place), (text.to_owned(), vec![expected]), "{text}");
        };
        let no_context = |name: &str, why: NoContextVariable| Problem::NoContextVariable {
            name: name.to_owned(),
            why,
        };
        let not_replaced = |name: &str| Problem::NotReplaced(name.to_owned());
        let log = ContextPlace::AccessLog;
        check(log, "$context", no_context("", Unknown));
        check(log, "a $context.requestid b", no_context("requestid", Unknown));
        check(log, "${context.path.x}", no_context("path.x", Unknown));
        check(log, "$stageVariables.version", not_replaced("$stageVariables.version"));
        check(log, "$method.request.header.A", not_replaced("$method.request.header.A"));
        check(log, "$input.body", not_replaced("$input.body"));
        let response = ContextPlace::GatewayResponse;
        check(response, "$context.status", no_context("status", Elsewhere));
        check(response, "$context.status.x", no_context("status", Elsewhere));
        check(response, "$input.json('$.a')", not_replaced("$input.json"));
        check(response, "$method.request.body", not_replaced("$method.request.body"));
    }

    #[test]
    fn a_stage_variable_that_is_missing_is_empty() {
        let shown = show("<$stageVariables.none>", ContextPlace::GatewayResponse);
        assert_eq!(shown, ("<>".to_owned(), vec![Problem::NoStageVariable("none".to_owned())]));
    }
}
