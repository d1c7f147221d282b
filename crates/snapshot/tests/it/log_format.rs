//! Formats of access logs keep every value in its place.

use std::fs;
use std::path::Path;

use portico_model::{AccessLogSettings, Stage};
use portico_snapshot::{Inputs, LogFormat, compile};
use proptest::prelude::*;

use crate::documents::deployment;
use crate::laws;

fn read(format: &str) -> Option<LogFormat> {
    let access_log_settings = Some(AccessLogSettings {
        destination_arn: Some("stdout".to_owned()),
        format: Some(format.to_owned()),
    });
    let stage = Stage { access_log_settings, ..Stage::default() };
    let deployment = deployment(Vec::new());
    let name = "prod".parse().unwrap();
    let compiled = compile(&Inputs::new(&deployment, &name, &stage));
    compiled.stage?.access_log.map(|log| log.format)
}

#[test]
fn the_corpus_keeps_the_law() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus/log_format");
    let mut compiled = 0;
    for file in fs::read_dir(directory).unwrap() {
        let bytes = fs::read(file.unwrap().path()).unwrap();
        let format = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
        compiled += usize::from(str::from_utf8(format).is_ok_and(|text| read(text).is_some()));
        laws::log_format(&bytes, read);
    }
    assert!(compiled > 4, "{compiled} formats");
}

proptest! {
    #[test]
    fn values_stay_in_their_place(
        pieces in prop::collection::vec(prop::sample::select(vec![
            "$context.requestId", "$context.identity.userAgent", "$context.error.messageString",
            "$context.path", "{\"a\":\"", "\",\"b\":\"", "\"}", "<a b='", "'>", "</a>", ",", " ", "\"", "[", "é",
        ]), 0..8),
        value in prop::collection::vec(prop_oneof![
            prop::sample::select(b"\"\\<>&',{}\r\n\t $x".to_vec()), any::<u8>(),
        ], 0..24),
    ) {
        let mut bytes = pieces.concat().into_bytes();
        bytes.extend_from_slice(b"$context.requestId\n");
        bytes.extend_from_slice(&value);
        laws::log_format(&bytes, read);
    }
}
