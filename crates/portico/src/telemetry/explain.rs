//! Explanations: which requests get one, and where they are kept until somebody reads them.

use std::collections::VecDeque;
use std::hint::black_box;
use std::sync::{Mutex, PoisonError};

use clap::ValueEnum;
use rustix::rand::{GetRandomFlags, getrandom};
use serde::Deserialize;

use crate::failure::Failure;

/// Explanations that are kept.
pub(crate) const EXPLANATIONS_MAX: usize = 256;
/// Bytes of all that are kept.
pub(crate) const EXPLANATIONS_BYTES: usize = 4 * 1024 * 1024;
/// Random bytes of a key.
const KEY_BYTES: usize = 16;

/// Which requests are explained.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ExplainMode {
    /// Those that carry the key of the banner.
    #[default]
    Key,
    /// All of them.
    Always,
    /// None.
    Off,
}

/// The explanations of this process.
#[derive(Debug, Default)]
pub(crate) struct Explain {
    asks: Asks,
    kept: Mutex<Kept>,
}

/// What a request must bring.
#[derive(Debug, Default)]
enum Asks {
    Key(Box<str>),
    Nothing,
    #[default]
    More,
}

/// One explanation, ready to be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pages {
    pub(crate) json: String,
    pub(crate) text: String,
}

/// The newest explanations, the newest last.
#[derive(Debug, Default)]
struct Kept {
    pages: VecDeque<(Box<str>, Pages)>,
    bytes: usize,
}

impl Explain {
    /// Nothing is kept yet; the key is another at every start.
    pub(crate) fn begin(mode: ExplainMode) -> Result<Self, Failure> {
        let asks = match mode {
            ExplainMode::Key => Asks::Key(key()?),
            ExplainMode::Always => Asks::Nothing,
            ExplainMode::Off => Asks::More,
        };
        Ok(Self { asks, kept: Mutex::default() })
    }

    /// The key that a request is explained for, 32 hexadecimal digits.
    pub(crate) fn key(&self) -> Option<&str> {
        match &self.asks {
            Asks::Key(key) => Some(key),
            Asks::Nothing | Asks::More => None,
        }
    }

    pub(crate) fn is_always(&self) -> bool {
        matches!(self.asks, Asks::Nothing)
    }

    pub(crate) fn is_off(&self) -> bool {
        matches!(self.asks, Asks::More)
    }

    /// Whether a request is explained that came with this key.
    pub(crate) fn admits(&self, sent: Option<&[u8]>) -> bool {
        match (&self.asks, sent) {
            (Asks::Nothing, _) => true,
            (Asks::Key(key), Some(sent)) => is_same(key.as_bytes(), sent),
            (Asks::Key(_), None) | (Asks::More, _) => false,
        }
    }

    /// Keeps an explanation in the place of an older one of that request; the oldest go where there
    /// are too many.
    pub(crate) fn keep(&self, request_id: &str, pages: Pages) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let before = kept.pages.iter().rposition(|(id, _)| **id == *request_id);
        if let Some((_, before)) = before.and_then(|before| kept.pages.remove(before)) {
            kept.bytes -= before.bytes();
        }
        kept.bytes += pages.bytes();
        kept.pages.push_back((request_id.into(), pages));
        while kept.pages.len() > EXPLANATIONS_MAX || kept.bytes > EXPLANATIONS_BYTES {
            let Some((_, oldest)) = kept.pages.pop_front() else { return };
            kept.bytes -= oldest.bytes();
        }
    }

    /// The newest explanation of a request with this id.
    pub(crate) fn find(&self, request_id: &str) -> Option<Pages> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let found = kept.pages.iter().rfind(|(id, _)| id.eq_ignore_ascii_case(request_id));
        found.map(|(_, pages)| pages.clone())
    }
}

impl Pages {
    fn bytes(&self) -> usize {
        self.json.len() + self.text.len()
    }
}

/// For example `0f1e2d3c4b5a69788796a5b4c3d2e1f0`.
fn key() -> Result<Box<str>, Failure> {
    let mut bytes = [0; KEY_BYTES];
    let filled = getrandom(&mut bytes, GetRandomFlags::empty());
    if filled != Ok(KEY_BYTES) {
        return Err(Failure::new("the system gives no random bytes for the key of explanations")
            .help("start with --explain off"));
    }
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Compares every byte, so that the time does not tell how much of a wrong key is right.
fn is_same(key: &[u8], sent: &[u8]) -> bool {
    let differ = key.iter().zip(sent).fold(0, |differ, (a, b)| black_box(differ | (a ^ b)));
    key.len() == sent.len() && differ == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pages(bytes: usize) -> Pages {
        Pages { json: "j".repeat(bytes / 2), text: "t".repeat(bytes - bytes / 2) }
    }

    #[test]
    fn only_the_key_opens() {
        let explain = Explain::begin(ExplainMode::Key).unwrap();
        let key = explain.key().unwrap();
        assert!(key.len() == 2 * KEY_BYTES && key.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let other = Explain::begin(ExplainMode::Key).unwrap();
        assert_ne!(explain.key(), other.key());
        let check = |sent: Option<&str>, expected: bool| {
            assert_eq!(explain.admits(sent.map(str::as_bytes)), expected, "{sent:?}");
        };
        check(None, false);
        check(Some(""), false);
        check(Some("always"), false);
        check(Some(&key[1..]), false);
        check(Some(&format!("{key}0")), false);
        check(Some(&key.to_uppercase().replace(|c: char| c.is_ascii_digit(), "A")), false);
        check(other.key(), false);
        for at in 0..key.len() {
            let mut wrong = key.as_bytes().to_vec();
            wrong[at] ^= 1;
            assert!(!explain.admits(Some(&wrong)), "byte {at}");
        }
        check(Some(key), true);
    }

    #[test]
    fn modes_admit_all_or_none() {
        let check = |mode: ExplainMode, without: bool, with: bool| {
            let explain = Explain::begin(mode).unwrap();
            assert_eq!((explain.admits(None), explain.admits(Some(b"a"))), (without, with));
            assert_eq!((explain.is_always(), explain.is_off()), (without, !with && !without));
            assert_eq!(explain.key(), None);
        };
        check(ExplainMode::Always, true, true);
        check(ExplainMode::Off, false, false);
        assert!(Explain::default().is_off());
    }

    #[test]
    fn the_oldest_go_first() {
        let explain = Explain::default();
        let id = |number: usize| format!("id-{number}");
        assert_eq!(explain.find("id-0"), None);
        (0..=EXPLANATIONS_MAX).for_each(|number| explain.keep(&id(number), pages(number)));
        assert_eq!(explain.find("id-0"), None);
        assert_eq!(explain.find("ID-1"), Some(pages(1)));
        explain.keep("id-1", pages(7));
        assert_eq!(explain.find("id-1"), Some(pages(7)), "the newer of two");
        let kept = explain.kept.lock().unwrap().pages.len();
        explain.keep("id-1", pages(8));
        assert_eq!(explain.kept.lock().unwrap().pages.len(), kept, "one for each request");
        explain.keep("large", pages(EXPLANATIONS_BYTES));
        assert_eq!(explain.find(&id(EXPLANATIONS_MAX)), None);
        assert!(explain.find("large").is_some());
        explain.keep("larger", pages(EXPLANATIONS_BYTES + 1));
        assert!(explain.find("large").is_none() && explain.find("larger").is_none());
        assert_eq!(explain.kept.lock().unwrap().bytes, 0);
    }
}
