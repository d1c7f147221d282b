//! A heavy dependency enters the house through its own door.
//!
//! Only what ships counts: a test may use any of them, and the test kit has the sockets it needs to
//! play origins that misbehave.

use crate::manifest::Kind;
use crate::problem::Problem;
use crate::repository::Repository;

/// Foreign package, and our packages that may name it.
const DOORS: [(&str, &[&str]); 12] = [
    (
        "tokio",
        &[
            "portico-net",
            "portico-store",
            "portico-cluster",
            "portico-lambda",
            "portico",
            "portico-testkit",
        ],
    ),
    ("socket2", &["portico-net", "portico", "portico-testkit"]),
    ("h2", &["portico-net"]),
    ("rustls", &["portico-net"]),
    ("tokio-rustls", &["portico-net"]),
    ("rustls-webpki", &["portico-net"]),
    ("rustls-native-certs", &["portico-net"]),
    ("rusqlite", &["portico-store"]),
    ("tokio-postgres", &["portico-store"]),
    ("redis", &["portico-cluster"]),
    ("clap", &["portico", "xtask"]),
    ("anyhow", &["portico", "xtask"]),
];

/// Every dependency that came in by a window.
pub(super) fn check(repository: &Repository) -> Vec<Problem> {
    super::manifests(repository, |path, manifest| {
        let mut problems = Vec::new();
        for dependency in manifest.dependencies.iter().filter(|d| d.kind == Kind::Normal) {
            let door = DOORS.iter().find(|(package, _)| *package == dependency.package);
            if let Some((package, crates)) = door.filter(|(_, c)| !c.contains(&&*manifest.name)) {
                let text = format!(
                    "`{package}` enters only through {}; use what that crate offers",
                    crates.join(", ")
                );
                problems.push(Problem::new(path, dependency.line, text));
            }
        }
        problems
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heavy_packages_keep_to_their_doors() {
        let check = |name: &str, table: &str, package: &str, expected: &[&str]| {
            let manifest = format!("[package]\nname = \"{name}\"\n[{table}]\n{package} = \"1\"\n");
            let problems = check(&Repository::of(&[("crates/x/Cargo.toml", &manifest)]));
            let found: Vec<String> = problems.iter().map(ToString::to_string).collect();
            assert_eq!(found, expected, "{name} [{table}] {package}");
        };
        check("portico-net", "dependencies", "tokio", &[]);
        check("portico-gateway", "dependencies", "memchr", &[]);
        check("portico-gateway", "dev-dependencies", "tokio", &[]);
        let text = "crates/x/Cargo.toml:4: `anyhow` enters only through portico, xtask; \
                    use what that crate offers";
        check("portico-gateway", "dependencies", "anyhow", &[text]);
        let text = "crates/x/Cargo.toml:4: `redis` enters only through portico-cluster; \
                    use what that crate offers";
        check("portico-net", "build-dependencies", "redis", &[text]);
    }
}
