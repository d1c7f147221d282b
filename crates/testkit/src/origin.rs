//! Origins for tests: each connection plays a script, or every request is echoed.
//!
//! What a gateway sent is kept byte by byte and handed to the test. Threads end when their
//! connection does; nothing waits longer than [`PATIENCE`].

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use socket2::{Domain, SockRef, Socket, Type};

/// How long an origin waits for bytes, and a test for an origin.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// One step of a connection's script. After the last one the connection is closed.
#[derive(Clone, Debug)]
pub enum Act {
    /// Reads one whole request and shows it to the test.
    Request,
    /// Reads one head and shows it to the test; a body stays unread.
    Head,
    /// Reads the content behind the last [`Act::Head`] and shows it with its head.
    Content,
    /// Reads to the end of the connection.
    ReadToEnd,
    /// Sends these bytes.
    Send(Vec<u8>),
    /// Sends each piece in a write of its own.
    SendPieces(Vec<Vec<u8>>),
    /// Sends the same bytes until the other side takes no more.
    Flood(Vec<u8>),
    /// Waits until the test calls [`Origin::release`].
    Stall,
    /// Ends the connection with a reset.
    Reset,
    /// Sends a FIN and goes on reading.
    HalfClose,
    /// Ends the connection.
    Close,
    /// Shows the test that the script has come here: a `Seen` without a head.
    Tell,
    /// Sends zeros until the other side has taken none for this long, then shows their number as
    /// the head of a `Seen`.
    SendUntilBlocked(Duration),
}

/// A request as an origin received it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Number of the connection, from 0.
    pub connection: usize,
    /// Start line and fields with their line ends, and the empty line.
    pub head: String,
    /// The content as it came, with its chunks.
    pub raw: Vec<u8>,
    /// The content without its transfer coding.
    pub body: Vec<u8>,
}

