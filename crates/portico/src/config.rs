//! portico.toml: flags in a lasting form, AWS's Stage documents, and example origins.
//!
//! Every key is optional and an unknown one is an error with its place. Paths in the file are
//! relative to the file. The whole is described in docs/configuration.md.

mod restart;
mod stage;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use portico_model::{DocumentPath, Place, Stage, StageName};
use portico_net::{CertificateFiles, SecurityPolicy};
use serde::{Deserialize, Deserializer};
use toml::de::DeTable;

use crate::access_log::AccessLog;
use crate::client_address::ClientAddress;
use crate::limits::Limits;
use crate::report::{Refusal, Report};
use crate::source::Source;
use crate::staging::{AllowedKind, BasePathMode};
use crate::telemetry::ExplainMode;
use crate::telemetry::log::LogFormat;
use crate::terminal::Color;
use crate::upstream::Upstream;
use crate::values::{AccountId, DrainTime, Listen, Loopback, Region, Workers};
pub(crate) use stage::ChosenStage;

/// Name of the file that is looked for.
const FILE_NAME: &str = "portico.toml";
/// Bytes of a configuration.
const BYTES_MAX: usize = 1024 * 1024;

/// The members of portico.toml.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct Config {
    pub(crate) listen: Option<Listen>,
    pub(crate) management: Option<Loopback>,
    pub(crate) data_dir: Option<PathBuf>,
    pub(crate) stage: Option<StageName>,
    pub(crate) workers: Option<Workers>,
    pub(crate) drain_seconds: Option<DrainTime>,
    pub(crate) account_id: Option<AccountId>,
    pub(crate) region: Option<Region>,
    pub(crate) verbose: Option<bool>,
    /// Which requests are explained.
    pub(crate) explain: Option<ExplainMode>,
    pub(crate) color: Option<Color>,
    #[serde(default)]
    pub(crate) allow: Vec<AllowedKind>,
    /// Values of names that CloudFormation's functions ask for.
    #[serde(default)]
    pub(crate) set: BTreeMap<String, String>,
    /// Ids of VPC links to the URLs where they lead.
    #[serde(default)]
    pub(crate) vpc_link: BTreeMap<String, String>,
    pub(crate) base_path: Option<BasePathMode>,
    pub(crate) log_format: Option<LogFormat>,
    /// Whom to ask for the addresses of origins; none is whom the system asks.
    #[serde(default)]
    pub(crate) name_servers: Vec<Listen>,
    #[serde(default)]
    pub(crate) limits: Limits,
    #[serde(default)]
    pub(crate) client_address: ClientAddress,
    /// TLS for clients.
    pub(crate) tls: Option<Tls>,
    /// How origins are called.
    #[serde(default)]
    pub(crate) upstream: Upstream,
    /// Where access logs go.
    #[serde(default)]
    pub(crate) access_log: AccessLog,
    /// Stage name to AWS's Stage document.
    #[serde(default)]
    pub(crate) stages: BTreeMap<StageName, Stage>,
    /// Name of a definition's file, without its directories, to what is its own.
    #[serde(default)]
    pub(crate) apis: BTreeMap<String, Api>,
    /// Small origins that Portico serves itself.
    #[serde(default, rename = "origin")]
    pub(crate) origins: Vec<Origin>,
}

/// `[apis."FILE"]`: what holds for one definition of several.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct Api {
    /// They win over those of the same name that hold for every definition.
    #[serde(default)]
    pub(crate) stages: BTreeMap<StageName, Stage>,
}

/// `[tls]`: where clients speak TLS, and with which certificates.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct Tls {
    pub(crate) listen: Option<Listen>,
    /// The first goes to clients that ask for a name none of them has.
    #[serde(default, deserialize_with = "certificates")]
    pub(crate) certificates: Vec<CertificateFiles>,
    /// By AWS's name, for example `SecurityPolicy_TLS13_1_3_2025_09`.
    #[serde(default, deserialize_with = "policy")]
    pub(crate) policy: SecurityPolicy,
}

fn certificates<'de, D: Deserializer<'de>>(value: D) -> Result<Vec<CertificateFiles>, D::Error> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Files {
        certificate: PathBuf,
        key: PathBuf,
    }
    let files = Vec::<Files>::deserialize(value)?.into_iter();
    Ok(files.map(|Files { certificate, key }| CertificateFiles { certificate, key }).collect())
}

