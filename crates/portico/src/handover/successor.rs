//! The side that starts: asks the running process for its sockets, and tells it when to go.

use std::io;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;

use portico_net::control::{ControlSocket, Conversation, Packet};

use super::{CONTROL, DRAINING, END, QUEUEING, READY, REFUSED, TAKEOVER, listen, path};
use crate::failure::Failure;
use crate::sockets::{Role, Sockets};
use crate::terminal;

/// Sockets that the predecessor may have: more would be no answer of one of us.
const SOCKETS_MAX: usize = 65_536;

/// What asks for a takeover.
const FLAG: &str = "--takeover";

/// A takeover that has begun: the predecessor waits for us to be ready.
pub(crate) struct Takeover {
    conversation: Conversation,
    control: ControlSocket,
    data_dir: PathBuf,
    /// The number of the process.
    predecessor: String,
}

impl Takeover {
    /// Asks the process that runs with this data directory for its sockets.
    pub(crate) fn begin(data_dir: &Path) -> Result<(Self, Sockets), Failure> {
        let path = path(data_dir);
        let conversation = Conversation::begin(&path).map_err(|error| nobody(&path, &error))?;
        let (predecessor, control, sockets) =
            ask(&conversation).map_err(|error| refused(&path, &error))?;
        let data_dir = data_dir.to_owned();
        Ok((Self { conversation, control, data_dir, predecessor }, sockets))
    }

    /// Tells the predecessor that requests are answered here. If it does not go, this process must.
    pub(crate) fn finish(self) -> Result<ControlSocket, Failure> {
        let Self { conversation, control, data_dir, predecessor } = self;
        // It may have refused and hung up already: what it said last is still there to read.
        let _ = conversation.send(READY, None);
        match conversation.receive() {
            Ok(Packet { text, .. }) if text == DRAINING => {
                terminal::log(&format!("took over from process {predecessor}"));
                Ok(control)
            }
            Ok(Packet { text, .. }) if !text.is_empty() => {
                Err(refused(&path(&data_dir), &io::Error::other(reason(&text).to_owned())))
            }
            // It has come to its end meanwhile, and with it the file.
            _ => {
                terminal::log(&format!("process {predecessor} ended while it was taken over"));
                drop(control);
                listen(&data_dir)
            }
        }
    }
}

type Answer = (String, ControlSocket, Sockets);

fn ask(conversation: &Conversation) -> io::Result<Answer> {
    conversation.peer()?;
    conversation.set_patience(QUEUEING)?;
    conversation.send(TAKEOVER, None)?;
    let mut control = None;
    let mut sockets = Vec::new();
    let process = loop {
        let Packet { text, socket } = conversation.receive()?;
        if let Some(process) = text.strip_prefix(END) {
            break terminal::printable(process).into_owned();
        }
        match (text.as_str(), socket) {
            (CONTROL, Some(socket)) => control = Some(ControlSocket::adopt(socket)?),
            (name, Some(socket)) if Role::of(name).is_some() && sockets.len() < SOCKETS_MAX => {
                sockets.push((text, TcpListener::from(socket)));
            }
            ("", _) => return Err(io::Error::other("it ended")),
            (text, _) => return Err(io::Error::other(reason(text).to_owned())),
        }
    };
    let control = control.ok_or_else(|| io::Error::other("it has no control socket"))?;
    Ok((process, control, Sockets::of_predecessor(sockets)?))
}

fn reason(text: &str) -> &str {
    text.strip_prefix(REFUSED).unwrap_or("it says what this version does not know")
}

fn refused(path: &Path, error: &io::Error) -> Failure {
    let error = terminal::printable(&error.to_string()).into_owned();
    let path = path.display();
    Failure::new(format!("the process behind {path} could not be taken over: {error}"))
        .help("it goes on as before, unless it ended; its log says more")
}

fn nobody(path: &Path, error: &io::Error) -> Failure {
    let stale = error.kind() == io::ErrorKind::ConnectionRefused;
    if stale || error.kind() == io::ErrorKind::NotFound {
        let sentence =
            format!("there is no process to take over: nobody answers at {}", path.display());
        return Failure::new(sentence).help(
            "start without --takeover; a process can be taken over if it was started with the same \
             --data-dir",
        );
    }
    Failure::new(format!("cannot reach the process behind {}: {error}", path.display()))
        .help("takeover needs the same user and the same --data-dir")
}

/// Starts this program again as it was started, and lets it take over. What becomes of it is told
/// by itself, on the same standard error.
pub(crate) fn start() {
    let mut line = std::env::args_os();
    let program = line.next().unwrap_or_else(|| env!("CARGO_PKG_NAME").into());
    let mut command = Command::new(program);
    let given: Vec<_> = line.collect();
    command.args(&given);
    if !given.iter().any(|arg| arg == FLAG) {
        command.arg(FLAG);
    }
    match command.spawn() {
        Ok(mut child) => {
            terminal::log(&format!("SIGUSR2: started process {} to take over", child.id()));
            // If it ends while this process lives it has failed, and told why.
            std::thread::spawn(move || child.wait());
        }
        Err(error) => terminal::log(&format!("SIGUSR2: cannot start the program again: {error}")),
    }
}

#[cfg(test)]
mod tests {
    use std::os::fd::AsFd;
    use std::thread;

    use super::*;

    /// A takeover from a process that says these words, each with its control socket or without,
    /// and hangs up, before this side says that it is ready.
    fn outcome(words: &'static [(&str, bool)]) -> Result<(), String> {
        let number = unique();
        let data_dir = std::env::temp_dir().join(format!("portico-successor-{number}"));
        let control = listen(&data_dir).unwrap();
        let predecessor = thread::spawn(move || {
            let conversation = control.accept().unwrap();
            assert_eq!(conversation.receive().unwrap().text, TAKEOVER);
            for (word, with_socket) in words {
                conversation.send(word, with_socket.then(|| control.as_fd())).unwrap();
            }
        });
        let begun = Takeover::begin(&data_dir);
        predecessor.join().unwrap();
        let outcome = begun.and_then(|(takeover, _)| takeover.finish());
        let _ = std::fs::remove_dir_all(&data_dir);
        outcome.map(drop).map_err(|failure| failure.sentence)
    }

    /// A number that no other test of this process has, nor another process.
    fn unique() -> String {
        use std::sync::atomic::{AtomicUsize, Ordering};
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        format!("{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed))
    }

    #[test]
    fn a_successor_stays_only_where_the_predecessor_goes() {
        let check = |words: &'static [(&str, bool)], expected: Result<(), &str>| {
            let outcome = outcome(words);
            match expected {
                Ok(()) => assert_eq!(outcome, Ok(()), "{words:?}"),
                Err(part) => {
                    let told = outcome.unwrap_err();
                    assert!(told.contains(part), "{words:?}: {told}");
                }
            }
        };
        check(&[(CONTROL, true), ("end 1", false), (DRAINING, false)], Ok(()));
        // It was killed: nobody else has the sockets.
        check(&[(CONTROL, true), ("end 1", false)], Ok(()));
        check(&[(CONTROL, true), ("end 1", false), ("refused too late", false)], Err("too late"));
        check(&[("refused it is ending", false)], Err("it is ending"));
        check(&[(CONTROL, true)], Err("it ended"));
        check(&[("end 1", false)], Err("no control socket"));
        check(&[("gateway", false)], Err("does not know"));
        check(&[("other", true)], Err("does not know"));
        check(
            &[("gateway", true), (CONTROL, true), ("end 1", false)],
            Err("could not be taken over"),
        );
    }
}
