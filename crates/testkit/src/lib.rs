//! What the tests of other crates share: clients, origins, a gateway in process, a program under
//! test, golden cases.

pub mod definition;
pub mod dns;
pub mod golden;
pub mod h2;
pub mod http;
pub mod origin;
pub mod pki;
pub mod process;
pub mod raw;
pub mod server;
pub mod tools;
pub mod unix;