fn policy<'de, D: Deserializer<'de>>(value: D) -> Result<SecurityPolicy, D::Error> {
    String::deserialize(value)?.parse().map_err(serde::de::Error::custom)
}

/// An `[[origin]]`: a directory of files served on loopback, so that an example needs no backend.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct Origin {
    /// Where it answers; port 0 is any free one.
    #[serde(default = "any_port")]
    pub(crate) listen: Loopback,
    pub(crate) directory: PathBuf,
    /// The stage variable that holds its address where the stage does not set it itself.
    pub(crate) variable: Option<String>,
}

fn any_port() -> Loopback {
    Loopback::ANY_PORT
}

/// Reads the named file, else the one beside the definition, else the one in the current
/// directory; none at all is an empty configuration.
pub(crate) fn load(
    named: Option<&Path>,
    definition: &Path,
) -> Result<(Config, Option<Source>), Refusal> {
    let mut paths = candidates(named, definition).into_iter();
    let found = paths.find(|path| named.is_some() || path.exists());
    let Some(path) = found else { return Ok((Config::default(), None)) };
    let source = Source::read(&path, "configuration", BYTES_MAX)?;
    let mut config = parse(&source).map_err(Refusal::Report)?;
    let directory = path.parent().unwrap_or(Path::new(""));
    config.access_log.directory = directory.to_owned();
    config.data_dir = config.data_dir.map(|data| directory.join(data));
    for origin in &mut config.origins {
        origin.directory = directory.join(&origin.directory);
    }
    config.upstream.ca = config.upstream.ca.map(|ca| directory.join(ca));
    for files in config.tls.iter_mut().flat_map(|tls| &mut tls.certificates) {
        files.certificate = directory.join(&files.certificate);
        files.key = directory.join(&files.key);
    }
    Ok((config, Some(source)))
}

/// Where the configuration is looked for: the first that is there is read.
pub(crate) fn candidates(named: Option<&Path>, definition: &Path) -> Vec<PathBuf> {
    match named {
        Some(path) => vec![path.to_owned()],
        None => vec![definition.with_file_name(FILE_NAME), PathBuf::from(FILE_NAME)],
    }
}

fn parse(source: &Source) -> Result<Config, Report> {
    toml::from_str(&source.text).map_err(|error| {
        let span = error.span().unwrap_or(0..0);
        let finding = source.finding(span.start, span.end, error.message());
        Report::new(source.clone(), vec![finding])
    })
}

