//! Replays the definitions that the fuzz target `openapi` starts from.

use std::fs;
use std::path::Path;

use portico_model::{Stage, StageName};
use portico_testkit::server::compile;

#[test]
fn definitions_of_the_corpus_are_compiled_or_refused() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus/openapi");
    let stage: StageName = "prod".parse().unwrap();
    let mut compiled = 0;
    let mut refused = 0;
    for file in fs::read_dir(directory).unwrap() {
        let text = fs::read(file.unwrap().path()).unwrap();
        match compile(&String::from_utf8_lossy(&text), &stage, &Stage::default()) {
            Ok(_) => compiled += 1,
            Err(findings) => {
                assert!(!findings.is_empty(), "a refusal has a reason");
                refused += 1;
            }
        }
    }
    assert!(compiled > 5 && refused > 5, "{compiled} compiled, {refused} refused");
}
