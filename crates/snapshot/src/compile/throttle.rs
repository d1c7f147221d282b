//! The stage's throttle, from its method settings.
//! Source: API Gateway API Reference, `MethodSetting`.

use portico_model::{Class, DocumentPath, Finding, MethodSetting, Stage, StageName};

use super::compiler::Compiler;
use crate::Throttle;

/// Key of the settings of all methods.
const ALL_METHODS: &str = "*/*";

/// The limit that all methods of the stage share.
pub(super) fn compile(
    compiler: &mut Compiler<'_>,
    name: &StageName,
    stage: &Stage,
) -> Option<Throttle> {
    let base = DocumentPath::root().join("stages").join(name.as_str()).join("methodSettings");
    for key in stage.method_settings.keys().filter(|key| *key != ALL_METHODS) {
        let message = format!("method settings of \"{key}\" cannot be applied yet");
        let finding = Finding::new(Class::NotRunnable, "method-settings", base.join(key), message);
        compiler.report(finding.help("only those of \"*/*\" can"));
    }
    let setting = stage.method_settings.get(ALL_METHODS)?;
    throttle(compiler, &base.join(ALL_METHODS), setting)
}

fn throttle(
    compiler: &mut Compiler<'_>,
    path: &DocumentPath,
    setting: &MethodSetting,
) -> Option<Throttle> {
    let rate = setting.throttling_rate_limit;
    if rate.is_some_and(|rate| !rate.is_finite()) {
        let path = path.join("throttlingRateLimit");
        compiler.invalid("throttle", &path, "the rate is not a number".to_owned());
        return None;
    }
    let rate = rate.filter(|rate| *rate >= 0.0);
    let burst = setting.throttling_burst_limit.and_then(|burst| u32::try_from(burst).ok());
    match (rate, burst) {
        (Some(rate), Some(burst)) => Some(Throttle { rate, burst }),
        (None, None) => None,
        _ => {
            let message = "of throttlingRateLimit and throttlingBurstLimit only one is set, and \
                           there is no account limit to take the other from";
            let finding = Finding::new(Class::NotRunnable, "throttle", path.clone(), message);
            compiler.report(finding.help("set both, or neither"));
            None
        }
    }
}
