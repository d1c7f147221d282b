//! What becomes of a definition once it is imported and compiled, whatever stands against it.

use portico_import::openapi::Imported;
use portico_model::{Class, Finding, Method, Stage, StageName};
use portico_snapshot::Inputs;

/// What became of a definition.
pub struct Outcome {
    /// Methods in order, as `GET /pets`, with the kinds each is refused for.
    pub methods: Vec<(String, Vec<&'static str>)>,
    /// Of importing and compiling, by place.
    pub findings: Vec<Finding>,
}

/// Compiles what was imported, for a stage without settings.
pub fn outcome(imported: Imported) -> Outcome {
    let Imported { deployment, mut findings, places, .. } = imported;
    let mut methods = Vec::new();
    if let Some(deployment) = &deployment {
        let stage: StageName = "prod".parse().expect("a stage may be called so");
        let compiled =
            portico_snapshot::compile(&Inputs::new(deployment, &stage, &Stage::default()));
        let all = || deployment.resources.iter().flat_map(|resource| &resource.methods);
        let is_below = |finding: &Finding, method: &Method| {
            format!("{}/", finding.path).starts_with(&format!("{}/", method.path))
        };
        for resource in &deployment.resources {
            for method in &resource.methods {
                // What stands below no method is asked of all of them.
                let own = compiled.findings.iter().filter(|finding| {
                    finding.class == Class::NotRunnable
                        && (is_below(finding, method) || !all().any(|it| is_below(finding, it)))
                });
                let mut refusals: Vec<_> = own.map(|finding| finding.kind).collect();
                refusals.extend(deployment.refusals.iter().chain(&method.refusals));
                refusals.sort_unstable();
                refusals.dedup();
                methods.push((format!("{} {}", method.http_method, resource.path), refusals));
            }
        }
        findings.extend(compiled.findings);
    }
    findings.iter_mut().for_each(|finding| places.locate(finding));
    findings.sort_by_cached_key(|finding| finding.place.clone());
    Outcome { methods, findings }
}
