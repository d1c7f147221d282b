//! Method settings of a stage: the throttle and the metrics of each method.
//!
//! A method with an entry of its own has that entry and nothing of `*/*`, as in AWS, where the
//! first setting of a method makes a whole entry of it. The methods without one share the limit of
//! `*/*`.
//! Source: API Gateway API Reference, `MethodSetting`.

use std::collections::HashMap;

use portico_model::{
    Class, Deployment, DocumentPath, Finding, HttpMethod, MethodKey, MethodSetting, ResourcePath,
    Stage, StageName, suggestion,
};

use super::compiler::Compiler;
use super::stage;
use crate::Throttle;

/// Key of the settings of all methods.
const ALL_METHODS: &str = "*/*";
/// Keys without a method that get a suggestion; the search looks at every method.
const SUGGESTIONS: usize = 16;

/// What the settings come to for one method.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Rule {
    /// Index into the throttles.
    pub(super) throttle: Option<usize>,
    pub(super) has_metrics: bool,
}

/// What the settings come to.
#[derive(Default)]
pub(super) struct MethodSettings {
    pub(super) throttles: Vec<Throttle>,
    all: Rule,
    own: HashMap<ResourcePath, Vec<(HttpMethod, Rule)>>,
}

impl MethodSettings {
    /// The settings of a method: its own, else those of all.
    pub(super) fn of(&self, resource: &ResourcePath, method: HttpMethod) -> Rule {
        let own = self.own.get(resource).into_iter().flatten();
        own.clone().find(|(known, _)| *known == method).map_or(self.all, |(_, rule)| *rule)
    }

    /// Notes the settings of one method; false if it has some already.
    fn insert(&mut self, resource: ResourcePath, method: HttpMethod, rule: Rule) -> bool {
        let own = self.own.entry(resource).or_default();
        let is_new = own.iter().all(|(known, _)| *known != method);
        if is_new {
            own.push((method, rule));
        }
        is_new
    }
}

/// Compiles the settings; what is wrong with them is reported.
pub(super) fn compile(
    compiler: &mut Compiler<'_>,
    deployment: &Deployment,
    name: &StageName,
    document: &Stage,
) -> MethodSettings {
    let base = stage::path(name).join("methodSettings");
    let limit = format!("{}/{name}", deployment.api.id);
    let mut settings = MethodSettings::default();
    let methods = Methods::new(deployment, document);
    let mut searches = SUGGESTIONS;
    // `*/*` comes first: own entries are compared with it.
    let all = document.method_settings.get_key_value(ALL_METHODS);
    let own = document.method_settings.iter().filter(|(key, _)| *key != ALL_METHODS);
    for (key, setting) in all.into_iter().chain(own) {
        let path = base.join(key);
        check_members(compiler, &path, document, setting);
        let key: MethodKey = match key.parse() {
            Ok(key) => key,
            Err(error) => {
                compiler.invalid("method-settings", &path, format!("\"{key}\": {error}"));
                continue;
            }
        };
        let has_metrics = setting.metrics_enabled == Some(true);
        let throttle = throttle(compiler, &path, setting);
        let mut rule = |limit: String| {
            let throttle = throttle.map(|(rate, burst)| {
                settings.throttles.push(Throttle { rate, burst, name: limit.into() });
                settings.throttles.len() - 1
            });
            Rule { throttle, has_metrics }
        };
        match key {
            MethodKey::All => settings.all = rule(limit.clone()),
            MethodKey::One { resource, method } if !methods.has(&resource, method) => {
                methods.report_missing(compiler, path, (&resource, method), &mut searches);
            }
            MethodKey::One { resource, method } => {
                let rule = rule(format!("{limit}/{method} {resource}"));
                if says_nothing_of_throttles(setting) && settings.all.throttle.is_some() {
                    let message = format!(
                        "the throttle of */* is not that of {method} {resource}: settings of a \
                         method replace those of all"
                    );
                    let finding =
                        Finding::new(Class::Ignored, "method-settings", path.clone(), message);
                    compiler.report(finding.help("repeat the throttle, or set it to -1"));
                }
                if !settings.insert(resource.clone(), method, rule) {
                    let message = format!("{method} {resource} has its settings twice");
                    compiler.invalid("method-settings", &path, message);
                }
            }
        }
    }
    settings
}

fn says_nothing_of_throttles(setting: &MethodSetting) -> bool {
    setting.throttling_rate_limit.is_none() && setting.throttling_burst_limit.is_none()
}

/// The methods of a deployment, where a stage has settings for single ones.
struct Methods<'a>(HashMap<&'a ResourcePath, Vec<HttpMethod>>);

