//! A socket in the file system in front of a server that has an address.

use std::io;
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

/// Hands every connection on. Dropping it ends its listener and removes its socket.
#[derive(Debug)]
pub struct Relay {
    path: PathBuf,
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    stopped: AtomicBool,
    accepted: AtomicUsize,
}

impl Relay {
    /// Listens on a socket of its own in the directory of temporary files.
    pub fn to(server: SocketAddr) -> Self {
        let path = free_path();
        let listener = UnixListener::bind(&path).expect("a socket can be made");
        let shared = Arc::new(Shared::default());
        let theirs = shared.clone();
        thread::spawn(move || {
            for stream in listener.incoming() {
                if theirs.stopped.load(Ordering::Acquire) {
                    return;
                }
                theirs.accepted.fetch_add(1, Ordering::AcqRel);
                let Ok(stream) = stream else { continue };
                // A server that is gone ends the connection, as it would its own.
                let _ = TcpStream::connect(server).and_then(|server| join(stream, server));
            }
        });
        Self { path, shared }
    }

    /// The path of the socket.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Connections so far.
    pub fn accepted(&self) -> usize {
        self.shared.accepted.load(Ordering::Acquire)
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.shared.stopped.store(true, Ordering::Release);
        // The listener waits for a connection; whether it still does is all the same.
        let _ = UnixStream::connect(&self.path);
        let _ = std::fs::remove_file(&self.path);
    }
}

/// A path in the directory of temporary files that nothing has.
pub fn free_path() -> PathBuf {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    let name = format!("portico-{}-{number}.sock", std::process::id());
    std::env::temp_dir().join(name)
}

/// Copies both ways until each side has ended.
fn join(client: UnixStream, server: TcpStream) -> io::Result<()> {
    let (mut from_client, mut to_server) = (client.try_clone()?, server.try_clone()?);
    let (mut from_server, mut to_client) = (server, client);
    thread::spawn(move || {
        let _ = io::copy(&mut from_client, &mut to_server);
        let _ = to_server.shutdown(Shutdown::Write);
    });
    thread::spawn(move || {
        let _ = io::copy(&mut from_server, &mut to_client);
        let _ = to_client.shutdown(Shutdown::Both);
    });
    Ok(())
}
