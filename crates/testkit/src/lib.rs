//! What the tests of other crates share: a plain HTTP client, a program under test.

pub mod golden;
pub mod http;
pub mod process;
