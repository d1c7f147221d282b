//! Connects to the first address that answers, without waiting long for one that does not.
//! Source: RFC 8305 ("Happy Eyeballs Version 2"), section 5.

use std::future::{Future, poll_fn};
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::time::Sleep;

use crate::upstream::names::HostName;

/// How long one address is waited for before the next is tried, too.
const DELAY: Duration = Duration::from_millis(250);

type Connecting = Pin<Box<dyn Future<Output = io::Result<TcpStream>>>>;

/// Attempts that are on their way. One that is given up counts as a failure of its address.
struct Race<'a> {
    name: &'a HostName,
    port: u16,
    waiting: std::vec::IntoIter<IpAddr>,
    running: Vec<(IpAddr, Connecting)>,
    delay: Pin<Box<Sleep>>,
    failure: io::Error,
}

/// A connection to one of `addresses`, tried in this order.
pub(super) async fn connect(
    name: &HostName,
    addresses: Vec<IpAddr>,
    port: u16,
) -> io::Result<TcpStream> {
    let mut race = Race {
        name,
        port,
        waiting: addresses.into_iter(),
        running: Vec::new(),
        delay: Box::pin(tokio::time::sleep(Duration::ZERO)),
        failure: io::ErrorKind::NotFound.into(),
    };
    race.start();
    poll_fn(|cx| race.poll(cx)).await
}

impl Race<'_> {
    /// Tries the next address; whether there was one.
    fn start(&mut self) -> bool {
        let Some(address) = self.waiting.next() else { return false };
        let target = SocketAddr::new(address, self.port);
        self.running.push((address, Box::pin(TcpStream::connect(target))));
        self.delay = Box::pin(tokio::time::sleep(DELAY));
        true
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<TcpStream>> {
        loop {
            if let Some(stream) = self.poll_running(cx) {
                return Poll::Ready(Ok(stream));
            }
            if self.running.is_empty() {
                if !self.start() {
                    let none = io::ErrorKind::NotFound.into();
                    return Poll::Ready(Err(std::mem::replace(&mut self.failure, none)));
                }
                continue;
            }
            let is_last = self.waiting.len() == 0;
            if is_last || self.delay.as_mut().poll(cx).is_pending() {
                return Poll::Pending;
            }
            self.start();
        }
    }

    fn poll_running(&mut self, cx: &mut Context<'_>) -> Option<TcpStream> {
        let mut at = 0;
        while let Some((address, connecting)) = self.running.get_mut(at) {
            let address = *address;
            match connecting.as_mut().poll(cx) {
                Poll::Pending => at += 1,
                Poll::Ready(connected) => {
                    drop(self.running.swap_remove(at));
                    self.name.note(address, connected.is_ok());
                    match connected {
                        Ok(stream) => return Some(stream),
                        Err(error) => self.failure = error,
                    }
                }
            }
        }
        None
    }
}

impl Drop for Race<'_> {
    fn drop(&mut self) {
        for (address, _) in &self.running {
            self.name.note(*address, false);
        }
    }
}
