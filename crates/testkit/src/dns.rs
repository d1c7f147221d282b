//! A name server for tests, over UDP on loopback.
//! Source: RFC 1035, section 4.

use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

/// What is said of a name.
#[derive(Clone, Debug)]
pub enum Says {
    /// These addresses, for so many seconds.
    Addresses(Vec<IpAddr>, u32),
    /// That it is an alias of another.
    Alias(&'static str),
    /// That there is no such name.
    Nothing,
    /// This address, but in an answer to a question that nobody asked: its number is another, or
    /// its name is `other.example`.
    Forged(IpAddr, Forgery),
    /// Bytes that are no answer.
    Nonsense,
    /// Not a word.
    Silence,
}

/// What gives a forged answer away.
#[derive(Clone, Copy, Debug)]
pub enum Forgery {
    Number,
    Question,
}

/// A running name server. Dropping it ends it.
#[derive(Debug)]
pub struct NameServer {
    address: SocketAddr,
    questions: Arc<AtomicUsize>,
    ended: Arc<AtomicBool>,
}

impl NameServer {
    /// Answers as `says` tells of each name, for example of `shop.example`.
    pub fn start(says: impl Fn(&str) -> Says + Send + 'static) -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").expect("loopback has a free port");
        let patience = socket.set_read_timeout(Some(Duration::from_millis(50)));
        patience.expect("a time limit can be set");
        let address = socket.local_addr().expect("a bound socket has an address");
        let (questions, ended) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(false)));
        let server = Self { address, questions: questions.clone(), ended: ended.clone() };
        thread::spawn(move || {
            let mut packet = [0; 1500];
            while !ended.load(Ordering::Relaxed) {
                let Ok((length, from)) = socket.recv_from(&mut packet) else { continue };
                questions.fetch_add(1, Ordering::Relaxed);
                if let Some(answer) = answer(&packet[..length], &says) {
                    // Who asked may be gone.
                    let _ = socket.send_to(&answer, from);
                }
            }
        });
        server
    }

    /// Where it answers.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Questions so far.
    pub fn questions(&self) -> usize {
        self.questions.load(Ordering::Relaxed)
    }
}

impl Drop for NameServer {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::Relaxed);
    }
}

/// The answer to a packet with one question.
fn answer(packet: &[u8], says: &impl Fn(&str) -> Says) -> Option<Vec<u8>> {
    let (id, mut rest) = (packet.get(..2)?, packet.get(12..)?);
    let mut labels = Vec::new();
    while let Some((length, more)) = rest.split_first().filter(|(length, _)| **length > 0) {
        let (label, more) = more.split_at_checked(usize::from(*length))?;
        labels.push(String::from_utf8_lossy(label).to_ascii_lowercase());
        rest = more;
    }
    let kind = u16::from_be_bytes([*rest.get(1)?, *rest.get(2)?]);
    let question = &packet[12..packet.len() - rest.len() + 5];
    let number = u16::from_be_bytes([id[0], id[1]]).wrapping_add(1).to_be_bytes();
    let foreign = [&write_name("other.example")[..], &rest[1..5]].concat();
    let (mut id, mut question) = (id, question);
    let (code, records) = match says(&labels.join(".")) {
        Says::Silence => return None,
        Says::Nonsense => return Some(vec![0xff; 40]),
        Says::Nothing => (3, Vec::new()),
        Says::Forged(address, forgery) => {
            match forgery {
                Forgery::Number => id = &number,
                Forgery::Question => question = &foreign,
            }
            let IpAddr::V4(address) = address else { return None };
            (0, vec![record(1, 60, &address.octets())])
        }
        Says::Alias(name) => (0, vec![record(5, 60, &write_name(name))]),
        Says::Addresses(addresses, ttl) => {
            let records = addresses.into_iter().filter_map(|address| match (address, kind) {
                (IpAddr::V4(address), 1) => Some(record(1, ttl, &address.octets())),
                (IpAddr::V6(address), 28) => Some(record(28, ttl, &address.octets())),
                _ => None,
            });
            (0, records.collect())
        }
    };
    let count = u16::try_from(records.len()).ok()?.to_be_bytes();
    let head = [id, &[0x81, 0x80 | code, 0, 1], &count, &[0; 4], question].concat();
    Some([head, records.concat()].concat())
}

/// A record of the name in question.
fn record(kind: u8, ttl: u32, data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len()).expect("a short record").to_be_bytes();
    [&[0xc0, 12, 0, kind, 0, 1], &ttl.to_be_bytes()[..], &length, data].concat()
}

fn write_name(name: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    for label in name.split('.') {
        bytes.push(u8::try_from(label.len()).expect("a short label"));
        bytes.extend_from_slice(label.as_bytes());
    }
    bytes.push(0);
    bytes
}
