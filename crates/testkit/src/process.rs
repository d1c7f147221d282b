//! A program under test: its output line by line as it comes, signals, its end.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

/// How long a program may take to say or do what a test waits for.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// A running program; it is killed when the test lets go of it.
#[derive(Debug)]
pub struct Process {
    child: Child,
    output: Receiver<Line>,
    /// Every line so far, for the message of a failing test.
    seen: Vec<Line>,
}

/// One line the program wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    Out(String),
    Err(String),
}

impl Line {
    /// Its text, wherever it was written.
    pub fn text(&self) -> &str {
        match self {
            Self::Out(text) | Self::Err(text) => text,
        }
    }
}

impl Process {
    /// Starts the program with nothing on its standard input.
    pub fn spawn(command: &mut Command) -> Self {
        let command = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}"));
        let (sender, output) = channel();
        let out = child.stdout.take().expect("stdout is piped");
        let err = child.stderr.take().expect("stderr is piped");
        let errors = sender.clone();
        thread::spawn(move || lines(out, |line| sender.send(Line::Out(line)).is_ok()));
        thread::spawn(move || lines(err, |line| errors.send(Line::Err(line)).is_ok()));
        Self { child, output, seen: Vec::new() }
    }

    /// The process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Waits for the first line for which `wanted` has an answer, and returns that answer.
    pub fn wait_for<T>(&mut self, what: &str, wanted: impl Fn(&Line) -> Option<T>) -> T {
        loop {
            match self.output.recv_timeout(PATIENCE) {
                Ok(line) => {
                    let found = wanted(&line);
                    self.seen.push(line);
                    if let Some(found) = found {
                        return found;
                    }
                }
                Err(RecvTimeoutError::Timeout) => panic!("no {what}: {:#?}", self.seen),
                Err(RecvTimeoutError::Disconnected) => {
                    panic!("ended without {what}: {:#?}", self.seen)
                }
            }
        }
    }

    /// Sends a signal, for example `TERM`.
    pub fn signal(&self, name: &str) {
        // The shell's own `kill`: the program of that name is not installed everywhere.
        let sent = Command::new("sh").args(["-c", &format!("kill -{name} {}", self.id())]).status();
        assert!(sent.is_ok_and(|status| status.success()), "cannot send SIG{name}");
    }

    /// Waits for the end of the program; its status and every line it wrote.
    pub fn finish(mut self) -> (ExitStatus, Vec<Line>) {
        loop {
            match self.output.recv_timeout(PATIENCE) {
                Ok(line) => self.seen.push(line),
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => panic!("still running: {:#?}", self.seen),
            }
        }
        let status = self.child.wait().expect("a child can be waited for");
        (status, std::mem::take(&mut self.seen))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Both fail when it has ended already, which is what is wanted.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn lines(stream: impl Read, mut forward: impl FnMut(String) -> bool) {
    let mut reader = BufReader::new(stream);
    let mut line = Vec::new();
    while reader.read_until(b'\n', &mut line).is_ok_and(|length| length > 0) {
        let text = String::from_utf8_lossy(&line).trim_end_matches('\n').to_owned();
        line.clear();
        if !forward(text) {
            return;
        }
    }
}