impl Seen {
    /// The first field with this name, compared without case.
    pub fn field(&self, name: &str) -> Option<&str> {
        self.fields().find(|(field, _)| field.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// Every field as it was written.
    pub fn fields(&self) -> impl Iterator<Item = (&str, &str)> {
        self.head.lines().skip(1).filter_map(|line| line.split_once(": "))
    }
}

/// A running origin. Dropping it ends its listener.
#[derive(Debug)]
pub struct Origin {
    address: SocketAddr,
    seen: Receiver<Seen>,
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    accepted: AtomicUsize,
    requests: AtomicUsize,
    stopped: AtomicBool,
    released: Mutex<bool>,
    changed: Condvar,
}

impl Shared {
    fn release(&self) {
        *self.released.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.changed.notify_all();
    }

    fn stall(&self) {
        let released = self.released.lock().unwrap_or_else(PoisonError::into_inner);
        let _released = self.changed.wait_timeout_while(released, PATIENCE, |released| !*released);
    }
}

impl Origin {
    /// Plays one script a connection, in the order they are accepted. Connections beyond the
    /// scripts are closed at once.
    pub fn scripted(scripts: Vec<Vec<Act>>) -> Self {
        Self::start(move |mut line, number| {
            let script = scripts.get(number).map_or(&[][..], Vec::as_slice);
            let _ends = script.iter().all(|act| line.play(act));
        })
    }

    /// Plays the same script on every connection.
    pub fn always(script: Vec<Act>) -> Self {
        Self::start(move |mut line, _| {
            let _ends = script.iter().all(|act| line.play(act));
        })
    }

    /// Answers every request with 200 and the head and content it received.
    pub fn echo() -> Self {
        Self::answering(|seen| {
            let mut body = seen.head.clone().into_bytes();
            body.extend_from_slice(&seen.raw);
            let mut answer = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n", body.len());
            answer.push_str("Content-Type: message/http\r\n\r\n");
            let mut answer = answer.into_bytes();
            if !seen.head.starts_with("HEAD ") {
                answer.extend_from_slice(&body);
            }
            answer
        })
    }

    /// Answers every request with the bytes that `answer` makes of it, on kept connections.
    pub fn answering(answer: impl Fn(&Seen) -> Vec<u8> + Send + Sync + 'static) -> Self {
        Self::acting(move |seen| vec![Act::Send(answer(seen))])
    }

    /// Plays on every request the acts that `acts` makes of it, on kept connections.
    pub fn acting(acts: impl Fn(&Seen) -> Vec<Act> + Send + Sync + 'static) -> Self {
        Self::start(move |mut line, _| {
            while let Some(seen) = line.request() {
                let acts = acts(&seen);
                line.show(seen);
                if !acts.iter().all(|act| line.play(act)) {
                    return;
                }
            }
        })
    }

    /// Accepts nothing, and lets no connection be established: the listener is full.
    pub fn unreachable() -> (Self, Vec<TcpStream>) {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None).expect("a socket");
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        socket.bind(&any.into()).and_then(|()| socket.listen(0)).expect("loopback has a free port");
        let listener = TcpListener::from(socket);
        let address = listener.local_addr().expect("a bound socket has an address");
        let full = Duration::from_millis(100);
        let fill = std::iter::from_fn(|| TcpStream::connect_timeout(&address, full).ok());
        let waiting = fill.collect();
        let (_, seen) = channel();
        let shared = Arc::new(Shared::default());
        let theirs = shared.clone();
        thread::spawn(move || {
            theirs.stall();
            drop(listener);
        });
        (Self { address, seen, shared }, waiting)
    }

    fn start(play: impl Fn(Line, usize) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
        let address = listener.local_addr().expect("a bound socket has an address");
        let (sender, seen) = channel();
        let shared = Arc::new(Shared::default());
        let (theirs, play) = (shared.clone(), Arc::new(play));
        thread::spawn(move || {
            for stream in listener.incoming() {
                if theirs.stopped.load(Ordering::Acquire) {
                    return;
                }
                let Ok(stream) = stream else { continue };
                let number = theirs.accepted.fetch_add(1, Ordering::AcqRel);
                let line = Line::new(stream, number, sender.clone(), theirs.clone());
                let play = play.clone();
                thread::spawn(move || play(line, number));
            }
        });
        Self { address, seen, shared }
    }

    /// For example `127.0.0.1:41234`.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The next request; panics if none comes.
    pub fn request(&self) -> Seen {
        match self.seen.recv_timeout(PATIENCE) {
            Ok(seen) => seen,
            Err(error) => panic!("the origin received no request: {error}"),
        }
    }

    /// A request that has been received and not been asked for yet.
    pub fn received(&self) -> Option<Seen> {
        self.seen.try_recv().ok()
    }

    /// Connections so far.
    pub fn accepted(&self) -> usize {
        self.shared.accepted.load(Ordering::Acquire)
    }

    /// Heads so far.
    pub fn requests(&self) -> usize {
        self.shared.requests.load(Ordering::Acquire)
    }

    /// Lets every stalled connection go on.
    pub fn release(&self) {
        self.shared.release();
    }
}

impl Drop for Origin {
    fn drop(&mut self) {
        self.shared.stopped.store(true, Ordering::Release);
        self.shared.release();
        // The listener waits for a connection; whether it still does is all the same.
        let _ = TcpStream::connect(self.address);
    }
}

/// A connection that a script plays on.
struct Line {
    stream: TcpStream,
    number: usize,
    unread: Vec<u8>,
    /// A head whose content has not been read.
    open: Option<Seen>,
    sender: Sender<Seen>,
    shared: Arc<Shared>,
}

impl Line {
    fn new(stream: TcpStream, number: usize, sender: Sender<Seen>, shared: Arc<Shared>) -> Self {
        stream.set_nodelay(true).expect("a socket takes TCP_NODELAY");
        stream.set_read_timeout(Some(PATIENCE)).expect("a socket takes a read timeout");
        stream.set_write_timeout(Some(PATIENCE)).expect("a socket takes a write timeout");
        Self { stream, number, unread: Vec::new(), open: None, sender, shared }
    }