/// Where the field with this path stands in a configuration, or the nearest that holds it.
pub(crate) fn place(source: &Source, path: &DocumentPath) -> Option<Place> {
    let document = DeTable::parse(&source.text).ok()?;
    let mut table = Some(document.get_ref());
    let mut span = None;
    for key in path.as_str().split('/').skip(1) {
        let key = key.replace("~1", "/").replace("~0", "~");
        let Some((name, value)) = table.and_then(|table| table.get_key_value(key.as_str())) else {
            break;
        };
        span = Some(name.span());
        table = value.get_ref().as_table();
    }
    span.and_then(|span| source.finding(span.start, span.end, "").place)
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn read(text: &str) -> Result<Config, String> {
        let source = Source { name: FILE_NAME.into(), text: text.into() };
        parse(&source).map_err(|report| report.render(false))
    }

    #[test]
    fn every_key_of_the_file_is_read() {
        let config = read(
            r#"
            listen = "0.0.0.0:80"
            management = "127.0.0.1:4567"
            data-dir = "data"
            stage = "prod"
            workers = 3
            drain-seconds = 5
            account-id = "123456789012"
            region = "eu-west-1"
            log-format = "json"
            access-log = { default = "stdout", destinations = { "arn:x" = "a.log" } }
            name-servers = ["10.0.0.2:53"]
            verbose = true
            explain = "always"
            color = "never"
            allow = ["authorizer"]
            [tls]
            listen = "0.0.0.0:443"
            certificates = [{ certificate = "a.pem", key = "a.key" }]
            policy = "SecurityPolicy_TLS13_1_3_2025_09"
            [upstream]
            ca = "roots.pem"
            [stages.prod]
            variables = { backend = "127.0.0.1:9000" }
            methodSettings."*/*" = { throttlingRateLimit = 2.5, throttlingBurstLimit = 5 }
            [[origin]]
            directory = "backend"
            variable = "backend"
            [[origin]]
            listen = "127.0.0.1:9911"
            directory = "other"
            "#,
        )
        .unwrap();
        let ChosenStage { name, stage, .. } = config.choose_stage("a.yaml", None).unwrap();
        assert_eq!(name.as_str(), "prod");
        assert_eq!(stage.variables["backend"], "127.0.0.1:9000");
        assert_eq!(stage.method_settings["*/*"].throttling_rate_limit, Some(2.5));
        assert_eq!(config.workers.map(Workers::count), Some(3));
        assert_eq!(config.log_format, Some(LogFormat::Json));
        assert_eq!(config.drain_seconds.map(|time| time.duration().as_secs()), Some(5));
        assert_eq!(config.upstream.ca.as_deref(), Some(Path::new("roots.pem")));
        let tls = config.tls.unwrap();
        assert_eq!(tls.certificates[0].key, Path::new("a.key"));
        assert_eq!(tls.policy.to_string(), "SecurityPolicy_TLS13_1_3_2025_09");
        assert_eq!(config.name_servers[0].address(), ([10, 0, 0, 2], 53).into());
        assert_eq!(config.origins[0].listen, Loopback::ANY_PORT);
        assert_eq!(config.origins[1].directory, Path::new("other"));
    }

    #[test]
    fn a_wrong_key_or_value_is_shown_where_it_stands() {
        let check = |text: &str, expected: &[&str]| {
            let shown = read(text).unwrap_err();
            for part in expected {
                assert!(shown.contains(part), "no {part:?} in {shown}");
            }
        };
        check("listn = \"127.0.0.1:1\"", &["portico.toml:1:1", "listn", "expected one of"]);
        check("drain-seconds = 3601", &["portico.toml:1:17", "0 to 3600"]);
        check("workers = 0", &["portico.toml:1:11", "1 to 1024"]);
        check("a = 1\n\n[stages.prod]\nvariable = {}", &["portico.toml:"]);
        check("[stages.prod]\nvariable = {}", &["portico.toml:2:1", "variable"]);
        check("allow = [\"authorizr\"]", &["portico.toml:1:9", "did you mean authorizer?"]);
        check("color = \"red\"", &["portico.toml:1:9", "auto"]);
        check("[apis.\"a.yaml\"]\nstage = 1", &["portico.toml:2:1", "stages"]);
        check("[stages.\"a b\"]\n", &["portico.toml:1:", "a stage name has"]);
        check("management = \"0.0.0.0:1\"", &["portico.toml:1:14", "only on loopback"]);
        check("[limits]\nhead-bytes = 1", &["portico.toml:2:14", "from 1024 to 1048576"]);
        let proxied = "[client-address]\nproxy-protocol = [\"listen\"]";
        check(proxied, &["portico.toml:1:", "trusted-proxies"]);
        check("[limits]\nhead = 1", &["portico.toml:2:1", "head-bytes"]);
        check("[tls]\npolicy = \"TLS_1_0\"", &["portico.toml:2:10", "RFC 8996"]);
        let pair = "[upstream.addresses]\n\"a:80\" = \"unix:a.sock\"";
        check(pair, &["portico.toml:2:10", "is absolute"]);
        check("[tls]\npolicy = \"TLS\"", &["portico.toml:2:10", "no security policy"]);
        check("[tls]\ncertificates = [{ certificate = \"a\" }]", &["portico.toml:2:", "key"]);
        check("[[origin]]\ndirectory = 1\n", &["portico.toml:2:13", "string"]);
        check("x", &["portico.toml:1:"]);
    }

    #[test]
    fn fields_are_found_by_their_path() {
        let text =
            "workers = 1\n[stages.a]\nmethodSettings.\"*/*\" = { throttlingRateLimit = nan }\n";
        let source = Source { name: FILE_NAME.into(), text: text.into() };
        let check = |keys: &[&str], expected: Option<(u32, u32, u32)>| {
            let path = keys.iter().fold(DocumentPath::root(), |path, key| path.join(key));
            let place = place(&source, &path);
            let found = place.map(|place| (place.line, place.column, place.length));
            assert_eq!(found, expected, "{path}");
        };
        check(&["workers"], Some((1, 1, 7)));
        check(&["stages", "a"], Some((2, 9, 1)));
        check(&["stages", "a", "methodSettings", "*/*", "throttlingRateLimit"], Some((3, 26, 19)));
        check(&["stages", "a", "methodSettings", "*/*", "other"], Some((3, 16, 5)));
        check(&["stages", "b"], Some((2, 2, 6)));
        check(&["paths"], None);
    }
}
