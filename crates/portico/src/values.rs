//! Values of flags and of portico.toml: text is checked once, where it is read.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::num::NonZeroUsize;
use std::str::FromStr;
use std::time::Duration;

use serde::Deserialize;

/// Most worker threads that can be asked for.
const WORKERS_MAX: usize = 1024;

/// Longest time for a drain that can be asked for.
const DRAIN_SECONDS_MAX: u16 = 3600;

/// AWS account id: twelve digits.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct AccountId(String);

/// AWS region, for example `eu-central-1`: 1 to 32 of `[a-z0-9-]`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Region(String);

/// An address to listen on, for example `0.0.0.0:8080`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Listen(SocketAddr);

/// An address that only this machine can reach, for example `127.0.0.1:4566`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Loopback(SocketAddr);

/// Seconds that a process which is told to end may take for it, 0 to 3600.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "i64")]
pub(crate) struct DrainTime(u16);

/// Number of worker threads, 1 to 1024.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "i64")]
pub(crate) struct Workers(NonZeroUsize);

/// The text is no such value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum InvalidValue {
    #[error("an account id has twelve digits")]
    AccountId,
    #[error("a region is a name such as us-east-1")]
    Region,
    #[error("expected ADDRESS:PORT, for example 127.0.0.1:4566")]
    Address,
    #[error(
        "{0} can be reached from other machines, and this port answers only on loopback (127.0.0.1 or [::1]) until sign-in exists"
    )]
    NotLoopback(SocketAddr),
    #[error("expected a number of seconds, 0 to {DRAIN_SECONDS_MAX}")]
    DrainTime,
    #[error("expected a number of workers, 1 to {WORKERS_MAX}")]
    Workers,
}

impl AccountId {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for AccountId {
    fn default() -> Self {
        Self("000000000000".to_owned())
    }
}

impl FromStr for AccountId {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        let legal = text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit());
        if legal { Ok(Self(text.to_owned())) } else { Err(InvalidValue::AccountId) }
    }
}

impl Region {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for Region {
    fn default() -> Self {
        Self("us-east-1".to_owned())
    }
}

impl FromStr for Region {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        let legal = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        let legal = (1..=32).contains(&text.len()) && text.bytes().all(legal);
        if legal { Ok(Self(text.to_owned())) } else { Err(InvalidValue::Region) }
    }
}

impl Listen {
    /// Where clients reach the API by default.
    pub(crate) const GATEWAY: Self = Self(loopback(8080));
    /// The same with TLS.
    pub(crate) const TLS: Self = Self(loopback(8443));

    pub(crate) fn address(self) -> SocketAddr {
        self.0
    }
}

impl FromStr for Listen {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        text.parse().map(Self).map_err(|_| InvalidValue::Address)
    }
}

impl Loopback {
    /// Any free port.
    pub(crate) const ANY_PORT: Self = Self(loopback(0));
    /// Where the management port is by default.
    pub(crate) const MANAGEMENT: Self = Self(loopback(4566));

    pub(crate) fn address(self) -> SocketAddr {
        self.0
    }
}

impl FromStr for Loopback {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        let address: SocketAddr = text.parse().map_err(|_| InvalidValue::Address)?;
        if address.ip().is_loopback() {
            Ok(Self(address))
        } else {
            Err(InvalidValue::NotLoopback(address))
        }
    }
}

const fn loopback(port: u16) -> SocketAddr {
    SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port)
}

impl Workers {
    pub(crate) fn count(self) -> usize {
        self.0.get()
    }

    /// One for each core this process may use.
    pub(crate) fn one_a_core() -> Self {
        let cores = std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
        Self(cores.min(NonZeroUsize::new(WORKERS_MAX).unwrap_or(NonZeroUsize::MIN)))
    }
}

impl DrainTime {
    pub(crate) fn duration(self) -> Duration {
        Duration::from_secs(self.0.into())
    }
}

/// As long as most service managers wait, and longer than AWS lets an integration take.
impl Default for DrainTime {
    fn default() -> Self {
        Self(30)
    }
}

impl TryFrom<i64> for DrainTime {
    type Error = InvalidValue;

    fn try_from(number: i64) -> Result<Self, InvalidValue> {
        let seconds = u16::try_from(number).ok().filter(|seconds| *seconds <= DRAIN_SECONDS_MAX);
        seconds.map(Self).ok_or(InvalidValue::DrainTime)
    }
}

impl FromStr for DrainTime {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        text.parse::<i64>().map_err(|_| InvalidValue::DrainTime)?.try_into()
    }
}

impl TryFrom<i64> for Workers {
    type Error = InvalidValue;

    fn try_from(number: i64) -> Result<Self, InvalidValue> {
        usize::try_from(number)
            .ok()
            .filter(|count| *count <= WORKERS_MAX)
            .and_then(NonZeroUsize::new)
            .map(Self)
            .ok_or(InvalidValue::Workers)
    }
}

impl FromStr for Workers {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        text.parse::<i64>().map_err(|_| InvalidValue::Workers)?.try_into()
    }
}

macro_rules! from_text {
    ($($name:ident),*) => {$(
        impl TryFrom<String> for $name {
            type Error = InvalidValue;

            fn try_from(text: String) -> Result<Self, InvalidValue> {
                text.parse()
            }
        }
    )*};
}
from_text!(AccountId, Region, Listen, Loopback);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_loopback_addresses_are_loopback() {
        let check = |text: &str, legal: bool| {
            assert_eq!(text.parse::<Loopback>().is_ok(), legal, "{text}");
        };
        check("127.0.0.1:4566", true);
        check("127.9.9.9:0", true);
        check("[::1]:4566", true);
        check("0.0.0.0:4566", false);
        check("[::]:4566", false);
        check("10.0.0.1:4566", false);
        check("localhost:4566", false);
        check(":4566", false);
    }

    #[test]
    fn numbers_and_names_have_bounds() {
        assert!("000000000000".parse::<AccountId>().is_ok());
        assert!("00000000000a".parse::<AccountId>().is_err());
        assert!("eu-central-1".parse::<Region>().is_ok());
        assert!("".parse::<Region>().is_err());
        assert_eq!("2".parse::<Workers>().map(Workers::count), Ok(2));
        assert!("0".parse::<Workers>().is_err());
        assert!("-1".parse::<Workers>().is_err());
        assert!("1025".parse::<Workers>().is_err());
    }
}
