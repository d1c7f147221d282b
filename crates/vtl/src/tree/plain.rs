//! Texts of a template that are printed as they are.

/// Bytes that a short text is made up to.
const SHORT: usize = 32;

/// A text, and blanks behind a short one: bytes whose number is known are appended without a call.
#[derive(Debug, Default)]
pub(crate) struct PlainText {
    text: Box<str>,
    /// Bytes of it that count.
    length: usize,
}

impl PlainText {
    pub(crate) fn as_str(&self) -> &str {
        &self.text[..self.length]
    }

    /// Appends it.
    #[inline(always)]
    pub(crate) fn push_to(&self, out: &mut String) {
        let end = out.len() + self.length;
        if self.text.len() == SHORT {
            out.push_str(&self.text);
            out.truncate(end);
        } else {
            out.push_str(&self.text);
        }
    }
}

impl From<&str> for PlainText {
    fn from(text: &str) -> Self {
        let length = text.len();
        match length {
            1..=SHORT => Self { text: format!("{text}{:1$}", "", SHORT - length).into(), length },
            _ => Self { text: text.into(), length },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_appended_as_they_are() {
        let check = |text: &str| {
            let (plain, mut out) = (PlainText::from(text), "é".to_owned());
            plain.push_to(&mut out);
            plain.push_to(&mut out);
            assert_eq!((plain.as_str(), out), (text, format!("é{text}{text}")));
        };
        for length in 0..=2 * SHORT {
            check(&"x".repeat(length));
            check(&"é".repeat(length));
            check(&" ".repeat(length));
        }
    }
}
