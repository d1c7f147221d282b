//! Groups: those that capture, those that have names, and the flags that hold in them or from there on.

use super::{PatternError, Reader};

impl Reader<'_> {
    /// Reads a group behind its `(`.
    pub(super) fn group(&mut self, depth: usize) -> Result<bool, PatternError> {
        let outside = self.flags;
        let plain = ["?:", "?=", "?!", "?>", "?<=", "?<!"];
        if let Some(kind) = plain.into_iter().find(|kind| self.cursor.eat(kind)) {
            self.push_raw(&format!("({kind}"));
        } else if self.cursor.eat("?<") {
            self.named_group()?;
        } else if self.cursor.eat("?") {
            if !self.inline_flags()? {
                return Ok(false);
            }
        } else {
            self.groups += 1;
            self.push_raw("(");
        }
        self.alternatives(depth + 1)?;
        if !self.cursor.eat(")") {
            return self.cursor.fail("unclosed group");
        }
        self.push_raw(")");
        self.flags = outside;
        Ok(true)
    }

    fn named_group(&mut self) -> Result<(), PatternError> {
        let name = self.cursor.until('>').unwrap_or_default();
        let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic())
            && name.bytes().all(|b| b.is_ascii_alphanumeric());
        if !is_name || self.names.iter().any(|(known, _)| known == name) {
            return self.cursor.fail("illegal name of a group");
        }
        self.groups += 1;
        self.names.push((name.to_owned(), self.groups));
        self.push_raw("(");
        Ok(())
    }

    /// Reads `i)`, `i-m)` or `i:` behind `(?`: whether a group begins.
    fn inline_flags(&mut self) -> Result<bool, PatternError> {
        let mut on = true;
        let (mut set, mut cleared) = (String::new(), String::new());
        loop {
            let flag = self.cursor.next();
            match flag {
                Some('-') if on => on = false,
                Some('i') => {
                    self.flags.ignores_case = on;
                    if on { &mut set } else { &mut cleared }.push('i');
                }
                Some('x') => self.flags.comments = on,
                Some('s') => self.flags.dot_all = on,
                Some('m') => self.flags.multiline = on,
                Some('d') => self.flags.unix_lines = on,
                Some('u') => self.flags.unicode_case = on,
                Some('U') => (self.flags.unicode_case, self.flags.unicode_classes) = (on, on),
                Some(end @ (')' | ':')) => {
                    let minus = if cleared.is_empty() { "" } else { "-" };
                    let flags = format!("{set}{minus}{cleared}");
                    let is_group = end == ':';
                    if is_group || !flags.is_empty() {
                        self.push_raw(&format!("(?{flags}{end}"));
                    }
                    return Ok(is_group);
                }
                _ => return self.cursor.fail("unknown inline modifier"),
            }
        }
    }
}
