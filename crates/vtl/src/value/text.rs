//! Text as UTF-16 units: it is UTF-8 here, though templates count and cut it as Java does.

/// A text seen as UTF-16 units.
///
/// Positions inside a surrogate pair are legal: a cut there leaves U+FFFD on both sides, since
/// half a pair has no UTF-8.
pub(crate) struct Units<'t> {
    text: &'t str,
    is_ascii: bool,
}

impl<'t> Units<'t> {
    /// The units of a text.
    pub(crate) fn of(text: &'t str) -> Self {
        Self { text, is_ascii: text.is_ascii() }
    }

    /// How many units there are.
    pub(crate) fn len(&self) -> usize {
        if self.is_ascii { self.text.len() } else { self.text.encode_utf16().count() }
    }

    /// The unit at a position.
    pub(crate) fn at(&self, position: usize) -> Option<u16> {
        if self.is_ascii {
            return self.text.as_bytes().get(position).map(|byte| u16::from(*byte));
        }
        self.text.encode_utf16().nth(position)
    }

    /// The byte where a position stands, and whether it cuts the character there in two. A position
    /// behind the end is the end.
    pub(crate) fn byte(&self, position: usize) -> (usize, bool) {
        if self.is_ascii {
            return (position.min(self.text.len()), false);
        }
        let mut units = 0;
        for (byte, c) in self.text.char_indices() {
            if units >= position {
                return (byte, false);
            }
            if units + 1 == position && c.len_utf16() == 2 {
                return (byte, true);
            }
            units += c.len_utf16();
        }
        (self.text.len(), false)
    }

    /// The position of a byte that begins a character.
    pub(crate) fn position(&self, byte: usize) -> usize {
        if self.is_ascii { byte } else { self.text[..byte].encode_utf16().count() }
    }
}
