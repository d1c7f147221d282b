//! Character classes: unions `[a-d[m-p]]`, intersections `[a-z&&[^bc]]`, and the predefined ones.

use super::PatternError;
use super::cursor::Cursor;
use super::property::property;
use super::translate::push_escaped;

/// Classes inside one another, counted with the groups around them.
const DEPTH: usize = 100;

/// What `\d`, `\w` and so on stand for between `[` and `]`. They know only ASCII, as Java's, unless
/// its flag `U` is set.
pub(super) fn predefined(letter: char, knows_unicode: bool) -> Option<&'static str> {
    Some(match letter {
        'd' if knows_unicode => r"\p{Nd}",
        'D' if knows_unicode => r"^\p{Nd}",
        'w' if knows_unicode => r"\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}",
        'W' if knows_unicode => r"^\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}",
        's' if knows_unicode => r"\p{White_Space}",
        'S' if knows_unicode => r"^\p{White_Space}",
        'd' => "0-9",
        'D' => "^0-9",
        'w' => "a-zA-Z0-9_",
        'W' => "^a-zA-Z0-9_",
        's' => r"\x20\t\n\x0B\f\r",
        'S' => r"^\x20\t\n\x0B\f\r",
        'h' => r"\x20\t\xA0\x{1680}\x{180E}\x{2000}-\x{200A}\x{202F}\x{205F}\x{3000}",
        'H' => r"^\x20\t\xA0\x{1680}\x{180E}\x{2000}-\x{200A}\x{202F}\x{205F}\x{3000}",
        'v' => r"\n\x0B\f\r\x{85}\x{2028}\x{2029}",
        'V' => r"^\n\x0B\f\r\x{85}\x{2028}\x{2029}",
        _ => return None,
    })
}

/// One thing in a class.
enum Item {
    /// A character, which may begin or end a range.
    Char(char),
    /// Anything else, in the engine's syntax.
    Set(String),
}

/// Reads a class behind its `[`.
pub(super) fn class(
    cursor: &mut Cursor<'_>,
    skips_blanks: bool,
    depth: usize,
) -> Result<String, PatternError> {
    if depth > DEPTH {
        return cursor.fail("classes are nested too deeply");
    }
    let mut out = String::from("[");
    if cursor.eat("^") {
        out.push('^');
    }
    let start = out.len();
    loop {
        match cursor.peek() {
            None => return cursor.fail("unclosed character class"),
            Some(']') if out.len() > start => {
                cursor.next();
                out.push(']');
                return Ok(out);
            }
            Some(c) if skips_blanks && c.is_ascii_whitespace() => drop(cursor.next()),
            Some('&') if cursor.eat("&&") => {
                while cursor.eat("&") {}
                if out.len() > start && cursor.peek() != Some(']') {
                    out.push_str("&&");
                }
            }
            Some('\\') if cursor.eat("\\Q") => {
                cursor.quoted().chars().for_each(|c| push_escaped(c, &mut out));
            }
            Some(_) => match item(cursor, skips_blanks, depth)? {
                Item::Set(set) => out.push_str(&set),
                Item::Char(first) => range(cursor, first, &mut out)?,
            },
        }
    }
}

fn item(cursor: &mut Cursor<'_>, skips_blanks: bool, depth: usize) -> Result<Item, PatternError> {
    match cursor.next() {
        Some('[') => class(cursor, skips_blanks, depth + 1).map(Item::Set),
        Some('\\') => match cursor.peek() {
            Some('p' | 'P') => property(cursor).map(|set| Item::Set(format!("[{set}]"))),
            Some(c) => match predefined(c, false) {
                Some(set) => {
                    cursor.next();
                    Ok(Item::Set(format!("[{set}]")))
                }
                None => cursor.character().map(Item::Char),
            },
            None => cursor.fail("unclosed character class"),
        },
        Some(c) => Ok(Item::Char(c)),
        None => cursor.fail("unclosed character class"),
    }
}

/// Appends a character, or a range if a `-` and its end follow.
fn range(cursor: &mut Cursor<'_>, first: char, out: &mut String) -> Result<(), PatternError> {
    let rest = cursor.rest();
    let is_range = rest.starts_with('-') && !rest.starts_with("-]") && !rest.starts_with("-[");
    push_escaped(first, out);
    if !is_range {
        if first == ':' {
            // A range of one character, since `[:alpha:]` is a class for the engine alone.
            out.push_str("-:");
        }
        return Ok(());
    }
    cursor.next();
    let last = match cursor.next() {
        Some('\\') => cursor.character()?,
        Some(c) => c,
        None => return cursor.fail("unclosed character class"),
    };
    if last < first {
        return cursor.fail("illegal character range");
    }
    out.push('-');
    push_escaped(last, out);
    Ok(())
}
