//! A definition is read and compiled, or has findings with their places; never anything else.
#![no_main]

use portico_import::openapi;
use portico_model::{Stage, StageName};
use portico_snapshot::Inputs;

/// Every file that a definition refers to.
struct Beside<'t>(&'t [u8]);

impl openapi::Files for Beside<'_> {
    fn read(&mut self, _: &str, limit: usize) -> Result<Vec<u8>, openapi::Unreadable> {
        Ok(self.0[..self.0.len().min(limit)].to_vec())
    }
}

// The definition, and behind a zero byte the text of all other files; without one it is its own.
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let end = bytes.iter().position(|byte| *byte == 0);
    let (definition, other) = end.map_or((bytes, bytes), |at| (&bytes[..at], &bytes[at + 1..]));
    let set = [("A".to_owned(), "a".to_owned())].into();
    let mut files = Beside(other);
    let base_path = openapi::BasePath::Prepend;
    let options = openapi::Options { set: &set, base_path, ..openapi::Options::new(&mut files) };
    let imported = openapi::read_with("a.yaml", definition, options);
    let Some(deployment) = imported.deployment else {
        assert!(!imported.findings.is_empty(), "a file without documents has a reason");
        return;
    };
    let name: StageName = "prod".parse().expect("a stage may be called so");
    let compiled = portico_snapshot::compile(&Inputs::new(&deployment, &name, &Stage::default()));
    let fatal = compiled.findings.iter().any(portico_model::Finding::is_fatal);
    assert_eq!(compiled.stage.is_none(), fatal);
});
