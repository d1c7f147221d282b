//! What lives as long as one rendering: documents that templates parse, templates that they
//! evaluate, and the containers they share. Things are only added, so that values may borrow them.

mod small;

use std::cell::{Cell, OnceCell};

use crate::json::{Document, JsonError, Leniency};
use crate::value::{Cells, Loop, MethodError, Value};
use crate::{Dialect, ParseError, Template};

pub(crate) use small::Small;

/// The heap of one rendering: values borrow it as `&'a Heap<'a>`.
#[derive(Default)]
pub struct Heap<'a> {
    parsed: OnceCell<Box<Parsed>>,
    pub(crate) cells: Cells<'a>,
}

/// What templates parsed and evaluated, which most do not.
#[derive(Default)]
struct Parsed {
    documents: Arena<Document<'static>>,
    templates: Arena<Template>,
}

impl Heap<'_> {
    fn parsed(&self) -> &Parsed {
        self.parsed.get_or_init(Box::default)
    }

    /// Reads a text in the service's loose form and keeps it.
    pub fn document(&self, text: String) -> Result<&Document<'_>, JsonError> {
        Ok(self.parsed().documents.add(Document::parse(text, Leniency::Loose)?))
    }

    /// Parses a template and keeps it.
    pub fn template(&self, text: &str, dialect: Dialect) -> Result<&Template, ParseError> {
        Ok(self.parsed().templates.add(Template::parse(text, dialect)?))
    }
}

impl<'a> Heap<'a> {
    /// Takes so many bytes from what this rendering may build and read. Errors: there are not so many
    /// left.
    pub fn spend(&self, bytes: usize) -> Result<(), MethodError> {
        self.cells.meter.spend(bytes)
    }

    /// A text that `write` appends to what it is given, kept here.
    pub fn write(
        &'a self,
        write: impl FnOnce(&mut String) -> Result<(), MethodError>,
    ) -> Result<Value<'a>, MethodError> {
        let text = self.cells.write(|out| write(out).map(|()| true))?;
        Ok(Value::String(text.unwrap_or_default()))
    }

    /// Keeps what a running loop tells about itself.
    pub(crate) fn keep_loop(&'a self, begun: Loop<'a>) -> Result<&'a Loop<'a>, MethodError> {
        self.cells.meter.spend(size_of::<Loop<'a>>())?;
        Ok(self.cells.small.alloc(begun))
    }
}

/// Things that never move. The first has its place here; each further chunk is made once and holds
/// twice as many as the one before.
#[derive(Debug)]
pub(crate) struct Arena<T> {
    first: OnceCell<T>,
    rest: OnceCell<Chunk<T>>,
    count: Cell<usize>,
}

#[derive(Debug)]
struct Chunk<T> {
    things: Box<[OnceCell<T>]>,
    next: OnceCell<Box<Self>>,
}

/// Things in the first chunk of an arena.
const FIRST: usize = 4;

impl<T> Default for Arena<T> {
    fn default() -> Self {
        Self { first: OnceCell::new(), rest: OnceCell::new(), count: Cell::new(0) }
    }
}

impl<T> Arena<T> {
    #[inline]
    pub(crate) fn add(&self, thing: T) -> &T {
        let count = self.count.get();
        self.count.set(count + 1);
        match count.checked_sub(1) {
            None => self.first.get_or_init(|| thing),
            Some(place) => self.add_behind(place, thing),
        }
    }

    fn add_behind(&self, mut place: usize, thing: T) -> &T {
        let mut chunk = self.rest.get_or_init(|| Chunk::of(FIRST));
        // Chunks double, so there are never many to pass.
        while place >= chunk.things.len() {
            place -= chunk.things.len();
            chunk = chunk.next.get_or_init(|| Box::new(Chunk::of(2 * chunk.things.len())));
        }
        chunk.things[place].get_or_init(|| thing)
    }
}

impl<T> Chunk<T> {
    fn of(length: usize) -> Self {
        Self { things: (0..length).map(|_| OnceCell::new()).collect(), next: OnceCell::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn things_stay_where_they_are() {
        let arena = Arena::default();
        let kept: Vec<&String> = (0..1000).map(|n: i32| arena.add(n.to_string())).collect();
        for (n, text) in kept.into_iter().enumerate() {
            assert_eq!(*text, n.to_string());
        }
    }

    #[test]
    fn what_is_no_json_is_not_kept() {
        let heap = Heap::default();
        assert!(heap.document("{".to_owned()).is_err());
        assert!(heap.document("[1]".to_owned()).is_ok_and(|document| document.root().len() == 1));
    }
}
