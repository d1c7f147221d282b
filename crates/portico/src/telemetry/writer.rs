//! A thread that writes lines which others have ready, so that none of them waits for a file, a
//! pipe or a terminal.
//!
//! Lines wait in queues of bounded size; what does not fit is dropped and counted. The thread takes
//! what is there and writes it in one piece.

mod queue;
mod target;

use std::io;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, Thread};
use std::time::Duration;

pub(crate) use queue::Queue;
pub(crate) use target::Target;

/// How long lines wait at most.
const PAUSE: Duration = Duration::from_millis(50);

/// How long the end of the process waits for the last lines.
const LAST_LINES: Duration = Duration::from_secs(1);

/// Told when writing fails, and when it works again.
pub(crate) type Tell = Box<dyn Fn(Trouble<'_>) + Send>;

/// What the operator is told of a writer.
pub(crate) enum Trouble<'a> {
    /// Nothing can be written; told once until it works again.
    Write(&'a io::Error),
    /// It works again; so many lines were lost meanwhile.
    Over { lost: u64 },
    /// The file cannot be opened again; the lines go on into the one that is open.
    Reopen(&'a io::Error),
}

/// A thread that writes to one target.
#[derive(Debug)]
pub(crate) struct Writer {
    shared: Arc<Shared>,
    thread: Thread,
    wake: Wake,
    /// Disconnected once the thread has ended.
    ended: Mutex<Receiver<()>>,
}

/// What the thread and its owner share.
#[derive(Debug, Default)]
struct Shared {
    queues: Mutex<Vec<Arc<Queue>>>,
    reopen: AtomicBool,
    end: AtomicBool,
    /// Lines that were taken and could not be written.
    lost: AtomicU64,
}

/// When the thread looks for lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wake {
    /// Twenty times a second, or when a queue has much: for many lines.
    Often,
    /// Whenever there is one: for few.
    ForEach,
}

/// Lines so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Lines {
    /// Taken in, whether they are written by now or not.
    pub(crate) taken: u64,
    /// Lost: there was no room for them, or they could not be written.
    pub(crate) dropped: u64,
}

impl Writer {
    /// Starts the thread.
    pub(crate) fn start(name: &str, target: Target, wake: Wake, tell: Tell) -> io::Result<Self> {
        let shared = Arc::new(Shared::default());
        let (alive, ended) = channel();
        let mut desk = Desk {
            shared: Arc::clone(&shared),
            target,
            tell,
            batch: Vec::new(),
            wake,
            failing: false,
            _alive: alive,
        };
        let handle = thread::Builder::new().name(name.to_owned()).spawn(move || desk.run())?;
        let thread = handle.thread().clone();
        Ok(Self { shared, thread, wake, ended: Mutex::new(ended) })
    }

    /// A queue of at most so many bytes, for one thread that writes lines or a few.
    pub(crate) fn queue(&self, bytes: usize) -> Arc<Queue> {
        let queue = Arc::new(Queue::new(bytes, self.wake, self.thread.clone()));
        self.queues().push(Arc::clone(&queue));
        queue
    }

    /// Opens the file anew: what was taken in before goes where it would have gone.
    pub(crate) fn reopen(&self) {
        self.shared.reopen.store(true, Ordering::Release);
        self.thread.unpark();
    }

    /// Lines of all queues.
    pub(crate) fn lines(&self) -> Lines {
        let mut lines = Lines { taken: 0, dropped: self.shared.lost.load(Ordering::Relaxed) };
        for queue in self.queues().iter() {
            let Lines { taken, dropped } = queue.lines();
            lines.taken += taken;
            lines.dropped += dropped;
        }
        lines
    }

    /// Writes what is there and ends the thread, or leaves it behind if that takes too long.
    pub(crate) fn end(&self) {
        self.shared.end.store(true, Ordering::Release);
        self.thread.unpark();
        // Either it says that the thread has ended, or that it is stuck in a write.
        let _ = self.ended.lock().unwrap_or_else(PoisonError::into_inner).recv_timeout(LAST_LINES);
    }

    fn queues(&self) -> std::sync::MutexGuard<'_, Vec<Arc<Queue>>> {
        self.shared.queues.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What the thread works with.
struct Desk {
    shared: Arc<Shared>,
    target: Target,
    tell: Tell,
    /// Goes to and fro between here and the queues.
    batch: Vec<u8>,
    wake: Wake,
    failing: bool,
    _alive: Sender<()>,
}

impl Desk {
    fn run(&mut self) {
        loop {
            // Both are looked at before the queues are: what came in before is written.
            let end = self.shared.end.load(Ordering::Acquire);
            let reopen = self.shared.reopen.swap(false, Ordering::AcqRel);
            self.write_all();
            if reopen && let Err(error) = self.target.reopen() {
                (self.tell)(Trouble::Reopen(&error));
            }
            if end {
                return;
            }
            match self.wake {
                Wake::Often => thread::park_timeout(PAUSE),
                Wake::ForEach => thread::park(),
            }
        }
    }

