//! The Stage document but for its method settings: what of it cannot run here, and its variables.
//! Source: API Gateway API Reference, `CreateStage` and `Stage`.

use portico_model::{Class, DocumentPath, Finding, Stage, StageName};

use super::compiler::{Compiler, is_variable_byte};

/// Variables of one stage.
const VARIABLES_MAX: usize = 100;
/// Characters of a variable's name, and of its value.
const NAME_CHARS: usize = 64;
const VALUE_CHARS: usize = 512;

/// Where a Stage document stands.
pub(super) fn path(name: &StageName) -> DocumentPath {
    DocumentPath::root().join("stages").join(name.as_str())
}

/// Reports what is wrong with the document, and what of it cannot run.
pub(super) fn check(compiler: &mut Compiler<'_>, name: &StageName, stage: &Stage) {
    let base = path(name);
    if let Some(written) = stage.stage_name.as_deref().filter(|it| *it != name.as_str()) {
        let message = format!("stageName is \"{written}\", but the stage is called \"{name}\"");
        compiler.invalid("configuration", &base.join("stageName"), message);
    }
    check_variables(compiler, &base.join("variables"), stage);
    check_canary(compiler, &base.join("canarySettings"), stage);
    let given = |text: &Option<String>| text.as_ref().is_some_and(|text| !text.is_empty());
    let mut refuse = |is_asked: bool, kind: &'static str, member: &str, help: &str| {
        if is_asked {
            let message = format!("{member} cannot run yet");
            let finding = Finding::new(Class::NotRunnable, kind, base.join(member), message);
            compiler.report(finding.help(help));
        }
    };
    refuse(stage.cache_cluster_enabled, "cache", "cacheClusterEnabled", "caching comes later");
    let (kind, member) = ("client-certificate", "clientCertificateId");
    refuse(given(&stage.client_certificate_id), kind, member, "remove it, or set it to \"\"");
    refuse(given(&stage.web_acl_arn), "waf", "webAclArn", "filter requests before they get here");
    let mut ignore = |is_asked: bool, kind: &'static str, member: &str, why: &str| {
        if is_asked {
            let message = format!("{member} is ignored: {why}");
            compiler.report(Finding::new(Class::Ignored, kind, base.join(member), message));
        }
    };
    ignore(stage.tracing_enabled, "tracing", "tracingEnabled", "no traces are written here");
    let version = given(&stage.documentation_version);
    ignore(version, "ignored-member", "documentationVersion", "no documentation is published here");
}

/// Their names and values are AWS's own, so that a stage that runs here runs there.
fn check_variables(compiler: &mut Compiler<'_>, base: &DocumentPath, stage: &Stage) {
    if stage.variables.len() > VARIABLES_MAX {
        let message = format!("a stage has at most {VARIABLES_MAX} variables");
        compiler.invalid("stage-variable", base, message);
    }
    for (name, value) in &stage.variables {
        let path = base.join(name);
        let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        if name.is_empty() || !name.bytes().all(is_word) {
            let message = format!(
                "Invalid stage variable name: {name}.  Please use names with only word characters."
            );
            compiler.invalid("stage-variable", &path, message);
        } else if name.len() > NAME_CHARS {
            let message = format!("the name of a variable has at most {NAME_CHARS} characters");
            compiler.invalid("stage-variable", &path, message);
        }
        if value.is_empty() || !value.bytes().all(is_variable_byte) {
            let message = format!(
                "Invalid stage variable value: {value}.  Please use values with alphanumeric \
                 characters and the symbols ' ', -', '.', '_', ':', '/', '?', '&', '=', and ','."
            );
            compiler.invalid("stage-variable", &path, message);
        } else if value.len() > VALUE_CHARS {
            let message = format!("the value of a variable has at most {VALUE_CHARS} characters");
            compiler.invalid("stage-variable", &path, message);
        }
    }
}

fn check_canary(compiler: &mut Compiler<'_>, path: &DocumentPath, stage: &Stage) {
    let Some(canary) = &stage.canary_settings else { return };
    let percent = canary.percent_traffic;
    if !(0.0..=100.0).contains(&percent) {
        let message = "percentTraffic is not from 0 to 100".to_owned();
        compiler.invalid("canary", &path.join("percentTraffic"), message);
    } else if percent == 0.0 {
        let message = "the canary is ignored: no request takes it";
        compiler.report(Finding::new(Class::Ignored, "canary", path.clone(), message));
    } else {
        let message = "canaries cannot run yet";
        let finding = Finding::new(Class::NotRunnable, "canary", path.clone(), message);
        compiler.report(finding.help("remove it, or set percentTraffic to 0"));
    }
}
