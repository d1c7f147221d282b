//! Which of the two Velocities a template is written for.

/// The rules a template is parsed and rendered by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// The managed API gateway: null is the empty string, macros define nothing, `#evaluate`,
    /// `#parse` and `#include` are text, and a loop stops after its bound of iterations.
    #[default]
    Service,
    /// Apache Velocity 1.7 with its default settings.
    Stock,
}