    fn write_all(&mut self) {
        let queues = self.shared.queues.lock().unwrap_or_else(PoisonError::into_inner).clone();
        for queue in &queues {
            for half in 0..Queue::HALVES {
                queue.take(half, &mut self.batch);
                if !self.batch.is_empty() {
                    self.write();
                }
            }
        }
    }

    fn write(&mut self) {
        match self.target.write(&self.batch) {
            Ok(()) if self.failing => {
                self.failing = false;
                (self.tell)(Trouble::Over { lost: self.shared.lost.load(Ordering::Relaxed) });
            }
            Ok(()) => {}
            Err(failed) => {
                self.shared.lost.fetch_add(failed.lines, Ordering::Relaxed);
                if !std::mem::replace(&mut self.failing, true) {
                    (self.tell)(Trouble::Write(&failed.error));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs::{self, File};
    use std::os::fd::OwnedFd;
    use std::path::PathBuf;

    use super::*;

    fn writer(target: Target) -> Writer {
        Writer::start("test", target, Wake::Often, Box::new(|_| {})).unwrap()
    }

    fn path(name: &str) -> PathBuf {
        std::env::temp_dir().join(format!("portico-writer-{}-{name}", std::process::id()))
    }

    #[test]
    fn every_line_of_every_thread_is_written_once_and_whole() {
        let path = path("whole");
        let writer = writer(Target::file(&path).unwrap());
        thread::scope(|scope| {
            for number in 0..4 {
                let queue = writer.queue(1 << 20);
                scope.spawn(move || {
                    for line in 0..5000 {
                        queue.push(|out| out.extend(format!("{number} {line}\n").into_bytes()));
                    }
                });
            }
        });
        writer.end();
        assert_eq!(writer.lines(), Lines { taken: 20_000, dropped: 0 });
        let text = fs::read_to_string(&path).unwrap();
        fs::remove_file(&path).unwrap();
        for number in 0..4 {
            let prefix = format!("{number} ");
            let lines = text.lines().filter_map(|line| line.strip_prefix(&prefix));
            assert!(lines.map(|line| line.parse::<usize>().unwrap()).eq(0..5000), "of {number}");
        }
    }

    #[test]
    fn a_pipe_that_nobody_reads_holds_nobody_up() {
        let (reader, sender) = io::pipe().unwrap();
        let writer = writer(Target::of(File::from(OwnedFd::from(sender))));
        let queue = writer.queue(64 * 1024);
        // Much more than the pipe and the queue take together.
        let line = [b'x'; 1023];
        for _ in 0..2000 {
            queue.push(|out| {
                out.extend(line);
                out.push(b'\n');
            });
        }
        let Lines { taken, dropped } = writer.lines();
        assert_eq!(taken + dropped, 2000);
        assert!(dropped > 1000, "{dropped}");
        drop(reader);
        writer.end();
        assert!(writer.lines().dropped >= dropped);
    }

    #[test]
    fn a_renamed_file_is_left_when_it_is_opened_anew() {
        let (path, moved) = (path("new"), path("old"));
        let writer = writer(Target::file(&path).unwrap());
        let queue = writer.queue(1 << 20);
        queue.push(|out| out.extend(b"before\n"));
        fs::rename(&path, &moved).unwrap();
        writer.reopen();
        // The thread takes the wish up before it looks at the queue again, or after it.
        while !path.exists() {
            thread::yield_now();
        }
        queue.push(|out| out.extend(b"after\n"));
        writer.end();
        let read = |path: &PathBuf| fs::read_to_string(path).unwrap();
        assert_eq!((read(&moved), read(&path)), ("before\n".to_owned(), "after\n".to_owned()));
        fs::remove_file(&path).unwrap();
        fs::remove_file(&moved).unwrap();
    }

    #[test]
    fn what_cannot_be_written_is_counted_and_told_once() {
        let Ok(full) = File::options().write(true).open("/dev/full") else { return };
        let told = Arc::new(AtomicU64::new(0));
        let count = Arc::clone(&told);
        let tell = Box::new(move |_: Trouble<'_>| {
            count.fetch_add(1, Ordering::Relaxed);
        });
        let writer = Writer::start("test", Target::of(full), Wake::ForEach, tell).unwrap();
        let queues = [writer.queue(1024), writer.queue(1024)];
        for queue in &queues {
            queue.push(|out| out.extend(b"a\n"));
        }
        writer.end();
        assert_eq!(writer.lines(), Lines { taken: 2, dropped: 2 });
        assert_eq!(told.load(Ordering::Relaxed), 1);
    }
}
