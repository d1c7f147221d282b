//! The side that runs: listens on the control socket, and hands its sockets over when asked.

use std::fs;
use std::io;
use std::net::TcpListener;
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use portico_net::control::{ControlSocket, Conversation};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::{CONTROL, DRAINING, END, PATIENCE, READY, REFUSED, STARTING, TAKEOVER, path};
use crate::failure::Failure;
use crate::sockets::Role;
use crate::terminal;

/// How long the control socket rests when the process is out of descriptors.
const PAUSE: Duration = Duration::from_millis(100);

/// Duplicates of every listening socket, for a successor; `None` once the process is ending.
type Shared = Option<Vec<(Role, TcpListener)>>;

/// The control socket of this process.
pub(crate) struct Control {
    path: PathBuf,
    sockets: Arc<Mutex<Shared>>,
    /// The number of the process that has taken over.
    taken: UnboundedReceiver<u32>,
    /// The file is this process's to remove.
    is_ours: Arc<AtomicBool>,
}

/// Makes the control socket in the data directory, which is made where it is missing.
pub(crate) fn listen(data_dir: &Path) -> Result<ControlSocket, Failure> {
    let path = path(data_dir);
    let failed = |error: io::Error| {
        Failure::new(format!("cannot make the control socket {}: {error}", path.display()))
            .help("choose another data directory with --data-dir")
    };
    make_private(data_dir).map_err(failed)?;
    let error = match ControlSocket::bind(&path) {
        Ok(socket) => return Ok(socket),
        Err(error) => error,
    };
    if error.kind() != io::ErrorKind::AddrInUse {
        return Err(failed(error));
    }
    match Conversation::begin(&path) {
        // Whoever made it is gone, and had no time to remove it.
        Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => {
            fs::remove_file(&path).map_err(failed)?;
            ControlSocket::bind(&path).map_err(failed)
        }
        Err(error) => Err(failed(error)),
        Ok(_) => Err(Failure::new(format!(
            "another portico runs with the data directory {}",
            data_dir.display()
        ))
        .help("take over from it with --takeover, stop it, or choose another with --data-dir")),
    }
}

fn make_private(directory: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(directory)
}

impl Control {
    /// Answers on the control socket from a thread of its own.
    pub(crate) fn start(
        socket: ControlSocket,
        data_dir: &Path,
        sockets: Vec<(Role, TcpListener)>,
    ) -> Result<Self, Failure> {
        let sockets = Arc::new(Mutex::new(Some(sockets)));
        let (tell, taken) = unbounded_channel();
        let is_ours = Arc::new(AtomicBool::new(true));
        let host = Host { socket, sockets: Arc::clone(&sockets), is_ours: Arc::clone(&is_ours) };
        let thread = thread::Builder::new().name("control".to_owned());
        thread
            .spawn(move || host.answer(&tell))
            .map_err(|error| Failure::new(format!("cannot start a thread: {error}")))?;
        Ok(Self { path: path(data_dir), sockets, taken, is_ours })
    }

    /// Waits until another process has taken over; its number.
    pub(crate) async fn taken(&mut self) -> u32 {
        match self.taken.recv().await {
            Some(process) => process,
            None => std::future::pending().await,
        }
    }

    /// Nobody can take over any more, and no duplicate keeps a socket open.
    pub(crate) fn close(&self) {
        self.sockets.lock().unwrap_or_else(PoisonError::into_inner).take();
    }
}

impl Drop for Control {
    fn drop(&mut self) {
        if self.is_ours.load(Ordering::Acquire) {
            // It may be gone already, with the whole directory.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// What the thread behind the control socket works with.
struct Host {
    socket: ControlSocket,
    sockets: Arc<Mutex<Shared>>,
    is_ours: Arc<AtomicBool>,
}

impl Host {
    /// One conversation after the other, until one has ended in a handover.
    fn answer(self, taken: &UnboundedSender<u32>) {
        loop {
            let Ok(conversation) = self.socket.accept() else {
                thread::sleep(PAUSE);
                continue;
            };
            match self.hand_over(&conversation) {
                Ok(Some(process)) => {
                    // Without a receiver the process has come to its end.
                    let _ = taken.send(process);
                    return;
                }
                Ok(None) => {}
                Err(error) => {
                    let why = match error.kind() {
                        io::ErrorKind::WouldBlock => "it said nothing".to_owned(),
                        _ => error.to_string(),
                    };
                    terminal::log(&format!(
                        "somebody began to take over and did not finish, so this process goes on: {why}"
                    ));
                }
            }
        }
    }

    /// The number of the process that has the sockets now; `None` if nothing was asked for.
    fn hand_over(&self, conversation: &Conversation) -> io::Result<Option<u32>> {
        let process = conversation.peer()?;
        conversation.set_patience(PATIENCE)?;
        match conversation.receive()?.text.as_str() {
            TAKEOVER => {}
            // Somebody looked whether we are here.
            "" => return Ok(None),
            _ => {
                return Err(refuse(conversation, "this is not a takeover that this version knows"));
            }
        }
        terminal::log(&format!("process {process} asks to take over"));
        self.send_sockets(conversation)?;
        conversation.set_patience(STARTING)?;
        match conversation.receive() {
            Ok(packet) if packet.text == READY => {}
            Ok(packet) if packet.text.is_empty() => {
                return Err(io::Error::other(format!("process {process} ended")));
            }
            Ok(_) => return Err(refuse(conversation, "this is not what was expected")),
            Err(error) => {
                let seconds = STARTING.as_secs();
                refuse(conversation, &format!("it was not ready within {seconds} seconds"));
                return Err(error);
            }
        }
        // From when the other knows, the file is its own.
        self.is_ours.store(false, Ordering::Release);
        if let Err(error) = conversation.send(DRAINING, None) {
            self.is_ours.store(true, Ordering::Release);
            return Err(error);
        }
        Ok(Some(process))
    }

    /// No duplicate stays here: it would keep a socket open that this process may have to close.
    fn send_sockets(&self, conversation: &Conversation) -> io::Result<()> {
        let Some(duplicates) = duplicate(&self.sockets)? else {
            return Err(refuse(conversation, "it is ending"));
        };
        for (role, socket) in &duplicates {
            conversation.send(role.name(), Some(socket.as_fd()))?;
        }
        conversation.send(CONTROL, Some(self.socket.as_fd()))?;
        conversation.send(&format!("{END}{}", std::process::id()), None)
    }
}

fn duplicate(sockets: &Mutex<Shared>) -> io::Result<Shared> {
    let sockets = sockets.lock().unwrap_or_else(PoisonError::into_inner);
    let Some(sockets) = &*sockets else { return Ok(None) };
    let duplicates = sockets.iter().map(|(role, socket)| Ok((*role, socket.try_clone()?)));
    duplicates.collect::<io::Result<_>>().map(Some)
}

/// Tells the other side why not, and ours.
fn refuse(conversation: &Conversation, why: &str) -> io::Error {
    // It may not be listening any more.
    let _ = conversation.send(&format!("{REFUSED}{why}"), None);
    io::Error::other(why.to_owned())
}
