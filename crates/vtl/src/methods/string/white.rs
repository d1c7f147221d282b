//! White space, lines and escapes: the methods of `String` that came with Java 11 to 15.

use crate::heap::Heap;
use crate::method::{Answer, Method, some, string};
use crate::value::{MethodError, Value};

/// Calls such a method.
pub(super) fn call<'a>(
    heap: &'a Heap<'a>,
    this: &'a str,
    method: Method,
    arguments: &[Value<'a>],
) -> Answer<'a> {
    match (method, arguments) {
        (Method::Strip, []) => some(this.trim_matches(is_white)),
        (Method::StripLeading, []) => some(this.trim_start_matches(is_white)),
        (Method::StripTrailing, []) => some(this.trim_end_matches(is_white)),
        (Method::IsBlank, []) => some(is_blank(this)),
        (Method::Repeat, [Value::Integer(times)]) => {
            let Ok(times) = usize::try_from(*times) else {
                return Err(MethodError::IllegalArgument("the count is negative"));
            };
            heap.cells.meter.build(times.saturating_mul(this.len()))?;
            string(heap, this.repeat(times))
        }
        (Method::Indent, [Value::Integer(blanks)]) => indent(heap, this, *blanks),
        (Method::StripIndent, []) => string(heap, strip_indent(this)),
        (Method::TranslateEscapes, []) => match translate_escapes(this) {
            Some(translated) => string(heap, translated),
            None => Err(MethodError::IllegalArgument("no such escape")),
        },
        _ => Ok(None),
    }
}

/// Whether the text is empty or all white space.
pub(crate) fn is_blank(text: &str) -> bool {
    text.chars().all(is_white)
}

/// As `Character.isWhitespace`: no blank that keeps words together.
pub(crate) fn is_white(c: char) -> bool {
    matches!(
        c,
        '\t'..='\r' | '\u{1c}'..=' ' | '\u{1680}' | '\u{2000}'..='\u{2006}' | '\u{2008}'..='\u{200a}'
            | '\u{2028}' | '\u{2029}' | '\u{205f}' | '\u{3000}'
    )
}

/// The lines without what ends them.
fn lines(text: &str) -> Vec<&str> {
    let mut lines = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let Some(end) = rest.find(['\n', '\r']) else {
            lines.push(rest);
            break;
        };
        lines.push(&rest[..end]);
        let is_pair = rest[end..].starts_with("\r\n");
        rest = &rest[end + 1 + usize::from(is_pair)..];
    }
    lines
}

fn indent<'a>(heap: &'a Heap<'a>, text: &str, blanks: i32) -> Answer<'a> {
    let lines = lines(text);
    let more = usize::try_from(blanks).unwrap_or(0);
    let fewer = if blanks < 0 { blanks.unsigned_abs() as usize } else { 0 };
    let added = more.saturating_add(1).saturating_mul(lines.len());
    heap.cells.meter.build(text.len().saturating_add(added))?;
    let mut out = String::new();
    for line in lines {
        let white = line.chars().take_while(|c| is_white(*c)).take(fewer);
        let cut = white.map(char::len_utf8).sum::<usize>();
        out.extend(std::iter::repeat_n(' ', more));
        out.push_str(&line[cut..]);
        out.push('\n');
    }
    string(heap, out)
}

/// The lines without the white space that all of them begin with, and without what they end with.
fn strip_indent(text: &str) -> String {
    let white = |line: &str| line.chars().take_while(|c| is_white(*c)).count();
    let ends_line = text.ends_with(['\n', '\r']);
    let lines = lines(text);
    let last = lines.last().filter(|line| is_blank(line)).map(|line| line.chars().count());
    let indents = lines.iter().filter(|line| !is_blank(line)).map(|line| white(line));
    let common = if ends_line { 0 } else { indents.chain(last).min().unwrap_or(0) };
    let stripped = lines.iter().map(|line| {
        let start = line.char_indices().nth(common).map_or(line.len(), |(start, _)| start);
        line[start..].trim_end_matches(is_white)
    });
    let mut out = stripped.collect::<Vec<_>>().join("\n");
    if ends_line {
        out.push('\n');
    }
    out
}

/// The text with Java's escapes read; `None` if one is unknown.
fn translate_escapes(text: &str) -> Option<String> {
    let mut out = String::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match chars.next()? {
            'b' => out.push('\u{8}'),
            'f' => out.push('\u{c}'),
            'n' => out.push('\n'),
            'r' => out.push('\r'),
            's' => out.push(' '),
            't' => out.push('\t'),
            quote @ ('\'' | '"' | '\\') => out.push(quote),
            first @ '0'..='7' => {
                let most = if first <= '3' { 2 } else { 1 };
                let mut code = first.to_digit(8)?;
                for _ in 0..most {
                    let Some(digit) = chars.peek().and_then(|c| c.to_digit(8)) else { break };
                    code = code * 8 + digit;
                    chars.next();
                }
                out.push(char::from_u32(code)?);
            }
            '\n' => {}
            '\r' => drop(chars.next_if_eq(&'\n')),
            _ => return None,
        }
    }
    Some(out)
}
