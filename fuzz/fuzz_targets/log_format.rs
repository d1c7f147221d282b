//! A value stays in its place in the line of an access log, whatever its bytes and the format.
#![no_main]

#[path = "../../crates/snapshot/tests/it/laws.rs"]
mod laws;

use portico_import::openapi;
use portico_model::{AccessLogSettings, Stage, StageName};
use portico_snapshot::{Inputs, LogFormat};

const DEFINITION: &[u8] = b"{openapi: 3.0.1, info: {title: a, version: '1'}, paths: {}}";

fn compile(format: &str) -> Option<LogFormat> {
    let access_log_settings = Some(AccessLogSettings {
        destination_arn: Some("stdout".to_owned()),
        format: Some(format.to_owned()),
    });
    let stage = Stage { access_log_settings, ..Stage::default() };
    let name: StageName = "prod".parse().expect("a stage may be called so");
    let deployment = openapi::read("a.yaml", DEFINITION).deployment.expect("it is a definition");
    let compiled = portico_snapshot::compile(&Inputs::new(&deployment, &name, &stage));
    compiled.stage?.access_log.map(|log| log.format)
}

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| laws::log_format(bytes, compile));
