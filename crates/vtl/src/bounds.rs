//! What one rendering may use. Every loop, recursion and buffer of the evaluator is held by one of
//! these, so that no template and no body can hang it or exhaust its memory.

/// Limits of one rendering. `Default` is the service's where it has one, else generous.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Iterations of one run of a `#foreach`, after which the loop ends silently. Source: API
    /// Gateway developer guide, "Amazon API Gateway important notes".
    pub loops: usize,
    /// Bytes of output, and of any one string built on the way.
    pub output_bytes: usize,
    /// Blocks, expressions, definitions and macros that may be open inside one another.
    pub depth: usize,
    /// Nodes evaluated altogether; what ends loops within loops within loops. A block pays for all its
    /// nodes when it begins, also for those behind a `#break` that are never reached.
    pub steps: u64,
    /// Bytes built, and what values and patterns looked at cost.
    pub units: u64,
    /// Steps back that a regular expression may take for one match.
    pub backtracks: usize,
}

impl Bounds {
    /// A small part of the default: what takes a few milliseconds at most. Nearly every rendering
    /// stays within it; [`RenderError::is_of_bounds`](crate::RenderError::is_of_bounds) tells of
    /// those that do not.
    pub const SHORT: Self =
        Self { steps: 100_000, units: 1 << 21, backtracks: 500, ..Self::DEFAULT };

    const DEFAULT: Self = Self {
        loops: 1000,
        output_bytes: 10 * 1024 * 1024,
        depth: 256,
        steps: 20_000_000,
        units: 1 << 28,
        backtracks: 200_000,
    };
}

impl Default for Bounds {
    fn default() -> Self {
        Self::DEFAULT
    }
}
