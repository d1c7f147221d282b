//! What the heap keeps for values, and the meter of what a rendering builds and reads.

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use num_bigint::BigInt;

use super::list::ListCell;
use super::map::MapCell;
use super::views::{ArrayCell, CursorCell, EntryCell, Part};
use super::{MethodError, Tree};
use crate::bounds::Bounds;
use crate::decimal::Decimal;
use crate::heap::{Arena, Small};
use crate::pattern::{Pattern, PatternError};

/// Units of a value that is printed, compared or hashed: it takes the time of so many bytes.
pub(crate) const VISIT: usize = 16;
/// Units of compiling a pattern, for each 16 bytes.
const COMPILED: usize = 1000;
/// Units of a match that may take steps back, at least.
const MATCH: usize = 2000;
/// Units of comparing or hashing one key.
const KEY: u64 = 1 << 16;
/// Bytes of a text that is copied rather than kept where it was written.
const SMALL: usize = 1024;
/// Compiled patterns kept for one rendering.
const PATTERNS: usize = 64;

/// The shared containers of one rendering.
#[derive(Default)]
pub(crate) struct Cells<'a> {
    pub(super) lists: Arena<ListCell<'a>>,
    pub(super) maps: Arena<MapCell<'a>>,
    pub(super) trees: Arena<Tree<'a>>,
    texts: Arena<String>,
    pub(crate) small: Small,
    /// Where texts are written before they are kept.
    scratch: Cell<String>,
    rare: OnceCell<Box<Rare<'a>>>,
    pub(crate) meter: Meter,
}

/// What most renderings have none of.
#[derive(Default)]
pub(super) struct Rare<'a> {
    pub(super) arrays: Arena<ArrayCell<'a>>,
    pub(super) parts: Arena<Part<'a>>,
    pub(super) entries: Arena<EntryCell<'a>>,
    pub(super) cursors: Arena<CursorCell<'a>>,
    big_integers: Arena<BigInt>,
    decimals: Arena<Decimal>,
    patterns: RefCell<BTreeMap<Box<str>, Rc<Pattern>>>,
}

impl<'a> Cells<'a> {
    pub(super) fn rare(&self) -> &Rare<'a> {
        self.rare.get_or_init(Box::default)
    }

    /// Keeps a text that was made.
    pub(super) fn keep_text(&self, text: String) -> Result<&str, MethodError> {
        if text.is_empty() {
            return Ok("");
        }
        self.meter.build(text.len())?;
        Ok(self.texts.add(text))
    }

    /// Keeps a text that is written now, unless `write` says that there is none.
    #[inline]
    pub(crate) fn write(
        &self,
        write: impl FnOnce(&mut String) -> Result<bool, MethodError>,
    ) -> Result<Option<&str>, MethodError> {
        let mut text = self.scratch.take();
        text.clear();
        if !write(&mut text)? {
            self.scratch.set(text);
            return Ok(None);
        }
        if text.len() > SMALL {
            // What is kept is what is paid for.
            text.shrink_to_fit();
            return self.keep_text(text).map(Some);
        }
        self.meter.build(text.len())?;
        let kept = self.small.alloc_str(&text);
        self.scratch.set(text);
        Ok(Some(kept))
    }

    /// Keeps a small text as `change` leaves it, which stays as long as it is.
    pub(crate) fn keep_changed(
        &self,
        text: &str,
        change: impl FnOnce(&mut str),
    ) -> Result<&str, MethodError> {
        if text.len() > SMALL {
            let mut text = text.to_owned();
            change(&mut text);
            return self.keep_text(text);
        }
        self.meter.build(text.len())?;
        let kept = self.small.alloc_str(text);
        change(kept);
        Ok(kept)
    }

    /// Keeps an integer that was made.
    pub(super) fn keep_big_integer(&self, big: BigInt) -> Result<&BigInt, MethodError> {
        self.meter.spend(size_of::<BigInt>() + (big.bits() / 8) as usize)?;
        Ok(self.rare().big_integers.add(big))
    }

    /// Keeps a decimal that was made.
    pub(super) fn keep_decimal(&self, decimal: Decimal) -> Result<&Decimal, MethodError> {
        self.meter.spend(size_of::<Decimal>() + (decimal.unscaled.bits() / 8) as usize)?;
        Ok(self.rare().decimals.add(decimal))
    }

    /// The compiled pattern of a text that a method was given.
    pub(crate) fn pattern(&self, text: &str) -> Result<Rc<Pattern>, MethodError> {
        if let Some(pattern) = self.rare().patterns.borrow().get(text) {
            return Ok(pattern.clone());
        }
        self.meter.spend(COMPILED * (1 + text.len() / 16))?;
        let pattern = Pattern::parse_within(text, self.meter.backtracks.get())
            .map_err(PatternError::of_method)?;
        let pattern = Rc::new(pattern);
        let mut patterns = self.rare().patterns.borrow_mut();
        if patterns.len() < PATTERNS {
            patterns.insert(text.into(), pattern.clone());
        }
        Ok(pattern)
    }
}

