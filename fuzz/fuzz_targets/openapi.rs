//! A definition is read and compiled, or has findings with their places; never anything else.
#![no_main]

use portico_model::{Stage, StageName};
use portico_snapshot::Inputs;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let imported = portico_import::openapi::read("a.yaml", bytes);
    let Some(deployment) = imported.deployment else {
        assert!(!imported.findings.is_empty(), "a file without documents has a reason");
        return;
    };
    let name: StageName = "prod".parse().expect("a stage may be called so");
    let compiled = portico_snapshot::compile(&Inputs::new(&deployment, &name, &Stage::default()));
    let fatal = compiled.findings.iter().any(portico_model::Finding::is_fatal);
    assert_eq!(compiled.stage.is_none(), fatal);
});
