//! Notices that files were changed, however that is done: written in place, replaced by a rename as
//! editors do it, or by a symbolic link that now leads elsewhere, as Kubernetes does it.
//!
//! The kernel tells that something happened in a directory; whether it concerns the files is seen
//! from what they are now.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use notify::{RecommendedWatcher, RecursiveMode, Watcher};
use tokio::sync::Notify;
use tokio::time::timeout;

use crate::terminal;

/// What the files are, and with that how long they may take to change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Watched {
    /// Pairs, which are not to be read between their halves.
    Certificates,
    /// Definitions and portico.toml: somebody waits for the change to be live.
    Definitions,
}

impl Watched {
    /// Files are looked at when nothing has happened beside them for so long ...
    fn quiet(self) -> Duration {
        match self {
            Self::Certificates => Duration::from_millis(100),
            Self::Definitions => Duration::from_millis(20),
        }
    }

    /// ... and after this time at the latest.
    fn busy(self) -> Duration {
        match self {
            Self::Certificates => Duration::from_secs(1),
            Self::Definitions => Duration::from_millis(100),
        }
    }

    fn noun(self) -> &'static str {
        match self {
            Self::Certificates => "certificate files",
            Self::Definitions => "definitions",
        }
    }
}

/// How often they are looked at without being told: for file systems that tell nothing, and for a
/// directory that was replaced as a whole.
const LOOK_AGAIN: Duration = Duration::from_secs(10);

/// Symbolic links on the way to one file, as the kernel allows (path_resolution(7)).
const LINKS: usize = 40;

/// Which file or directory it is: device and inode.
type Number = (u64, u64);

/// What a file is; it was changed if any of this is another.
#[derive(Debug, PartialEq)]
struct Identity {
    number: Number,
    bytes: u64,
    /// When its content and when its owner or mode was changed: seconds and nanoseconds.
    modified: (i64, i64),
    changed: (i64, i64),
}

/// Files that are watched.
pub(crate) struct Watch {
    watched: Watched,
    files: Vec<PathBuf>,
    /// What they were when they were last looked at.
    known: Vec<Option<Identity>>,
    /// The directories they depend on, and which those were.
    directories: Vec<(PathBuf, Option<Number>)>,
    watcher: Option<RecommendedWatcher>,
    events: Arc<Notify>,
    /// Something has happened since they were last looked at.
    is_due: bool,
}

impl Watch {
    /// Watches these files as they are now; none at all never change.
    pub(crate) fn new(watched: Watched, files: Vec<PathBuf>) -> Self {
        let mut watch = Self {
            watched,
            files,
            known: Vec::new(),
            directories: Vec::new(),
            watcher: None,
            events: Arc::default(),
            is_due: false,
        };
        watch.look();
        watch
    }

    /// Watches these files from now on. What is new among them counts as changed: nobody knows what
    /// it was when it was read.
    pub(crate) fn follow_instead(&mut self, files: Vec<PathBuf>) {
        if files == self.files {
            return;
        }
        let mut known: BTreeMap<_, _> = self.files.drain(..).zip(self.known.drain(..)).collect();
        self.is_due |= files.iter().any(|file| !known.contains_key(file));
        self.known = files.iter().map(|file| known.remove(file).flatten()).collect();
        self.files = files;
        self.follow();
    }

    /// Ready once a file is another than when it was last looked at. It may be dropped at any time.
    pub(crate) async fn changed(&mut self) {
        if self.files.is_empty() {
            return std::future::pending().await;
        }
        loop {
            if !self.is_due {
                // Whether it was told or is time: they are looked at.
                let _ = timeout(LOOK_AGAIN, self.events.notified()).await;
                self.is_due = true;
            }
            self.settle().await;
            if self.look() {
                return;
            }
        }
    }

    /// Looks at the files; whether one is another than before.
    pub(crate) fn look(&mut self) -> bool {
        self.is_due = false;
        // First, so that what happens while they are looked at is told again.
        self.follow();
        let now: Vec<_> = self.files.iter().map(|file| identity(file)).collect();
        std::mem::replace(&mut self.known, now) != self.known
    }

    /// Waits until nothing has happened for a while.
    async fn settle(&self) {
        let time = self.watched.quiet();
        let quiet = async { while timeout(time, self.events.notified()).await.is_ok() {} };
        // Where it is never quiet they are looked at all the same.
        let _ = timeout(self.watched.busy(), quiet).await;
    }

    /// Watches the directories that the files depend on now.
    fn follow(&mut self) {
        let paths: BTreeSet<_> = self.files.iter().flat_map(|file| directories(file)).collect();
        let numbered = paths.into_iter().map(|path| {
            let number = fs::metadata(&path).ok().map(|data| (data.dev(), data.ino()));
            (path, number)
        });
        let directories: Vec<_> = numbered.collect();
        if directories == self.directories {
            return;
        }
        self.directories = directories;
        self.watcher = match self.watcher() {
            Ok(watcher) => Some(watcher),
            Err(error) => {
                let seconds = LOOK_AGAIN.as_secs();
                terminal::warn(&format!(
                    "the {} are looked at every {seconds} seconds only, as the kernel \
                     tells no changes: {error}",
                    self.watched.noun()
                ));
                None
            }
        };
    }

    fn watcher(&self) -> notify::Result<RecommendedWatcher> {
        let events = Arc::clone(&self.events);
        let mut watcher = notify::recommended_watcher(move |event| {
            if !matches!(event, Ok(notify::Event { kind: notify::EventKind::Access(_), .. })) {
                events.notify_one();
            }
        })?;
        for (directory, _) in self.directories.iter().filter(|(_, number)| number.is_some()) {
            watcher.watch(directory, RecursiveMode::NonRecursive)?;
        }
        Ok(watcher)
    }
}

