//! `[upstream]` of portico.toml: how origins are called.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::path::PathBuf;
use std::str::FromStr;

use portico_net::{OriginAddress, OriginAddresses};
use portico_snapshot::RestStage;
use serde::Deserialize;

/// Bytes of the path of a socket, without its end (unix(7), `sun_path`).
const PATH_BYTES: usize = 107;

/// The members of `[upstream]`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct Upstream {
    /// Root certificates beside those of the system.
    pub(crate) ca: Option<PathBuf>,
    /// Where connections to an origin go, whatever its name means.
    #[serde(default)]
    addresses: BTreeMap<Name, Address>,
}

/// An origin as integrations name it, for example `orders.internal:80`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
struct Name(Box<str>, u16);

/// For example `unix:/run/orders.sock` or `10.0.0.7:8080`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(try_from = "String")]
struct Address(OriginAddress);

/// The text is no such value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum InvalidUpstream {
    #[error("expected HOST:PORT as integrations name the origin, for example orders.internal:80")]
    Name,
    #[error("expected unix:/PATH of a socket or ADDRESS:PORT, for example 10.0.0.7:8080")]
    Address,
    #[error("the path of a socket is absolute, for example unix:/run/orders.sock")]
    Relative,
    #[error("the path of a socket has {PATH_BYTES} bytes at most, and this one has {0}")]
    TooLong(usize),
    #[error("the path of a socket has no NUL in it")]
    Nul,
}

impl TryFrom<String> for Name {
    type Error = InvalidUpstream;

    fn try_from(text: String) -> Result<Self, InvalidUpstream> {
        let (host, port) = text.rsplit_once(':').ok_or(InvalidUpstream::Name)?;
        let host = match host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
            Some(address) => {
                let is_address = IpAddr::from_str(address).is_ok_and(|address| address.is_ipv6());
                is_address.then_some(address).ok_or(InvalidUpstream::Name)?
            }
            None => host,
        };
        let is_bare = |c: char| !c.is_control() && !c.is_whitespace() && !"/@?#[]".contains(c);
        let port = port.parse().ok().filter(|port| *port != 0).ok_or(InvalidUpstream::Name)?;
        let is_name = !host.is_empty() && host.chars().all(is_bare);
        // Only an address has colons, and then it stands in brackets.
        if !is_name || (host.contains(':') && !text.starts_with('[')) {
            return Err(InvalidUpstream::Name);
        }
        Ok(Self(host.to_ascii_lowercase().into(), port))
    }
}

impl TryFrom<String> for Address {
    type Error = InvalidUpstream;

    fn try_from(text: String) -> Result<Self, InvalidUpstream> {
        let Some(path) = text.strip_prefix("unix:") else {
            let address = text.parse().ok().map(OriginAddress::Tcp).map(Self);
            return address.ok_or(InvalidUpstream::Address);
        };
        if !path.starts_with('/') {
            return Err(InvalidUpstream::Relative);
        }
        if path.len() > PATH_BYTES {
            return Err(InvalidUpstream::TooLong(path.len()));
        }
        if path.contains('\0') {
            return Err(InvalidUpstream::Nul);
        }
        Ok(Self(OriginAddress::Unix(path.into())))
    }
}

impl Upstream {
    /// Where connections go, by host and port.
    pub(crate) fn addresses(&self) -> OriginAddresses {
        let pairs = self.addresses.iter();
        pairs.map(|(Name(host, port), to)| ((host.clone(), *port), to.0.clone())).collect()
    }

    /// The names that no integration of the stages has, as they would be written.
    pub(crate) fn uncalled(&self, stages: &[&RestStage]) -> Vec<String> {
        let is_called = |Name(host, port): &Name| {
            let mut origins = stages.iter().flat_map(|stage| &stage.origins);
            origins.any(|origin| origin.port == *port && origin.host.eq_ignore_ascii_case(host))
        };
        let names = self.addresses.keys().filter(|name| !is_called(name));
        names.map(|Name(host, port)| format!("{host}:{port}")).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_gets_another_address() {
        let check = |pair: &str, expected: Result<&str, &str>| {
            let read = toml::from_str::<Upstream>(&format!("[addresses]\n{pair}\n"));
            match expected {
                Ok(shown) => {
                    let addresses = read.unwrap().addresses();
                    let ((host, port), to) = addresses.first_key_value().unwrap();
                    assert_eq!(format!("{host} {port} {to}"), shown);
                }
                Err(part) => {
                    let error = read.unwrap_err().to_string();
                    assert!(error.contains(part), "{pair}: {error}");
                    assert!(error.contains("line 2"), "{pair}: {error}");
                }
            }
        };
        check(r#""a.internal:80" = "unix:/run/a.sock""#, Ok("a.internal 80 unix:/run/a.sock"));
        check(r#""A.Internal:80" = "10.0.0.7:8080""#, Ok("a.internal 80 10.0.0.7:8080"));
        check(r#""[::1]:443" = "[::2]:8443""#, Ok("::1 443 [::2]:8443"));
        check(r#""a.internal" = "unix:/run/a.sock""#, Err("expected HOST:PORT"));
        check(r#""a.internal:0" = "unix:/run/a.sock""#, Err("expected HOST:PORT"));
        check(r#"":80" = "unix:/run/a.sock""#, Err("expected HOST:PORT"));
        check(r#""::1:80" = "unix:/run/a.sock""#, Err("expected HOST:PORT"));
        check(r#""[a]:80" = "unix:/run/a.sock""#, Err("expected HOST:PORT"));
        check(r#""http://a:80" = "unix:/run/a.sock""#, Err("expected HOST:PORT"));
        check(r#""a:80" = "unix:run/a.sock""#, Err("is absolute"));
        check(r#""a:80" = "unix:@a""#, Err("is absolute"));
        check(r#""a:80" = "/run/a.sock""#, Err("expected unix:/PATH"));
        check(r#""a:80" = "b.internal:80""#, Err("expected unix:/PATH"));
        check(&format!("\"a:80\" = \"unix:/{}\"", "x".repeat(107)), Err("107 bytes at most"));
        check(r#""a:80" = "unix:/a\u0000b""#, Err("no NUL"));
    }
}