impl<'a> Methods<'a> {
    fn new(deployment: &'a Deployment, stage: &Stage) -> Self {
        let mut methods: HashMap<_, Vec<_>> = HashMap::new();
        if stage.method_settings.keys().any(|key| key != ALL_METHODS) {
            for resource in &deployment.resources {
                let of_resource = resource.methods.iter().map(|method| method.http_method);
                methods.entry(&resource.path).or_default().extend(of_resource);
            }
        }
        Self(methods)
    }

    fn has(&self, resource: &ResourcePath, method: HttpMethod) -> bool {
        self.0.get(resource).is_some_and(|methods| methods.contains(&method))
    }

    /// Warns of settings without a method: AWS takes them without effect.
    fn report_missing(
        &self,
        compiler: &mut Compiler<'_>,
        path: DocumentPath,
        (resource, method): (&ResourcePath, HttpMethod),
        searches: &mut usize,
    ) {
        let message =
            format!("the settings have no effect: there is no method {method} {resource}");
        let mut finding = Finding::new(Class::Ignored, "method-settings", path, message);
        if self.has(resource, HttpMethod::Any) {
            let help = format!(
                "the resource has the method ANY: write \"{}/ANY\"",
                &resource.as_str()[1..]
            );
            finding = finding.help(help);
        } else if *searches > 0 {
            *searches -= 1;
            let written = |path: &ResourcePath, method: HttpMethod| {
                format!("{}/{method}", &path.as_str()[1..])
            };
            let known = self
                .0
                .iter()
                .flat_map(|(path, methods)| methods.iter().map(|method| written(path, *method)));
            let known: Vec<String> = known.collect();
            let near = suggestion(&written(resource, method), known.iter().map(String::as_str));
            finding.help = near;
        }
        compiler.report(finding);
    }
}

/// Reports members with a wrong value, and those without effect here.
fn check_members(
    compiler: &mut Compiler<'_>,
    path: &DocumentPath,
    stage: &Stage,
    setting: &MethodSetting,
) {
    let mut invalid = |is_wrong: bool, member: &str, values: &str| {
        if is_wrong {
            let message = format!("{member} is {values}");
            compiler.invalid("method-settings", &path.join(member), message);
        }
    };
    let level = setting.logging_level.as_deref();
    let is_level = level.is_none_or(|level| matches!(level, "OFF" | "ERROR" | "INFO"));
    invalid(!is_level, "loggingLevel", "OFF, ERROR or INFO");
    let strategy = setting.unauthorized_cache_control_header_strategy.as_deref();
    let strategies =
        ["FAIL_WITH_403", "SUCCEED_WITH_RESPONSE_HEADER", "SUCCEED_WITHOUT_RESPONSE_HEADER"];
    let is_strategy = strategy.is_none_or(|strategy| strategies.contains(&strategy));
    let member = "unauthorizedCacheControlHeaderStrategy";
    invalid(!is_strategy, member, &format!("one of {}", strategies.join(", ")));
    let ttl = setting.cache_ttl_in_seconds;
    let is_ttl = ttl.is_none_or(|ttl| (0..=3600).contains(&ttl));
    invalid(!is_ttl, "cacheTtlInSeconds", "from 0 to 3600");
    let mut ignore = |is_asked: bool, kind: &'static str, member: &str, why: &str| {
        if is_asked {
            let message = format!("{member} is ignored: {why}");
            compiler.report(Finding::new(Class::Ignored, kind, path.join(member), message));
        }
    };
    let why = "no execution logs are written here";
    ignore(
        is_level && level.is_some_and(|level| level != "OFF"),
        "execution-log",
        "loggingLevel",
        why,
    );
    ignore(setting.data_trace_enabled == Some(true), "execution-log", "dataTraceEnabled", why);
    let caches = setting.caching_enabled == Some(true) && !stage.cache_cluster_enabled;
    ignore(caches, "cache", "cachingEnabled", "the stage has no cache cluster");
}

/// Rate and burst, if there is to be a limit.
fn throttle(
    compiler: &mut Compiler<'_>,
    path: &DocumentPath,
    setting: &MethodSetting,
) -> Option<(f64, u32)> {
    let rate = setting.throttling_rate_limit;
    if rate.is_some_and(|rate| !rate.is_finite()) {
        let path = path.join("throttlingRateLimit");
        compiler.invalid("throttle", &path, "the rate is not a number".to_owned());
        return None;
    }
    let rate = rate.filter(|rate| *rate >= 0.0);
    let burst = setting.throttling_burst_limit.and_then(|burst| u32::try_from(burst).ok());
    match (rate, burst) {
        (Some(rate), Some(burst)) => Some((rate, burst)),
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