/// Counts bytes built and elements visited, so that no rendering holds more memory or takes more
/// time than its share, whatever its methods are given.
#[derive(Debug)]
pub(crate) struct Meter {
    /// Units that are left.
    left: Cell<u64>,
    /// Whether more was taken than there was.
    is_overdrawn: Cell<bool>,
    /// Steps back that one match may take.
    backtracks: Cell<usize>,
    /// Bytes of one text.
    longest: Cell<usize>,
}

impl Default for Meter {
    fn default() -> Self {
        let Bounds { units, backtracks, output_bytes, .. } = Bounds::default();
        Self {
            left: units.into(),
            is_overdrawn: false.into(),
            backtracks: backtracks.into(),
            longest: output_bytes.into(),
        }
    }
}

impl Meter {
    /// The meter of looking at one key of a table, which is a text or a number nearly always.
    pub(crate) fn of_key() -> Self {
        Self { left: KEY.into(), ..Self::default() }
    }

    /// From now on these bounds hold.
    pub(crate) fn bound(&self, bounds: &Bounds) {
        self.left.set(bounds.units);
        self.backtracks.set(bounds.backtracks);
        self.longest.set(bounds.output_bytes);
    }

    /// Takes what one match costs that may take steps back.
    pub(crate) fn step_back(&self) -> Result<(), MethodError> {
        self.spend((self.backtracks.get() / 32).max(MATCH))
    }

    /// Takes what looking at so many values costs.
    pub(crate) fn visit(&self, values: usize) -> Result<(), MethodError> {
        self.spend(values.saturating_mul(VISIT))
    }

    /// Takes what looking at a value costs that is so long.
    #[inline]
    pub(crate) fn visit_of(&self, bytes: usize) -> Result<(), MethodError> {
        self.spend(bytes.saturating_add(VISIT))
    }

    /// Takes what a text costs that is so long. Errors: so long none may be.
    #[inline]
    pub(crate) fn build(&self, bytes: usize) -> Result<(), MethodError> {
        if bytes > self.longest.get() {
            // Also where a value is left out for it, the rendering fails.
            return Err(self.overdraw());
        }
        self.spend(size_of::<String>().saturating_add(bytes))
    }

    /// Takes what it costs to multiply or divide two numbers of so many bits, and all that is less.
    pub(crate) fn compute(&self, bits: u64, others: u64) -> Result<(), MethodError> {
        self.spend_bits(bits, others, 12)
    }

    /// Takes what it costs to turn a number of so many bits into digits, or to take its root.
    pub(crate) fn digits(&self, bits: u64) -> Result<(), MethodError> {
        self.spend_bits(bits, bits, 10)
    }

    /// Takes what the greatest common divisor of two numbers of so many bits costs.
    pub(crate) fn divisor(&self, bits: u64, others: u64) -> Result<(), MethodError> {
        self.spend_bits(bits, others, 9)
    }

    /// A unit for each `2^shift` pairs of bits.
    fn spend_bits(&self, bits: u64, others: u64, shift: u32) -> Result<(), MethodError> {
        let units = bits.saturating_mul(others) >> shift;
        self.spend(usize::try_from(units).unwrap_or(usize::MAX))
    }

    /// Whether more was taken than there was.
    pub(crate) fn is_overdrawn(&self) -> bool {
        self.is_overdrawn.get()
    }

    /// Takes units if there are so many left.
    #[inline]
    pub(crate) fn take(&self, units: usize) -> bool {
        let left = self.left.get().checked_sub(units as u64);
        if let Some(left) = left {
            self.left.set(left);
        }
        left.is_some()
    }

    /// Takes units from what is left; what is not there leaves nothing.
    #[inline]
    pub(crate) fn spend(&self, units: usize) -> Result<(), MethodError> {
        match self.take(units) {
            true => Ok(()),
            false => Err(self.overdraw()),
        }
    }

    #[cold]
    fn overdraw(&self) -> MethodError {
        self.left.set(0);
        self.is_overdrawn.set(true);
        MethodError::Spent
    }
}
