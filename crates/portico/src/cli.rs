//! The command line: commands, flags and their help. Values are checked as they are read, so a
//! wrong one ends here with a usage error (exit code 2).

use std::path::PathBuf;

use clap::builder::BoolishValueParser;
use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use portico_model::StageName;
use serde::Deserialize;

use crate::layers;
use crate::manual;
use crate::staging::{AllowedKind, BasePathMode, Named};
use crate::telemetry::ExplainMode;
use crate::telemetry::log::LogFormat;
use crate::terminal::Color;
use crate::values::{AccountId, DrainTime, Listen, Loopback, Region, Workers};

const TOP: &str = "\
Serves AWS API Gateway definitions on your own machine.

Example:
  portico serve openapi.yaml          the API answers on http://127.0.0.1:8080/
  portico check openapi.yaml          every problem of the file, with its line
  portico routes openapi.yaml         every method, what answers it and who may call it
  portico template test cases.json    mapping templates, tested offline";

const BOTTOM: &str = "\
Addresses of `portico serve`:
  http://127.0.0.1:8080/...                                  the API, at the root
  http://127.0.0.1:8080/_aws/execute-api/{apiId}/{stage}/... the same, by path
  http://{apiId}.execute-api.localhost:8080/{stage}/...      the same, by host as in AWS
  http://127.0.0.1:4566/{healthz,readyz,metrics}             management, loopback only
  http://127.0.0.1:4566/explain/{requestId}                  why a request was answered so

Exit codes: 0 done, 1 the definition, the template or the start failed, 2 wrong usage.";

const SERVE_TOP: &str = "\
Example:
  portico serve openapi.yaml
  curl http://127.0.0.1:8080/health

It answers until Ctrl-C or SIGTERM, then finishes what is on its way.

To replace the program while it runs:
  portico serve openapi.yaml --data-dir /var/lib/portico
  portico serve openapi.yaml --data-dir /var/lib/portico --takeover";

const SERVE_BOTTOM: &str = "\
What a definition has no place for (stage variables, throttling) and every flag in a lasting form
stand in portico.toml beside the definition: see docs/configuration.md. A flag wins over its variable
in the environment, PORTICO_LISTEN for --listen, and both win over the file.

Definitions and portico.toml are read again when they change: what is valid is served at once, and of
what is not the problems are printed and the definitions of before stay.

Exit codes: 0 stopped as asked, 1 the definition or the start failed, 2 wrong usage.";

const CHECK_TOP: &str = "\
Example:
  portico check openapi.yaml other.json

Prints every error and warning with file, line and column, and serves nothing.

Exit codes: 0 no error, 1 an error, 2 wrong usage.";

const ROUTES_TOP: &str = "\
Example:
  portico routes openapi.yaml

Exit codes: 0 done, 1 a definition that cannot be served, 2 wrong usage.";

