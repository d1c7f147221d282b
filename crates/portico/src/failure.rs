//! Why the program ends before its work is done, as a person reads it.

use portico_net::BindError;

/// One sentence of what went wrong, and one of what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{sentence}")]
pub(crate) struct Failure {
    pub(crate) sentence: String,
    pub(crate) help: Option<String>,
}

impl Failure {
    pub(crate) fn new(sentence: impl Into<String>) -> Self {
        Self { sentence: sentence.into(), help: None }
    }

    #[must_use]
    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// An address cannot be listened on; `setting` is what chooses another.
    pub(crate) fn cannot_listen(error: &BindError, setting: &str) -> Self {
        let failure = Self::new(match error {
            BindError::Io { source, .. } => format!("{error}: {source}"),
            _ => error.to_string(),
        });
        failure.help(match error {
            BindError::Taken { .. } => format!("stop it, or choose another address with {setting}"),
            _ => format!("choose another address with {setting}"),
        })
    }
}
