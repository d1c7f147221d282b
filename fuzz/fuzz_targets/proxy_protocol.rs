//! A PROXY header keeps its laws, whatever its bytes.
#![no_main]

#[path = "../../crates/net/tests/it/laws.rs"]
#[expect(dead_code, reason = "each target checks one law")]
mod laws;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| laws::proxy_protocol(bytes));
