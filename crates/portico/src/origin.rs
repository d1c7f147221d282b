//! The example origin: files of a directory as an HTTP backend.
//!
//! `books.json` answers GET and HEAD of `/books`; `orders.POST.json` answers POST of `/orders` with
//! 201, and likewise for other methods with 200. A file that is not JSON answers under its whole
//! name. Everything is read at the start, so a request is one lookup and reaches no file.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use crate::failure::Failure;
use crate::reply::Reply;

/// Files of one origin.
const FILES_MAX: usize = 1000;
/// Bytes of one file.
const FILE_BYTES_MAX: u64 = 1024 * 1024;
/// Directories below each other.
const DEPTH_MAX: usize = 16;
/// Names looked at: links that lead round in circles come to an end.
const ENTRIES_MAX: usize = 10_000;

/// The answers of one origin: `GET /books` to what it answers.
#[derive(Clone, Debug, Default)]
pub(crate) struct Files {
    answers: HashMap<String, Reply>,
}

impl Files {
    /// Reads every file of the directory and those below it.
    pub(crate) fn read(directory: &Path) -> Result<Self, Failure> {
        let shown = directory.display();
        let root = directory.canonicalize().map_err(|error| {
            Failure::new(format!("cannot read the origin's directory {shown}: {error}"))
                .help("`directory` of [[origin]] is relative to portico.toml")
        })?;
        let mut files = Self::default();
        let mut walk = Walk { root: &root, entries: 0 };
        walk.directory(&root, "", 0, &mut files).map_err(|problem| {
            Failure::new(format!("the origin's directory {shown} cannot be served: {problem}"))
        })?;
        Ok(files)
    }

    /// How many answers there are.
    pub(crate) fn len(&self) -> usize {
        self.answers.len()
    }

    /// The answer to a request; the path is compared as it is, the query is no part of it.
    pub(crate) fn answer(&self, method: &str, path: &str) -> Reply {
        let read = if method == "HEAD" { "GET" } else { method };
        match self.answers.get(&format!("{read} {path}")) {
            Some(reply) => reply.clone(),
            None => {
                Reply::message(404, &format!("the example origin has no file for {read} {path}"))
            }
        }
    }

    fn add(&mut self, path: &str, content: Vec<u8>) {
        let (method, path, content_type) = match path.strip_suffix(".json") {
            Some(stem) => {
                let (method, path) = split_method(stem);
                (method, path, "application/json")
            }
            None => ("GET", path, media_type(path)),
        };
        let status = if method == "POST" { 201 } else { 200 };
        let reply = Reply::new(status, content_type, content);
        self.answers.insert(format!("{method} {path}"), reply);
    }
}

/// `orders.POST` is POST of `orders`; anything else is GET.
fn split_method(stem: &str) -> (&str, &str) {
    match stem.rsplit_once('.') {
        Some((path, method @ ("POST" | "PUT" | "PATCH" | "DELETE" | "OPTIONS"))) => (method, path),
        _ => ("GET", stem),
    }
}

fn media_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map(|(_, end)| end) {
        Some("txt") => "text/plain; charset=utf-8",
        Some("html") => "text/html; charset=utf-8",
        _ => "application/octet-stream",
    }
}

struct Walk<'a> {
    root: &'a Path,
    entries: usize,
}

impl Walk<'_> {
    fn directory(
        &mut self,
        directory: &Path,
        prefix: &str,
        depth: usize,
        files: &mut Files,
    ) -> Result<(), String> {
        let unreadable =
            |path: &Path, error: std::io::Error| format!("{}: {error}", path.display());
        if depth > DEPTH_MAX {
            return Err(format!("more than {DEPTH_MAX} directories below each other"));
        }
        for entry in std::fs::read_dir(directory).map_err(|error| unreadable(directory, error))? {
            let entry = entry.map_err(|error| unreadable(directory, error))?;
            self.entries += 1;
            if self.entries > ENTRIES_MAX {
                return Err(format!("more than {ENTRIES_MAX} names in it"));
            }
            let name = entry.file_name();
            let Some(name) = name.to_str().filter(|name| is_segment(name)) else { continue };
            let path = entry.path();
            let real = path.canonicalize().map_err(|error| unreadable(&path, error))?;
            if !real.starts_with(self.root) {
                return Err(format!("{} leads out of it", path.display()));
            }
            let answered = format!("{prefix}/{name}");
            if real.is_dir() {
                self.directory(&real, &answered, depth + 1, files)?;
            } else {
                files.add(&answered, self.file(&path, real)?);
            }
            if files.len() > FILES_MAX {
                return Err(format!("more than {FILES_MAX} files"));
            }
        }
        Ok(())
    }

    fn file(&self, path: &Path, real: PathBuf) -> Result<Vec<u8>, String> {
        let metadata = real.metadata().map_err(|error| format!("{}: {error}", path.display()))?;
        if !metadata.is_file() || metadata.len() > FILE_BYTES_MAX {
            return Err(format!("{} is no file of at most 1 MiB", path.display()));
        }
        std::fs::read(real).map_err(|error| format!("{}: {error}", path.display()))
    }
}

/// Names that stand in a path as they are; hidden files are left out.
fn is_segment(name: &str) -> bool {
    let legal = |b: u8| b.is_ascii_alphanumeric() || b"_.-".contains(&b);
    !name.starts_with('.') && name.bytes().all(legal)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files() -> Files {
        let mut files = Files::default();
        for path in
            ["/books.json", "/books/1.json", "/orders.POST.json", "/a/read.me.txt", "/v1.0.json"]
        {
            files.add(path, path.as_bytes().to_vec());
        }
        files
    }

    #[test]
    fn a_file_answers_the_path_and_method_of_its_name() {
        let check = |method: &str, path: &str, status: u16, body: &str| {
            let reply = files().answer(method, path);
            assert_eq!((reply.status, &*reply.body), (status, body.as_bytes()), "{method} {path}");
        };
        check("GET", "/books", 200, "/books.json");
        check("HEAD", "/books", 200, "/books.json");
        check("GET", "/books/1", 200, "/books/1.json");
        check("GET", "/v1.0", 200, "/v1.0.json");
        check("POST", "/orders", 201, "/orders.POST.json");
        check("GET", "/a/read.me.txt", 200, "/a/read.me.txt");
    }

    #[test]
    fn everything_else_is_not_there() {
        let check = |method: &str, path: &str| {
            assert_eq!(files().answer(method, path).status, 404, "{method} {path}");
        };
        check("GET", "/orders");
        check("POST", "/books");
        check("GET", "/books.json");
        check("GET", "/books/../books");
        check("GET", "/books/%31");
        check("GET", "//books");
        check("GET", "/");
        check("GET", "");
    }

    #[test]
    fn hidden_and_odd_names_are_no_segments() {
        let check = |name: &str, legal: bool| assert_eq!(is_segment(name), legal, "{name}");
        check("books.json", true);
        check(".env", false);
        check("..", false);
        check("a b", false);
        check("ü", false);
    }
}
