//! Tools that `.ci/setup test` installs beside the Debian packages of everybody.

use std::path::{Path, PathBuf};

/// The Python that has the library `h2`: an environment below `target/` of the repository, wherever
/// cargo builds.
pub fn python_with_h2() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let python = root.join("target/python-h2/bin/python3");
    assert!(python.exists(), "no {}: run `.ci/setup test`", python.display());
    python
}