    /// Plays one act; false ends the script.
    fn play(&mut self, act: &Act) -> bool {
        match act {
            Act::Request => self.request().map(|seen| self.show(seen)).is_some(),
            Act::Head => {
                self.open = self.head();
                self.open.clone().map(|seen| self.show(seen)).is_some()
            }
            Act::Content => {
                let seen = self.open.take().and_then(|seen| self.content(seen));
                seen.map(|seen| self.show(seen)).is_some()
            }
            Act::ReadToEnd => {
                while self.fill() {
                    self.unread.clear();
                }
                true
            }
            Act::Send(bytes) => self.stream.write_all(bytes).is_ok(),
            Act::SendPieces(pieces) => pieces.iter().all(|p| self.stream.write_all(p).is_ok()),
            Act::Flood(bytes) => {
                while self.stream.write_all(bytes).is_ok() {}
                true
            }
            Act::Stall => {
                self.shared.stall();
                true
            }
            Act::Reset => {
                let linger = SockRef::from(&self.stream).set_linger(Some(Duration::ZERO));
                linger.expect("a socket takes SO_LINGER");
                false
            }
            Act::HalfClose => self.stream.shutdown(Shutdown::Write).is_ok(),
            Act::Close => false,
            Act::Tell => {
                self.tell(String::new());
                true
            }
            Act::SendUntilBlocked(patience) => {
                self.stream.set_write_timeout(Some(*patience)).expect("a socket takes a timeout");
                let mut sent = 0;
                while let Ok(count) = self.stream.write(&[0; 64 * 1024]) {
                    sent += count;
                }
                self.tell(sent.to_string());
                true
            }
        }
    }

    fn tell(&self, head: String) {
        self.show(Seen { connection: self.number, head, raw: Vec::new(), body: Vec::new() });
    }

    fn show(&self, seen: Seen) {
        // A test that has ended looks at nothing any more.
        let _ = self.sender.send(seen);
    }

    fn head(&mut self) -> Option<Seen> {
        let head = self.until(b"\r\n\r\n")?;
        self.shared.requests.fetch_add(1, Ordering::AcqRel);
        let head = String::from_utf8_lossy(&head).into_owned();
        Some(Seen { connection: self.number, head, raw: Vec::new(), body: Vec::new() })
    }

    fn request(&mut self) -> Option<Seen> {
        let seen = self.head()?;
        self.content(seen)
    }

    /// Reads what the head announces.
    fn content(&mut self, mut seen: Seen) -> Option<Seen> {
        if seen.field("transfer-encoding").is_some() {
            loop {
                let line = self.until(b"\r\n")?;
                let size = std::str::from_utf8(&line).ok()?.trim_end();
                let size = usize::from_str_radix(size, 16).ok()?;
                let chunk = self.take(size + 2)?;
                seen.body.extend_from_slice(&chunk[..size]);
                seen.raw.extend_from_slice(&line);
                seen.raw.extend_from_slice(&chunk);
                if size == 0 {
                    return Some(seen);
                }
            }
        }
        let length = seen.field("content-length").map_or(0, |value| value.parse().unwrap_or(0));
        seen.raw = self.take(length)?;
        seen.body.clone_from(&seen.raw);
        Some(seen)
    }

    fn until(&mut self, mark: &[u8]) -> Option<Vec<u8>> {
        loop {
            let found = self.unread.windows(mark.len()).position(|part| part == mark);
            if let Some(at) = found {
                return Some(self.unread.drain(..at + mark.len()).collect());
            }
            if !self.fill() {
                return None;
            }
        }
    }

    fn take(&mut self, length: usize) -> Option<Vec<u8>> {
        while self.unread.len() < length {
            if !self.fill() {
                return None;
            }
        }
        Some(self.unread.drain(..length).collect())
    }

    fn fill(&mut self) -> bool {
        let mut buffer = [0; 64 * 1024];
        match self.stream.read(&mut buffer) {
            Ok(length) => {
                self.unread.extend_from_slice(&buffer[..length]);
                length > 0
            }
            Err(_) => false,
        }
    }
}
