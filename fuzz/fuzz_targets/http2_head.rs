//! The head of a stream of HTTP/2 keeps the laws of the codec, whatever its fields.
#![no_main]

#[path = "../../crates/net/tests/it/laws.rs"]
#[expect(dead_code, reason = "each target checks one law")]
mod laws;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| laws::http2_head(bytes));
