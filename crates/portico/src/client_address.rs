//! `[client-address]` of portico.toml: which proxies are believed about their clients.

use std::net::IpAddr;
use std::str::FromStr;

use ipnet::IpNet;
use portico_net::{Listeners, Settings, TrustedProxies};
use serde::Deserialize;

use crate::failure::Failure;

/// The members of `[client-address]`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(try_from = "Written")]
pub(crate) struct ClientAddress {
    trusted_proxies: Vec<IpNet>,
    proxy_protocol: Vec<Listener>,
}

/// A setting with an address that clients connect to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
enum Listener {
    #[serde(rename = "listen")]
    Plain,
    #[serde(rename = "tls.listen")]
    Tls,
}

/// The same as it stands in the file.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Written {
    #[serde(default)]
    trusted_proxies: Vec<Network>,
    #[serde(default)]
    proxy_protocol: Vec<Listener>,
}

/// A network such as `10.0.0.0/8`, or one address.
#[derive(Deserialize)]
#[serde(try_from = "String")]
struct Network(IpNet);

/// The text is no such value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum InvalidClientAddress {
    #[error("expected a network such as 10.0.0.0/8 or 2001:db8::/32, or an address")]
    Network,
    #[error("{written} is an address with a prefix; the network is {network}")]
    HostBits { written: IpNet, network: IpNet },
    #[error("proxy-protocol needs trusted-proxies: whose headers are to be believed?")]
    NobodyTrusted,
}

impl TryFrom<String> for Network {
    type Error = InvalidClientAddress;

    fn try_from(text: String) -> Result<Self, InvalidClientAddress> {
        let address = IpAddr::from_str(&text).map(IpNet::from);
        let written = address.or_else(|_| text.parse::<IpNet>());
        let written = written.map_err(|_| InvalidClientAddress::Network)?;
        let network = written.trunc();
        if network != written {
            return Err(InvalidClientAddress::HostBits { written, network });
        }
        Ok(Self(network))
    }
}

impl TryFrom<Written> for ClientAddress {
    type Error = InvalidClientAddress;

    fn try_from(written: Written) -> Result<Self, InvalidClientAddress> {
        let Written { trusted_proxies, proxy_protocol } = written;
        if !proxy_protocol.is_empty() && trusted_proxies.is_empty() {
            return Err(InvalidClientAddress::NobodyTrusted);
        }
        let trusted_proxies = trusted_proxies.into_iter().map(|network| network.0).collect();
        Ok(Self { trusted_proxies, proxy_protocol })
    }
}

impl ClientAddress {
    /// The same settings of the server, with what stands here.
    pub(crate) fn apply(&self, mut settings: Settings) -> Settings {
        settings.trusted_proxies = self.trusted_proxies.iter().copied().collect::<TrustedProxies>();
        settings
    }

    /// The same listeners, with what their connections are to begin with.
    pub(crate) fn begin(
        &self,
        plain: Vec<Listeners>,
        tls: Option<Vec<Listeners>>,
    ) -> Result<(Vec<Listeners>, Vec<Listeners>), Failure> {
        let is_proxied = |listener| self.proxy_protocol.contains(&listener);
        if is_proxied(Listener::Tls) && tls.is_none() {
            let sentence = "proxy-protocol names tls.listen, and there is no TLS";
            return Err(Failure::new(sentence).help("name `listen`, or add [tls]"));
        }
        let begin = |listeners: Vec<Listeners>, listener| match is_proxied(listener) {
            true => listeners.into_iter().map(Listeners::with_proxy_protocol).collect(),
            false => listeners,
        };
        Ok((begin(plain, Listener::Plain), begin(tls.unwrap_or_default(), Listener::Tls)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_and_addresses_are_trusted() {
        let check = |text: &str, expected: Result<&[&str], &str>| {
            let read = toml::from_str::<ClientAddress>(text);
            match expected {
                Ok(networks) => {
                    let read = read.unwrap().trusted_proxies;
                    let shown: Vec<_> = read.iter().map(ToString::to_string).collect();
                    assert_eq!(shown, networks, "{text}");
                }
                Err(part) => {
                    let error = read.unwrap_err().to_string();
                    assert!(error.contains(part), "{text}: {error}");
                }
            }
        };
        check("", Ok(&[]));
        check("trusted-proxies = [\"10.0.0.0/8\", \"::1\"]", Ok(&["10.0.0.0/8", "::1/128"]));
        let both = "proxy-protocol = [\"listen\", \"tls.listen\"]\n";
        check(&format!("trusted-proxies = [\"192.0.2.7\"]\n{both}"), Ok(&["192.0.2.7/32"]));
        check(both, Err("whose headers are to be believed"));
        check("proxy-protocol = [\"tls\"]", Err("expected `listen` or `tls.listen`"));
        check("proxy-protocol = true", Err("expected a sequence"));
        check("trusted-proxies = [\"10.0.0.1/8\"]", Err("the network is 10.0.0.0/8"));
        check("trusted-proxies = [\"lb.example\"]", Err("expected a network"));
        check("trusted-proxies = [\"10.0.0.0/33\"]", Err("expected a network"));
        check("trusted = []", Err("unknown field"));
    }
}
