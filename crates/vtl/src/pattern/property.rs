//! `\p{...}`: POSIX classes of ASCII, Java's character tests, Unicode's categories, scripts and
//! blocks.

use super::PatternError;
use super::cursor::Cursor;

/// Reads a property behind its backslash: what stands for it between `[` and `]`.
pub(super) fn property(cursor: &mut Cursor<'_>) -> Result<String, PatternError> {
    let is_negated = cursor.next() == Some('P');
    let name = if cursor.eat("{") {
        cursor.until('}').map(str::to_owned)
    } else {
        cursor.next().map(String::from)
    };
    let Some(name) = name else { return cursor.fail("unclosed character family") };
    match set(&name) {
        Some(set) => Ok(format!("{}{set}", if is_negated { "^" } else { "" })),
        None => cursor.fail("unknown character property"),
    }
}

fn set(name: &str) -> Option<String> {
    if let Some((key, value)) = name.split_once('=') {
        return match key.to_ascii_lowercase().as_str() {
            "sc" | "script" => unicode(value),
            "gc" | "general_category" => category(value),
            "blk" | "block" => block(value),
            _ => None,
        };
    }
    if let Some(set) = posix(name) {
        return Some(set.to_owned());
    }
    if let Some(test) = name.strip_prefix("java") {
        return java(test).map(str::to_owned);
    }
    if let Some(block_name) = name.strip_prefix("In") {
        return block(block_name);
    }
    if let Some(rest) = name.strip_prefix("Is") {
        return binary(rest).or_else(|| category(rest)).or_else(|| unicode(rest));
    }
    category(name)
}

fn posix(name: &str) -> Option<&'static str> {
    Some(match name {
        "Lower" => "a-z",
        "Upper" => "A-Z",
        "ASCII" => r"\x00-\x7F",
        "Alpha" => "a-zA-Z",
        "Digit" => "0-9",
        "Alnum" => "a-zA-Z0-9",
        "Punct" => r"\x21-\x2F\x3A-\x40\x5B-\x60\x7B-\x7E",
        "Graph" => r"\x21-\x7E",
        "Print" => r"\x20-\x7E",
        "Blank" => r"\x20\t",
        "Cntrl" => r"\x00-\x1F\x7F",
        "XDigit" => "0-9a-fA-F",
        "Space" => r"\x20\t\n\x0B\f\r",
        "L1" => r"\x00-\xFF",
        "all" => r"\x00-\x{10FFFF}",
        "LD" => r"\p{L}\p{Nd}",
        "LC" => r"\p{Lu}\p{Ll}\p{Lt}",
        _ => return None,
    })
}

/// The tests of `java.lang.Character`: `\p{javaLowerCase}` is `isLowerCase`.
fn java(test: &str) -> Option<&'static str> {
    Some(match test {
        "LowerCase" => r"\p{Lowercase}",
        "UpperCase" => r"\p{Uppercase}",
        "TitleCase" => r"\p{Lt}",
        "Alphabetic" => r"\p{Alphabetic}",
        "Ideographic" => r"\p{Ideographic}",
        "Digit" => r"\p{Nd}",
        "Letter" => r"\p{L}",
        "LetterOrDigit" => r"\p{L}\p{Nd}",
        "Defined" => r"\P{Cn}",
        "SpaceChar" => r"\p{Z}",
        "Whitespace" => r"\t-\r\x1C-\x1F\p{Zl}\p{Zp}\p{Zs}&&[^\xA0\x{2007}\x{202F}]",
        "ISOControl" => r"\x00-\x1F\x7F-\x9F",
        "JavaIdentifierStart" | "UnicodeIdentifierStart" => r"\p{L}\p{Nl}\p{Sc}\p{Pc}",
        "JavaIdentifierPart" | "UnicodeIdentifierPart" => {
            r"\p{L}\p{Nl}\p{Sc}\p{Pc}\p{Nd}\p{Mn}\p{Mc}"
        }
        _ => return None,
    })
}

fn binary(name: &str) -> Option<String> {
    Some(match name.to_ascii_uppercase().as_str() {
        "ALPHABETIC" => r"\p{Alphabetic}".into(),
        "IDEOGRAPHIC" => r"\p{Ideographic}".into(),
        "LETTER" => r"\p{L}".into(),
        "LOWERCASE" => r"\p{Lowercase}".into(),
        "UPPERCASE" => r"\p{Uppercase}".into(),
        "TITLECASE" => r"\p{Lt}".into(),
        "PUNCTUATION" => r"\p{P}".into(),
        "CONTROL" => r"\p{Cc}".into(),
        "WHITE_SPACE" => r"\p{White_Space}".into(),
        "DIGIT" => r"\p{Nd}".into(),
        "HEX_DIGIT" => r"\p{Nd}\p{Hex_Digit}".into(),
        "ASSIGNED" => r"\P{Cn}".into(),
        _ => return None,
    })
}

fn category(name: &str) -> Option<String> {
    const CATEGORIES: &str = " C Cc Cf Cn Co L Ll Lm Lo Lt Lu M Mc Me Mn N Nd Nl No P Pc Pd Pe Pf Pi \
        Po Ps S Sc Sk Sm So Z Zl Zp Zs ";
    let is_known = !name.contains(' ') && CATEGORIES.contains(&format!(" {name} "));
    if name == "Cs" {
        // Halves of pairs: our texts hold none.
        return Some(r"&&\p{Lu}&&\p{Ll}".into());
    }
    is_known.then(|| format!(r"\p{{{name}}}"))
}

/// A script: the engine knows whether there is one.
fn unicode(name: &str) -> Option<String> {
    let is_name = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphabetic() || b == b'_');
    is_name.then(|| format!(r"\p{{Script={name}}}"))
}

/// The blocks that people test for.
fn block(name: &str) -> Option<String> {
    let plain: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
    Some(match plain.to_ascii_uppercase().as_str() {
        "BASICLATIN" => r"\x00-\x7F".into(),
        "LATIN1SUPPLEMENT" => r"\x{80}-\x{FF}".into(),
        "LATINEXTENDEDA" => r"\x{100}-\x{17F}".into(),
        "LATINEXTENDEDB" => r"\x{180}-\x{24F}".into(),
        "COMBININGDIACRITICALMARKS" => r"\x{300}-\x{36F}".into(),
        "GREEK" | "GREEKANDCOPTIC" => r"\x{370}-\x{3FF}".into(),
        "CYRILLIC" => r"\x{400}-\x{4FF}".into(),
        "HEBREW" => r"\x{590}-\x{5FF}".into(),
        "ARABIC" => r"\x{600}-\x{6FF}".into(),
        "THAI" => r"\x{E00}-\x{E7F}".into(),
        "GENERALPUNCTUATION" => r"\x{2000}-\x{206F}".into(),
        "HIRAGANA" => r"\x{3040}-\x{309F}".into(),
        "KATAKANA" => r"\x{30A0}-\x{30FF}".into(),
        "CJKUNIFIEDIDEOGRAPHS" => r"\x{4E00}-\x{9FFF}".into(),
        "HANGULSYLLABLES" => r"\x{AC00}-\x{D7AF}".into(),
        _ => return None,
    })
}
