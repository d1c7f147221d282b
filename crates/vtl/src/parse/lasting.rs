//! States that last beyond what opened them, and change what follows directly.
//!
//! A `#` that is text directly before a reference leaves the engine in the state of a directive:
//! `#$n#if($t)#set($x = 1)` is an error, though `#$n#set($x = 1)` is none. A reference without
//! braces opens a state of its own, and a directive closes one: behind `$x.y$z#end` the state is
//! still that of the property `y`, where `##` is text and `[` an error.

use super::{Fault, Parser};

/// The state that a `#` before a reference opens.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Lasting {
    /// Where it goes on.
    at: Option<usize>,
    /// Whether a directive stands directly before, so that no `#set` may follow.
    refuses_set: bool,
    /// Whether it goes on behind the head that is being read.
    is_pending: bool,
}

/// The states of references that directly follow one another.
#[derive(Debug, Default)]
pub(super) struct Open {
    /// Where they go on.
    at: usize,
    /// Which of them ended with a property.
    properties: Vec<bool>,
}

impl Parser<'_, '_> {
    /// Whether the state here is that of a property.
    pub(super) fn is_open_property(&self, at: usize) -> bool {
        self.open.at == at && self.open.properties.last() == Some(&true)
    }

    /// Behind a reference that began at `start`; one in braces closes its state itself.
    pub(super) fn open_reference(&mut self, start: usize, is_property: Option<bool>) {
        if self.open.at != start {
            self.open.properties.clear();
        }
        // The state of a name is not kept below another, nor behind braces.
        if self.open.properties.last() == Some(&false) {
            self.open.properties.pop();
        }
        self.open.properties.extend(is_property);
        self.open.at = self.at;
    }

    /// At what ends the state of a name, which leaves what is below.
    pub(super) fn close_name(&mut self, start: usize) {
        if self.open.at == start && self.open.properties.last() == Some(&false) {
            self.open.properties.pop();
        }
    }

    /// Behind what leaves the states of references as they were at `start`.
    pub(super) fn keep_open(&mut self, start: usize) {
        if self.open.at == start {
            self.open.at = self.at;
        }
    }

    /// Behind what began at `start` and closes one state.
    pub(super) fn close_reference(&mut self, start: usize) {
        if self.open.at == start {
            self.open.properties.pop();
            self.open.at = self.at;
        }
    }

    /// Behind a `#` that is text.
    pub(super) fn begin_lasting(&mut self) {
        self.lasting = Lasting { at: Some(self.at), ..Lasting::default() };
    }

    /// Behind what began at `start` and lets the state last.
    pub(super) fn keep_lasting(&mut self, start: usize, refuses_set: bool) {
        if self.lasting.at == Some(start) {
            self.lasting = Lasting { at: Some(self.at), refuses_set, is_pending: false };
        }
    }

    /// Behind a block comment that began at `start`.
    pub(super) fn keep_lasting_over_comment(&mut self, start: usize) {
        self.keep_lasting(start, self.lasting.refuses_set);
    }

    /// Behind blanks before a `#set`: they end the state unless it is that of a reference.
    pub(super) fn keep_lasting_over_blanks(&mut self, start: usize) {
        if !self.lasting.refuses_set {
            self.keep_lasting(start, false);
        }
    }

    /// At a directive.
    pub(super) fn enter_directive(&mut self, is_set: bool) -> Result<(), Fault> {
        let lasts = self.lasting.at == Some(self.at);
        if lasts && is_set && self.lasting.refuses_set {
            return self.fault("`#set` behind a directive behind `#` and a reference");
        }
        self.lasting.is_pending = lasts;
        self.open_head = (self.open.at == self.at && !is_set).then_some(self.at);
        Ok(())
    }

    /// Behind the head of a directive.
    pub(super) fn leave_head(&mut self) {
        if let Some(start) = self.open_head.take() {
            self.close_reference(start);
        }
        if self.lasting.is_pending {
            self.lasting = Lasting { at: Some(self.at), refuses_set: true, is_pending: false };
        }
    }

    /// Behind a `#set`.
    pub(super) fn leave_set(&mut self) {
        if self.lasting.at == Some(self.at) {
            self.lasting.refuses_set = false;
        }
    }

    /// At `##` in the state of a name: whether it is text, or its first `#` is lost.
    pub(super) fn hashes_behind_property(&mut self) -> Result<bool, Fault> {
        let second = self.at + 1;
        let word = self.word_at(second);
        if word.is_some_and(|word| self.is_set(&word)) {
            return self.fault("`#set` behind a property and `#`");
        }
        let is_block =
            word.is_some_and(|word| matches!(word.name, "if" | "elseif" | "else" | "end"));
        let is_comment = matches!(self.rest(), [_, b'#', b'#' | b'*', ..]);
        Ok(!(is_block || is_comment))
    }
}
