//! Who the client is, where trusted proxies stand between it and us.
//!
//! X-Forwarded-For is a list that each proxy appends its own client to, so only what trusted
//! proxies wrote can be believed: it is read from its right end, as far as those who wrote it are
//! trusted.

use std::io::Write;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use ipnet::IpNet;

use crate::Name;
use crate::head::RequestHead;

/// Networks whose hosts are believed about their clients. None by default.
#[derive(Clone, Debug, Default)]
pub struct TrustedProxies(Arc<[IpNet]>);

/// Room for an address as text, for example `2001:db8::7`.
#[derive(Clone, Copy, Debug)]
pub struct IpText {
    bytes: [u8; 48],
    length: usize,
}

impl Default for IpText {
    fn default() -> Self {
        Self { bytes: [0; 48], length: 0 }
    }
}

impl IpText {
    /// Writes the address, in place of what was there.
    pub fn write(&mut self, address: IpAddr) -> &str {
        let mut room = &mut self.bytes[..];
        write!(room, "{address}").expect("the longest address has 45 characters");
        self.length = 48 - room.len();
        std::str::from_utf8(&self.bytes[..self.length]).expect("an address is ASCII")
    }
}

impl FromIterator<IpNet> for TrustedProxies {
    fn from_iter<T: IntoIterator<Item = IpNet>>(networks: T) -> Self {
        Self(networks.into_iter().collect())
    }
}

impl TrustedProxies {
    /// Whether nobody is trusted.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether the host with this address, in its canonical form, is trusted.
    pub(crate) fn contains(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&address))
    }

    /// The right-most address of X-Forwarded-For that is not trusted; the left-most if all are.
    /// What is left of something that is no address is not looked at, as its writer is unknown.
    pub(crate) fn client(&self, head: &RequestHead) -> Option<IpAddr> {
        let fields = head.lines.fields.iter().rev();
        let lists = fields.filter(|field| field.known == Name::XForwardedFor);
        let members = lists.flat_map(|field| head.lines.text(field.value).rsplit(|b| *b == b','));
        let mut client = None;
        for member in members {
            let Some(address) = parse(member) else { break };
            client = Some(address);
            if !self.contains(address) {
                break;
            }
        }
        client
    }
}

/// An address, with a port behind it or not, as some proxies write it.
fn parse(member: &[u8]) -> Option<IpAddr> {
    let text = std::str::from_utf8(member).ok()?.trim_matches([' ', '\t']);
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']'));
    let bare = bare.filter(|text| text.contains(':')).unwrap_or(text);
    let address = bare.parse::<IpAddr>();
    let address = address.or_else(|_| text.parse::<SocketAddr>().map(|socket| socket.ip()));
    address.ok().map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proxies(networks: &[&str]) -> TrustedProxies {
        networks.iter().map(|network| network.parse::<IpNet>().unwrap()).collect()
    }

    #[test]
    fn the_client_is_the_right_most_that_is_not_trusted() {
        let trusted = proxies(&["10.0.0.0/8", "2001:db8:1::/48"]);
        let check = |fields: &[&str], expected: Option<&str>| {
            let fields: String =
                fields.iter().map(|value| format!("X-Forwarded-For: {value}\r\n")).collect();
            let head = format!("GET / HTTP/1.1\r\nHost: h\r\n{fields}\r\n");
            let (head, _) = RequestHead::read(head.as_bytes()).unwrap().unwrap();
            let expected = expected.map(|text| text.parse().unwrap());
            assert_eq!(trusted.client(&head), expected, "{fields:?}");
        };
        check(&[], None);
        check(&[""], None);
        check(&["192.0.2.1"], Some("192.0.2.1"));
        check(&["192.0.2.9, 192.0.2.1"], Some("192.0.2.1"));
        check(&["192.0.2.1, 10.0.0.1"], Some("192.0.2.1"));
        check(&["192.0.2.1,10.0.0.1,\t10.9.9.9"], Some("192.0.2.1"));
        check(&["192.0.2.9, 192.0.2.1, 10.0.0.1"], Some("192.0.2.1"));
        check(&["10.0.0.2, 10.0.0.1"], Some("10.0.0.2"));
        check(&["192.0.2.9", "192.0.2.1, 10.0.0.1"], Some("192.0.2.1"));
        check(&["192.0.2.1", "10.0.0.1"], Some("192.0.2.1"));
        check(&["2001:db8::7, 2001:db8:1::1"], Some("2001:db8::7"));
        check(&["::ffff:192.0.2.1"], Some("192.0.2.1"));
        check(&["192.0.2.1:4711"], Some("192.0.2.1"));
        check(&["[2001:db8::7]:4711, [2001:db8:1::1]"], Some("2001:db8::7"));
        check(&["unknown"], None);
        check(&["192.0.2.1, unknown, 10.0.0.1"], Some("10.0.0.1"));
        check(&["192.0.2.1, [192.0.2.2]"], None);
        check(&["192.0.2.1, 192.0.2.02"], None);
    }

    #[test]
    fn the_longest_address_fits() {
        let address: IpAddr = "1111:2222:3333:4444:5555:6666:7777:8888".parse().unwrap();
        assert_eq!(IpText::default().write(address), address.to_string());
        let mapped: IpAddr = "::ffff:255.255.255.255".parse().unwrap();
        assert_eq!(IpText::default().write(mapped), "::ffff:255.255.255.255");
    }
}
