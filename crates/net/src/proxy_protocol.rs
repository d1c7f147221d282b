//! The PROXY protocol, versions 1 and 2: who a proxy's client is, told in front of its bytes.
//!
//! Strict, and without I/O. Source: HAProxy Technologies, "The PROXY protocol", sections 2.1
//! (version 1) and 2.2 (version 2).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use crate::limits::PROXY_HEADER_BYTES;

/// What the bytes so far are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scanned {
    /// The beginning of a header.
    Partial,
    /// A header of so many bytes.
    Complete { length: usize, header: Header },
}

/// What a header says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Header {
    /// From where to where the client's connection goes.
    Proxied { source: SocketAddr, destination: SocketAddr },
    /// The proxy speaks for itself, or its client has no address of ours: the connection's own
    /// addresses hold.
    Unknown,
}

/// Why bytes are no header.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    #[error("there is no PROXY header")]
    Missing,
    #[error("the line of version 1 is malformed")]
    Line,
    #[error("the version or command of version 2 is unknown")]
    Command,
    #[error("the address family or transport is unknown")]
    Family,
    #[error("the header is too short for its addresses")]
    Addresses,
    #[error("a type-length-value does not fit")]
    Value,
    #[error("the header is longer than {PROXY_HEADER_BYTES} bytes")]
    TooLong,
}

const LINE_START: &[u8] = b"PROXY ";

/// Bytes of the longest line of version 1, its end included.
const LINE_BYTES: usize = 107;

const SIGNATURE: &[u8; 12] = b"\r\n\r\n\0\r\nQUIT\n";

/// Bytes before the addresses of version 2.
const FIXED_BYTES: usize = 16;

/// Looks at the first bytes of a connection, and at more of them each time.
pub fn scan(bytes: &[u8]) -> Result<Scanned, Malformed> {
    let begins = |start: &[u8]| {
        let length = bytes.len().min(start.len());
        bytes[..length] == start[..length]
    };
    if begins(LINE_START) {
        scan_line(bytes)
    } else if begins(SIGNATURE) {
        scan_binary(bytes)
    } else {
        Err(Malformed::Missing)
    }
}

/// Version 1: `PROXY TCP4 192.0.2.1 198.51.100.1 4711 80`, ended by CR LF.
fn scan_line(bytes: &[u8]) -> Result<Scanned, Malformed> {
    let line = &bytes[..bytes.len().min(LINE_BYTES)];
    let Some(end) = line.iter().position(|byte| *byte == b'\n') else {
        let is_full = line.len() == LINE_BYTES;
        return if is_full { Err(Malformed::Line) } else { Ok(Scanned::Partial) };
    };
    let text = line[..end].strip_suffix(b"\r").and_then(|text| std::str::from_utf8(text).ok());
    let header = read_line(text.ok_or(Malformed::Line)?).ok_or(Malformed::Line)?;
    Ok(Scanned::Complete { length: end + 1, header })
}

fn read_line(line: &str) -> Option<Header> {
    let mut words = line.split(' ').skip(1);
    let family = words.next()?;
    if family == "UNKNOWN" {
        // Receivers ignore what follows.
        return Some(Header::Unknown);
    }
    let (source, destination) = (words.next()?, words.next()?);
    let [source, destination] = match family {
        "TCP4" => [source, destination].map(|text| text.parse::<Ipv4Addr>().ok().map(IpAddr::V4)),
        "TCP6" => [source, destination].map(|text| text.parse::<Ipv6Addr>().ok().map(IpAddr::V6)),
        _ => return None,
    };
    let source = SocketAddr::new(source?, read_port(words.next()?)?);
    let destination = SocketAddr::new(destination?, read_port(words.next()?)?);
    words.next().is_none().then_some(Header::Proxied { source, destination })
}

/// Digits without a sign or a leading zero.
fn read_port(text: &str) -> Option<u16> {
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    let is_shortest = text.len() == 1 || !text.starts_with('0');
    text.parse().ok().filter(|_| is_number && is_shortest)
}

/// Version 2: a signature, command, family, length, addresses, and type-length-values.
fn scan_binary(bytes: &[u8]) -> Result<Scanned, Malformed> {
    let command = bytes.get(12).copied();
    if command.is_some_and(|command| command != 0x20 && command != 0x21) {
        return Err(Malformed::Command);
    }
    if bytes.get(13).is_some_and(|family| family >> 4 > 3 || family & 15 > 2) {
        return Err(Malformed::Family);
    }
    let Some(fixed) = bytes.first_chunk::<FIXED_BYTES>() else { return Ok(Scanned::Partial) };
    let length = FIXED_BYTES + usize::from(u16::from_be_bytes([fixed[14], fixed[15]]));
    if length > PROXY_HEADER_BYTES {
        return Err(Malformed::TooLong);
    }
    let Some(rest) = bytes.get(FIXED_BYTES..length) else { return Ok(Scanned::Partial) };
    let is_local = fixed[12] == 0x20;
    let header = if is_local { Header::Unknown } else { read_addresses(fixed[13], rest)? };
    Ok(Scanned::Complete { length, header })
}

/// Addresses of TCP over IPv4 or IPv6. Those of datagrams and Unix sockets are skipped, as the
/// protocol asks of receivers that have no use for them.
fn read_addresses(family: u8, rest: &[u8]) -> Result<Header, Malformed> {
    let (source, destination, values) = match family {
        0x11 => {
            let (addresses, values) = rest.split_first_chunk::<12>().ok_or(Malformed::Addresses)?;
            let [a, b, c, d, e, f, g, h, ports @ ..] = *addresses;
            let [source, destination] = ports_of(ports);
            let (from, to) = (IpAddr::from([a, b, c, d]), IpAddr::from([e, f, g, h]));
            (SocketAddr::new(from, source), SocketAddr::new(to, destination), values)
        }
        0x21 => {
            let (from, rest) = rest.split_first_chunk::<16>().ok_or(Malformed::Addresses)?;
            let (to, rest) = rest.split_first_chunk::<16>().ok_or(Malformed::Addresses)?;
            let (ports, values) = rest.split_first_chunk::<4>().ok_or(Malformed::Addresses)?;
            let [source, destination] = ports_of(*ports);
            let (from, to) = (IpAddr::from(*from), IpAddr::from(*to));
            (SocketAddr::new(from, source), SocketAddr::new(to, destination), values)
        }
        _ => return Ok(Header::Unknown),
    };
    skip_values(values)?;
    Ok(Header::Proxied { source, destination })
}

fn ports_of([a, b, c, d]: [u8; 4]) -> [u16; 2] {
    [u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d])]
}

/// Type-length-values tell nothing that we use, but they must be whole.
fn skip_values(mut values: &[u8]) -> Result<(), Malformed> {
    while let Some(([_, high, low], rest)) = values.split_first_chunk::<3>() {
        let length = usize::from(u16::from_be_bytes([*high, *low]));
        values = rest.get(length..).ok_or(Malformed::Value)?;
    }
    if values.is_empty() { Ok(()) } else { Err(Malformed::Value) }
}
