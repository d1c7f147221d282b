//! Replays what the fuzz targets start from, and what they once found, without the fuzzer.

use std::fs;
use std::path::Path;

use crate::laws;

#[test]
fn every_file_of_the_corpora_keeps_the_laws() {
    let check = |target: &str, law: fn(&[u8])| {
        let directory =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus").join(target);
        let files = fs::read_dir(&directory).unwrap_or_else(|error| panic!("{target}: {error}"));
        let mut count = 0;
        for file in files {
            law(&fs::read(file.unwrap().path()).unwrap());
            count += 1;
        }
        assert!(count >= 10, "{target} has {count} files");
    };
    check("request_head", laws::request_head);
    check("response_head", laws::response_head);
    check("chunked", laws::chunked);
    check("proxy_protocol", laws::proxy_protocol);
    check("http2_head", laws::http2_head);
}