const TEMPLATE_TOP: &str = "\
Example:
  portico template render create.vtl --event event.json
  portico template test templates/*.json";

const RENDER_TOP: &str = "\
Example:
  portico template render templates/create.vtl --event event.json --trace

Standard output has what the template makes of the event, byte for byte and without a line break of
its own; standard error has everything else.

Exit codes: 0 rendered, 1 the template failed, 2 wrong usage, or a file that cannot be read.";

const TEST_TOP: &str = "\
Example:
  portico template test templates/*.json

Renders every case of the files and shows how what came out differs from what was expected.

Exit codes: 0 every case passed, 1 one failed, 2 wrong usage, or a file that holds no cases.";

const COMPLETIONS_TOP: &str = "\
Example:
  portico completions bash > /etc/bash_completion.d/portico
  portico completions zsh > ~/.zfunc/_portico
  portico completions fish > ~/.config/fish/completions/portico.fish";

const MAN_TOP: &str = "\
Example:
  portico man > portico.1
  portico man serve > portico-serve.1";

/// Everything after the program's name.
#[derive(Debug, Parser)]
#[command(
    name = "portico",
    version,
    about = TOP,
    after_help = BOTTOM,
    arg_required_else_help = true,
    disable_help_subcommand = true
)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,

    /// Colours [default: auto, on a terminal only]
    #[arg(long, value_name = "WHEN", value_enum, global = true, help_heading = "Output")]
    pub(crate) color: Option<Color>,
}

impl Cli {
    /// What was asked for, by flags and variables; wrong usage ends the process.
    pub(crate) fn read() -> Self {
        let mut command = layers::with_variables(Self::command());
        let matches = command.clone().get_matches();
        let read = Self::from_arg_matches(&matches);
        read.unwrap_or_else(|error| error.format(&mut command).exit())
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serve definitions: OpenAPI files, YAML or JSON, with x-amazon-apigateway extensions
    #[command(before_help = SERVE_TOP, after_help = SERVE_BOTTOM)]
    Serve(Box<Serve>),
    /// Report every problem of definitions, without serving them
    #[command(before_help = CHECK_TOP)]
    Check(Check),
    /// Print the methods of definitions, with what answers them and who may call them
    #[command(before_help = ROUTES_TOP)]
    Routes(Routes),
    /// Render mapping templates without deploying them, and test them
    #[command(subcommand, before_help = TEMPLATE_TOP)]
    Template(Template),
    /// Print completions for a shell
    #[command(hide = true, before_help = COMPLETIONS_TOP)]
    Completions(Completions),
    /// Print a page of the manual
    #[command(hide = true, before_help = MAN_TOP)]
    Man(Page),
}

#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// The definitions to serve; a single one answers at the root
    #[arg(value_name = "FILE", required = true)]
    pub(crate) definitions: Vec<PathBuf>,

    /// Where clients reach the API [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDRESS:PORT", help_heading = "Addresses")]
    pub(crate) listen: Option<Listen>,

    /// Where clients reach it with TLS; the certificates stand in portico.toml [default with
    /// [tls]: 127.0.0.1:8443]
    #[arg(long, value_name = "ADDRESS:PORT", help_heading = "Addresses")]
    pub(crate) tls_listen: Option<Listen>,

    /// Where /healthz, /readyz and /metrics answer; loopback only [default: 127.0.0.1:4566]
    #[arg(long, value_name = "ADDRESS:PORT", help_heading = "Addresses")]
    pub(crate) management: Option<Loopback>,

    #[command(flatten)]
    pub(crate) staging: Staging,

    /// PEM file of root certificates that origins may be known to, beside those of this system
    #[arg(long, value_name = "FILE", help_heading = "Origins")]
    pub(crate) upstream_ca: Option<PathBuf>,

    /// Threads that answer requests [default: one a core]
    #[arg(long, value_name = "N", help_heading = "Process")]
    pub(crate) workers: Option<Workers>,

    /// Seconds that requests on their way may take once it is told to end [default: 30]
    #[arg(long, value_name = "SECONDS", help_heading = "Process")]
    pub(crate) drain_seconds: Option<DrainTime>,

    /// Take over from the running process with the same --data-dir, without losing a request
    #[arg(long, help_heading = "Process")]
    pub(crate) takeover: bool,

    /// Where Portico keeps what must outlast it, and where a successor finds it
    #[arg(long, value_name = "DIR", help_heading = "Process")]
    pub(crate) data_dir: Option<PathBuf>,

    /// What the log on standard error looks like: human or json [default: human on a terminal, json
    /// elsewhere]
    #[arg(long, value_name = "FORMAT", help_heading = "Process")]
    pub(crate) log_format: Option<LogFormat>,

    /// Which requests are explained at /explain/{requestId}: key (those with the banner's
    /// x-portico-explain), always, or off [default: key]
    #[arg(long, value_name = "WHICH", value_enum, help_heading = "Process")]
    pub(crate) explain: Option<ExplainMode>,

    /// Print a line for each request, with its steps, on standard error [default: false]
    #[arg(short, long, value_name = "BOOL", help_heading = "Process", num_args = 0..=1,
        require_equals = true, default_missing_value = "true",
        value_parser = BoolishValueParser::new())]
    pub(crate) verbose: Option<bool>,
}

/// What a definition is compiled with, for `serve` and `check` alike.
#[derive(Debug, Args)]
#[command(next_help_heading = "API")]
pub(crate) struct Staging {
    /// Stage to serve [default: the one stage of portico.toml, else `local`]
    #[arg(long, value_name = "NAME")]
    pub(crate) stage: Option<StageName>,

    /// Configuration [default: portico.toml beside the definition, then in this directory]
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,

    /// Serve in spite of findings of this kind; the methods concerned answer 500
    #[arg(long, value_name = "KIND", value_delimiter = ',')]
    pub(crate) allow: Vec<AllowedKind>,

    /// Value of a name that the definition's CloudFormation functions ask for; may be repeated
    #[arg(long, value_name = "NAME=VALUE")]
    pub(crate) set: Vec<Named>,

    /// Where a VPC link leads, for example vpc-1=http://10.0.0.7:8080; may be repeated
    #[arg(long, value_name = "ID=URL")]
    pub(crate) vpc_link: Vec<Named>,

    /// What becomes of the definition's base path [default: ignore]
    #[arg(long, value_name = "HOW", value_enum)]
    pub(crate) base_path: Option<BasePathMode>,

    /// AWS account the API says it is in, and value of AWS::AccountId [default: 000000000000]
    #[arg(long, value_name = "12 DIGITS")]
    pub(crate) account_id: Option<AccountId>,

    /// AWS region the API says it is in, and value of AWS::Region [default: us-east-1]
    #[arg(long, value_name = "NAME")]
    pub(crate) region: Option<Region>,
}

/// How a command prints what it found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people.
    #[default]
    Human,
    /// One JSON document on standard output.
    Json,
}

#[derive(Debug, Args)]
pub(crate) struct Check {
    /// The definitions to check
    #[arg(value_name = "FILE", required = true)]
    pub(crate) definitions: Vec<PathBuf>,

    #[command(flatten)]
    pub(crate) staging: Staging,

    /// For people, or one JSON document on standard output
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t, help_heading = "Output")]
    pub(crate) format: Format,
}

#[derive(Debug, Args)]
pub(crate) struct Routes {
    /// The definitions whose methods are printed
    #[arg(value_name = "FILE", required = true)]
    pub(crate) definitions: Vec<PathBuf>,

    #[command(flatten)]
    pub(crate) staging: Staging,

    /// For people, or one JSON document on standard output
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t, help_heading = "Output")]
    pub(crate) format: Format,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Template {
    /// Print what a template makes of an event
    #[command(before_help = RENDER_TOP)]
    Render(Render),
    /// Render the cases of files and compare what comes out
    #[command(before_help = TEST_TOP)]
    Test(Test),
}

#[derive(Debug, Args)]
pub(crate) struct Render {
    /// The template
    #[arg(value_name = "FILE")]
    pub(crate) template: PathBuf,

    /// JSON with body, params, context, stageVariables and vars, each of which may be missing
    /// [default: a request without anything]
    #[arg(long, value_name = "FILE")]
    pub(crate) event: Option<PathBuf>,

    /// The rules: those of API Gateway, or of Apache Velocity 1.7 as it comes
    #[arg(long, value_name = "MODE", value_enum, default_value_t)]
    pub(crate) mode: Mode,

    /// Print what each directive and reference came to, on standard error
    #[arg(long, help_heading = "Output")]
    pub(crate) trace: bool,
}

/// Whose rules a template is rendered by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Mode {
    /// API Gateway.
    #[default]
    Service,
    /// Apache Velocity 1.7 with its default settings.
    Stock,
}

#[derive(Debug, Args)]
pub(crate) struct Test {
    /// The case files
    #[arg(value_name = "CASES", required = true)]
    pub(crate) files: Vec<PathBuf>,

    /// For people, or one JSON document on standard output
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t, help_heading = "Output")]
    pub(crate) format: Format,
}

#[derive(Debug, Args)]
pub(crate) struct Completions {
    /// The shell they are for
    #[arg(value_name = "SHELL", value_enum)]
    pub(crate) shell: Shell,
}

#[derive(Debug, Args)]
pub(crate) struct Page {
    /// The command that the page is about [default: the whole program]
    #[arg(value_name = "COMMAND", value_parser = manual::pages())]
    pub(crate) command: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        layers::with_variables(Cli::command()).debug_assert();
    }

    #[test]
    fn wrong_values_are_usage_errors_that_name_what_is_expected() {
        let check = |args: &[&str], expected: &str| {
            let line = ["portico", "serve", "a.yaml"].iter().chain(args);
            let error = Cli::try_parse_from(line).expect_err("a usage error").to_string();
            assert!(error.contains(expected), "{args:?}: {error}");
        };
        check(&["--management", "0.0.0.0:4566"], "only on loopback");
        check(&["--management", "4566"], "expected ADDRESS:PORT");
        check(&["--stage", "a/b"], "a stage name has 1 to 128");
        check(&["--workers", "0"], "1 to 1024");
        check(&["--drain-seconds", "3601"], "0 to 3600");
        check(&["--drain-seconds", "soon"], "0 to 3600");
        check(&["--account-id", "12"], "twelve digits");
        check(&["--region", "us east"], "such as us-east-1");
        check(&["--log-format", "xml"], "expected human or json");
        check(&["--listn", "127.0.0.1:1"], "--listen");
        check(&["--allow", "authorizr"], "did you mean authorizer?");
        check(&["--allow", "uri"], "AWS would refuse");
        check(&["--color", "sometimes"], "auto, always, never");
        check(&["--explain", "sometimes"], "key, always, off");
        check(&["--verbose=perhaps"], "perhaps");
    }
}
