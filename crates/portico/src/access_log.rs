//! `[access-log]` of portico.toml: where the access logs of stages go that name an ARN.
//!
//! A Stage document as AWS gives it has the ARN of a log group or stream in `destinationArn`. Here
//! that names nothing, so the table says what it stands for; a document that was written for this
//! gateway may also have the destination itself.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use portico_model::{Stage, StageName};
use serde::Deserialize;

use crate::failure::Failure;
use crate::limits::Number;
use crate::telemetry::QUEUE_BYTES;

/// Bytes of lines that may wait for a writer.
type QueueBytes = Number<65_536, 1_073_741_824>;

/// The members of `[access-log]`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct AccessLog {
    /// ARN to `stdout`, `stderr` or the path of a file.
    #[serde(default)]
    destinations: BTreeMap<String, String>,
    /// Where other ARNs go.
    default: Option<String>,
    queue_bytes: Option<QueueBytes>,
    /// Paths are relative to it.
    #[serde(skip)]
    pub(crate) directory: PathBuf,
}

impl AccessLog {
    /// For each worker and destination.
    pub(crate) fn queue_bytes(&self) -> usize {
        self.queue_bytes.map_or(QUEUE_BYTES, Number::count)
    }

    /// The stage with the destination of its access log in the place of what stands for it.
    pub(crate) fn locate(&self, name: &StageName, mut stage: Stage) -> Result<Stage, Failure> {
        let settings = stage.access_log_settings.as_mut();
        let Some(written) = settings.and_then(|settings| settings.destination_arn.as_mut()) else {
            return Ok(stage);
        };
        let destination = self.destinations.get(written).or_else(|| {
            let is_arn = written.starts_with("arn:");
            if is_arn { self.default.as_ref() } else { Some(written) }
        });
        let Some(destination) = destination else {
            let sentence = format!(
                "the access log of stage {} goes to {written}, which is nothing on this machine",
                name.as_str()
            );
            return Err(Failure::new(sentence).help(format!(
                "say in portico.toml what it stands for: [access-log.destinations] \
                 \"{written}\" = \"access.log\", or default = \"stdout\" below [access-log]"
            )));
        };
        *written = self.path(destination);
        Ok(stage)
    }

    fn path(&self, destination: &str) -> String {
        match destination {
            "stdout" | "stderr" => destination.to_owned(),
            path => self.directory.join(Path::new(path)).to_string_lossy().into_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use portico_model::AccessLogSettings;

    use super::*;

    fn located(written: &str, toml: &str) -> Result<String, String> {
        let mut access_log: AccessLog = toml::from_str(toml).unwrap();
        access_log.directory = "etc".into();
        let settings = AccessLogSettings {
            destination_arn: Some(written.to_owned()),
            ..AccessLogSettings::default()
        };
        let stage = Stage { access_log_settings: Some(settings), ..Stage::default() };
        let located = access_log.locate(&"prod".parse().unwrap(), stage);
        let located = located.map_err(|failure| failure.sentence)?;
        Ok(located.access_log_settings.unwrap().destination_arn.unwrap())
    }

    #[test]
    fn an_arn_stands_for_what_the_table_says() {
        let arn = "arn:aws:logs:us-east-1:111111111111:log-group:prod";
        let check = |written: &str, toml: &str, expected: &str| {
            assert_eq!(located(written, toml).as_deref(), Ok(expected), "{written} {toml}");
        };
        check("stdout", "", "stdout");
        check("stderr", "default = 'a.log'", "stderr");
        check("logs/a.log", "default = 'stdout'", "etc/logs/a.log");
        check("/var/log/a.log", "", "/var/log/a.log");
        check(arn, "default = 'stdout'", "stdout");
        check(arn, &format!("default = 'stdout'\n[destinations]\n'{arn}' = 'p'"), "etc/p");
        let refused = located(arn, "[destinations]\n'arn:other' = 'stdout'").unwrap_err();
        assert!(refused.contains(arn) && refused.contains("stage prod"), "{refused}");
    }

    #[test]
    fn a_queue_has_a_size_in_bounds() {
        let read = |toml: &str| toml::from_str::<AccessLog>(toml).map(|log| log.queue_bytes());
        assert_eq!(read(""), Ok(QUEUE_BYTES));
        assert_eq!(read("queue-bytes = 65536"), Ok(65_536));
        assert!(read("queue-bytes = 1024").unwrap_err().to_string().contains("65536"));
        assert!(read("queue = 1").is_err());
    }
}
