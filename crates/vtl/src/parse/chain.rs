//! Signs in a row that begin no reference: what of them is printed.
//!
//! The engine takes one character back where such a row ends, and not always the right one: `$!5`
//! loses its `!`, and `\\$$5` its second `$`.

/// A sign here.
#[derive(Clone, Copy)]
pub(super) struct Sign {
    /// Where it stands, behind its backslashes.
    pub at: usize,
    pub end: usize,
    /// Whether it is `$!`.
    pub quiet: bool,
}

/// What the last sign of a row was.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Last {
    #[default]
    Nothing,
    /// `$`
    Plain,
    /// `$!`
    Quiet,
    /// `\\$`: the next sign loses its first character.
    Slashed,
    /// `\\$` that lost its first character, or `\\$!`.
    Spent,
}

/// Signs in a row.
#[derive(Default)]
pub(super) struct Chain {
    pub printed: String,
    pub last: Last,
}

impl Chain {
    /// `written` is the sign with its backslashes.
    pub(super) fn push(&mut self, sign: Sign, written: &str) {
        let is_robbed = self.last == Last::Slashed;
        let kept = if sign.quiet { &written[..written.len() - 1] } else { written };
        self.printed.push_str(if is_robbed { &kept[1..] } else { kept });
        self.last = match (written.starts_with('\\'), sign.quiet) {
            (true, false) if !is_robbed => Last::Slashed,
            (true, _) => Last::Spent,
            (false, false) if written == "#" => Last::Spent,
            (false, true) => Last::Quiet,
            (false, false) => Last::Plain,
        };
    }
}