/// `None` if it is not there.
fn identity(file: &Path) -> Option<Identity> {
    let data = fs::metadata(file).ok()?;
    Some(Identity {
        number: (data.dev(), data.ino()),
        bytes: data.len(),
        modified: (data.mtime(), data.mtime_nsec()),
        changed: (data.ctime(), data.ctime_nsec()),
    })
}

/// The directories in which the meaning of this path can change: those of the file, of every
/// symbolic link on the way to it, and of what is not there.
fn directories(file: &Path) -> BTreeSet<PathBuf> {
    let mut found = BTreeSet::new();
    let mut path = std::path::absolute(file).unwrap_or_else(|_| file.to_owned());
    for _ in 0..LINKS {
        match first_link(&path) {
            Walked::Link { parent, target } => {
                found.insert(parent);
                path = target;
            }
            Walked::End { parent } => {
                found.insert(parent);
                break;
            }
        }
    }
    found
}

/// How far a path leads.
enum Walked {
    /// To a symbolic link in `parent`; `target` is the whole path behind it.
    Link { parent: PathBuf, target: PathBuf },
    /// To its file, or to something that is not there, in `parent`.
    End { parent: PathBuf },
}

fn first_link(path: &Path) -> Walked {
    let mut parent = PathBuf::new();
    let mut rest: VecDeque<&OsStr> = path.components().map(Component::as_os_str).collect();
    while let Some(part) = rest.pop_front() {
        let here = match part == ".." {
            true => parent.parent().unwrap_or(&parent).to_owned(),
            false => parent.join(part),
        };
        if let Ok(target) = fs::read_link(&here) {
            let target = rest.iter().fold(parent.join(target), |path, part| path.join(part));
            return Walked::Link { parent, target };
        }
        if rest.is_empty() || !here.exists() {
            return Walked::End { parent };
        }
        parent = here;
    }
    Walked::End { parent }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn only_the_files_themselves_count() {
        let root = std::env::temp_dir().join(format!("portico-watched-{}", std::process::id()));
        fs::create_dir_all(&root).unwrap();
        let files = vec![root.join("a.pem"), root.join("a.key")];
        let mut watch = Watch::new(Watched::Certificates, files);
        let mut check = |file: &str, content: &str, is_changed: bool| {
            fs::write(root.join(file), content).unwrap();
            assert_eq!(watch.look(), is_changed, "{file} {content}");
            assert!(!watch.look(), "twice: {file} {content}");
        };
        check("other.pem", "1", false);
        check("a.pem", "1", true);
        check("other.pem", "2", false);
        check("a.key", "1", true);
        check("a.key", "12", true);
        fs::remove_dir_all(&root).unwrap();
        assert!(watch.look());
    }

    #[test]
    fn a_file_that_is_watched_anew_counts_as_changed_once() {
        let root = std::env::temp_dir().join(format!("portico-anew-{}", std::process::id()));
        fs::create_dir_all(&root).unwrap();
        let (a, b) = (root.join("a.yaml"), root.join("b.yaml"));
        for file in [&a, &b] {
            fs::write(file, "1").unwrap();
        }
        let mut watch = Watch::new(Watched::Definitions, vec![a.clone()]);
        watch.follow_instead(vec![a.clone()]);
        assert!(!watch.is_due && !watch.look());
        watch.follow_instead(vec![a.clone(), b.clone()]);
        assert!(watch.is_due && watch.look() && !watch.look());
        fs::write(&b, "12").unwrap();
        assert!(watch.look());
        // Nobody asks for the first any more.
        watch.follow_instead(vec![b.clone()]);
        fs::write(&a, "12").unwrap();
        assert!(!watch.is_due && !watch.look());
        fs::remove_dir_all(&root).unwrap();
    }

    #[test]
    fn every_directory_in_which_a_path_can_change_is_watched() {
        let root = std::env::temp_dir().join(format!("portico-watch-{}", std::process::id()));
        let root = fs::create_dir_all(&root).and_then(|()| root.canonicalize()).unwrap();
        for directory in ["plain", "mounted/..1", "live", "archive"] {
            fs::create_dir_all(root.join(directory)).unwrap();
        }
        for file in ["plain/a.pem", "mounted/..1/a.pem", "archive/a1.pem"] {
            fs::write(root.join(file), "").unwrap();
        }
        symlink("..1", root.join("mounted/..data")).unwrap();
        symlink("..data/a.pem", root.join("mounted/a.pem")).unwrap();
        symlink("../archive/a1.pem", root.join("live/a.pem")).unwrap();
        symlink("live", root.join("current")).unwrap();
        symlink("loop", root.join("loop")).unwrap();
        let check = |file: &str, expected: &[&str]| {
            let expected: BTreeSet<_> = expected.iter().map(|name| root.join(name)).collect();
            let found = directories(&root.join(file));
            let found: BTreeSet<_> = found.iter().map(|path| path.components().collect()).collect();
            assert_eq!(found, expected, "{file}");
        };
        check("plain/a.pem", &["plain"]);
        check("plain/missing.pem", &["plain"]);
        check("missing/a.pem", &[""]);
        check("mounted/a.pem", &["mounted", "mounted/..1"]);
        check("live/a.pem", &["live", "archive"]);
        check("current/a.pem", &["", "live", "archive"]);
        check("loop", &[""]);
        fs::remove_dir_all(&root).unwrap();
    }
}
