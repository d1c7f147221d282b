//! Where a setting comes from: its flag, else its variable in the environment, else portico.toml,
//! else its default. One table names all of them; the command line and the documentation follow it.

use clap::builder::BoolishValueParser;
use clap::{Arg, ArgAction, Command};
use portico_model::nearest;

/// What every variable of ours begins with.
const PREFIX: &str = "PORTICO_";

/// One setting under its three names.
pub(crate) struct Setting {
    /// Without the two dashes.
    pub(crate) flag: &'static str,
    pub(crate) variable: &'static str,
    /// In portico.toml; `None` for what concerns one run only.
    #[cfg_attr(not(test), expect(dead_code, reason = "the test of the documentation reads it"))]
    pub(crate) key: Option<&'static str>,
}

const fn setting(flag: &'static str, variable: &'static str, key: &'static str) -> Setting {
    Setting { flag, variable, key: Some(key) }
}

const fn of_one_run(flag: &'static str, variable: &'static str) -> Setting {
    Setting { flag, variable, key: None }
}

/// Every setting that has a flag.
pub(crate) const SETTINGS: &[Setting] = &[
    setting("account-id", "PORTICO_ACCOUNT_ID", "account-id"),
    setting("allow", "PORTICO_ALLOW", "allow"),
    setting("base-path", "PORTICO_BASE_PATH", "base-path"),
    setting("color", "PORTICO_COLOR", "color"),
    of_one_run("config", "PORTICO_CONFIG"),
    setting("data-dir", "PORTICO_DATA_DIR", "data-dir"),
    setting("drain-seconds", "PORTICO_DRAIN_SECONDS", "drain-seconds"),
    of_one_run("event", "PORTICO_EVENT"),
    setting("explain", "PORTICO_EXPLAIN", "explain"),
    of_one_run("format", "PORTICO_FORMAT"),
    setting("listen", "PORTICO_LISTEN", "listen"),
    setting("log-format", "PORTICO_LOG_FORMAT", "log-format"),
    setting("management", "PORTICO_MANAGEMENT", "management"),
    of_one_run("mode", "PORTICO_MODE"),
    setting("region", "PORTICO_REGION", "region"),
    setting("set", "PORTICO_SET", "set"),
    setting("stage", "PORTICO_STAGE", "stage"),
    of_one_run("takeover", "PORTICO_TAKEOVER"),
    setting("tls-listen", "PORTICO_TLS_LISTEN", "tls.listen"),
    of_one_run("trace", "PORTICO_TRACE"),
    setting("upstream-ca", "PORTICO_UPSTREAM_CA", "upstream.ca"),
    setting("verbose", "PORTICO_VERBOSE", "verbose"),
    setting("vpc-link", "PORTICO_VPC_LINK", "vpc-link"),
    setting("workers", "PORTICO_WORKERS", "workers"),
];

/// Variables that are read elsewhere.
const OTHERS: &[&str] = &["PORTICO_LOG"];

/// The command, each of its flags with its variable.
pub(crate) fn with_variables(command: Command) -> Command {
    let names: Vec<String> = command.get_subcommands().map(|sub| sub.get_name().into()).collect();
    let command = command.mut_args(with_variable);
    names.into_iter().fold(command, |command, name| command.mut_subcommand(name, with_variables))
}

fn with_variable(arg: Arg) -> Arg {
    let setting = SETTINGS.iter().find(|setting| arg.get_long() == Some(setting.flag));
    let Some(variable) = setting.map(|setting| setting.variable) else { return arg };
    // A variable without a value is as good as none.
    if std::env::var_os(variable).is_some_and(|value| value.is_empty()) {
        return arg;
    }
    let arg = match arg.get_action() {
        ArgAction::SetTrue => arg.value_parser(BoolishValueParser::new()),
        _ => arg,
    };
    arg.env(variable).hide_env_values(true)
}

/// A sentence about each variable that looks like one of ours and is none.
pub(crate) fn unknown_variables() -> Vec<String> {
    let names = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
    let mut names: Vec<String> = names.filter(|name| !is_known(name)).collect();
    names.sort();
    names.iter().map(|name| unknown(name)).collect()
}

fn is_known(name: &str) -> bool {
    !name.starts_with(PREFIX) || known().any(|known| known == name)
}

fn known() -> impl Iterator<Item = &'static str> {
    SETTINGS.iter().map(|setting| setting.variable).chain(OTHERS.iter().copied())
}

fn unknown(name: &str) -> String {
    let sentence = format!("{name} in the environment is no setting");
    match nearest(name, known()) {
        Some(known) => format!("{sentence}; did you mean {known}?"),
        None => sentence,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use clap::CommandFactory;

    use super::*;
    use crate::cli::Cli;

    fn flags() -> BTreeSet<String> {
        fn add(command: &Command, flags: &mut BTreeSet<String>) {
            flags.extend(
                command.get_arguments().filter_map(|arg| arg.get_long().map(str::to_owned)),
            );
            command.get_subcommands().for_each(|sub| add(sub, flags));
        }
        let mut flags = BTreeSet::new();
        add(&Cli::command(), &mut flags);
        flags
    }

    #[test]
    fn every_flag_is_a_setting_under_the_same_name() {
        let known: BTreeSet<String> = SETTINGS.iter().map(|known| known.flag.to_owned()).collect();
        assert_eq!(flags(), known);
        for Setting { flag, variable, .. } in SETTINGS {
            assert_eq!(*variable, format!("{PREFIX}{}", flag.to_uppercase().replace('-', "_")));
        }
    }

    #[test]
    fn every_setting_has_its_row_in_the_documentation() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/configuration.md");
        let text = std::fs::read_to_string(path).unwrap();
        for Setting { flag, variable, key } in SETTINGS {
            let key = key.map_or("|  |".to_owned(), |key| format!("| `{key}` |"));
            let rows = text.lines().filter(|line| {
                let named = |end| line.contains(&format!("`--{flag}{end}"));
                line.starts_with('|') && (named("`") || named(" ") || named("["))
            });
            let rows: Vec<_> = rows.collect();
            assert_eq!(rows.len(), 1, "rows of --{flag}");
            assert!(rows[0].contains(&format!("| `{variable}` {key}")), "{flag}: {}", rows[0]);
        }
    }

    #[test]
    fn every_key_is_read_from_the_file() {
        for key in SETTINGS.iter().filter_map(|setting| setting.key) {
            // A list of lists is no value of any setting.
            let text = format!("{key} = [[]]\n");
            let error = toml::from_str::<crate::config::Config>(&text).unwrap_err().to_string();
            assert!(!error.contains("unknown field"), "{error}");
        }
    }

    #[test]
    fn names_that_are_nearly_right_are_recognised() {
        let check =
            |name: &str, expected: Option<&str>| assert_eq!(nearest(name, known()), expected);
        check("PORTICO_LISTN", Some("PORTICO_LISTEN"));
        check("PORTICO_LSITEN", Some("PORTICO_LISTEN"));
        check("PORTICO_WORKER", Some("PORTICO_WORKERS"));
        check("PORTICO_TELEPORT", None);
        check("", None);
        assert!(is_known("PATH") && is_known("PORTICO_STAGE") && !is_known("PORTICO_STAEG"));
    }
}
