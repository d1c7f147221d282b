//! Load while something is replaced: no request may be lost.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{self, JoinHandle};

use portico_testkit::raw::Client;

use crate::support::HEALTH;

/// Clients that ask without a pause until they are told to stop.
pub(crate) struct Load {
    stop: Arc<AtomicBool>,
    answered: Arc<AtomicU64>,
    clients: Vec<JoinHandle<()>>,
}

impl Load {
    pub(crate) fn on(gateway: SocketAddr) -> Self {
        let (stop, answered) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
        let clients = (0..6).map(|number| {
            let (stop, answered) = (stop.clone(), answered.clone());
            // Half of them keep their connection for as long as the server does.
            thread::spawn(move || ask(gateway, number % 2 == 0, &stop, &answered))
        });
        Self { clients: clients.collect(), stop, answered }
    }

    /// Waits until so many more requests were answered.
    pub(crate) fn wait_for(&self, more: u64) {
        let until = self.answered.load(Ordering::Relaxed) + more;
        while self.answered.load(Ordering::Relaxed) < until {
            let failed = self.clients.iter().any(JoinHandle::is_finished);
            assert!(!failed, "a request was lost");
            thread::yield_now();
        }
    }

    pub(crate) fn end(self) {
        self.stop.store(true, Ordering::Relaxed);
        for client in self.clients {
            client.join().expect("no request was lost");
        }
    }
}

fn ask(gateway: SocketAddr, keeps: bool, stop: &AtomicBool, answered: &AtomicU64) {
    let mut client = Client::connect(gateway);
    while !stop.load(Ordering::Relaxed) {
        client.send(HEALTH);
        let answer = client.answer("GET");
        assert_eq!(answer.status, 200, "{}", answer.head);
        answered.fetch_add(1, Ordering::Relaxed);
        if !keeps || answer.field("connection") == Some("close") {
            client = Client::connect(gateway);
        }
    }
}
