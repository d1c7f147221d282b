//! Arrows between our crates point one way: house -> rooms -> doors -> words.
//!
//! The table below is the law; `ARCHITECTURE.md` explains it. A crate that is not in the table has
//! no floor yet and is refused until somebody gives it one.

use crate::manifest::{Kind, Manifest};
use crate::problem::Problem;
use crate::repository::Repository;

/// Where a crate lives, with what is special about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Floor {
    /// Pure functions and values; names only these other words.
    Word(&'static [&'static str]),
    /// All the I/O; names words.
    Door,
    /// Behaviour; names doors and words but these.
    Room(&'static [&'static str]),
    /// The binary; names everything but the tools.
    House,
    /// The test kit; names everything below the house.
    Kit,
    /// Developer tools; name none of ours.
    Tool,
}

/// The floor of a crate, by its package name without `portico-`.
fn floor(name: &str) -> Option<Floor> {
    Some(match name {
        "model" | "vtl" | "sigv4" | "policy" => Floor::Word(&[]),
        "wire" => Floor::Word(&["model"]),
        "import" | "snapshot" => Floor::Word(&["model", "vtl", "policy"]),
        "net" | "store" | "cluster" => Floor::Door,
        "gateway" => Floor::Room(&["store", "wire", "import"]),
        "lambda" => Floor::Room(&[]),
        _ if name.starts_with("svc-") => Floor::Room(&["net"]),
        "portico" => Floor::House,
        "testkit" => Floor::Kit,
        "xtask" => Floor::Tool,
        _ => return None,
    })
}

/// Whether a crate on `from` may name the crate `to`, which lives on `on`.
fn allowed(from: Floor, to: &str, on: Floor) -> bool {
    match (from, on) {
        (_, Floor::House | Floor::Kit | Floor::Tool) | (Floor::Tool, _) => false,
        (Floor::Word(words), _) => words.contains(&to),
        (Floor::Door, on) => matches!(on, Floor::Word(_)),
        (Floor::Room(but), on) => !matches!(on, Floor::Room(_)) && !but.contains(&to),
        (Floor::House | Floor::Kit, _) => true,
    }
}

/// Every arrow of the workspace's manifests that the table does not allow.
pub(super) fn check(repository: &Repository) -> Vec<Problem> {
    super::manifests(repository, |path, manifest| {
        let name = short(&manifest.name);
        let Some(from) = floor(name) else {
            let advice = "give it one in xtask/src/tidy/arrows.rs and in ARCHITECTURE.md";
            return vec![Problem::new(path, 1, format!("crate `{name}` has no floor; {advice}"))];
        };
        arrows(path, name, from, manifest)
    })
}

fn arrows(path: &str, name: &str, from: Floor, manifest: &Manifest) -> Vec<Problem> {
    let ours = |package: &str| package.starts_with("portico") || package == "xtask";
    let mut problems = Vec::new();
    for dependency in manifest.dependencies.iter().filter(|d| ours(&d.package)) {
        let to = short(&dependency.package);
        let test_only = dependency.kind == Kind::Dev && to == "testkit";
        let legal = floor(to).is_some_and(|on| allowed(from, to, on));
        if !test_only && !legal {
            let text = format!("`{name}` may not name `{to}`; {}", advice(from, to));
            problems.push(Problem::new(path, dependency.line, text));
        }
    }
    problems
}

fn advice(from: Floor, to: &str) -> String {
    match (to, from) {
        ("testkit", _) => "move it to [dev-dependencies]".into(),
        (_, Floor::Word([])) => "this word names no other crate".into(),
        (_, Floor::Word(words)) => format!("this word names only {}", words.join(", ")),
        (_, Floor::Door) => "a door names words only; let the house hand the value in".into(),
        (_, Floor::Room(_)) => {
            "declare a port trait here and put its adapter into `portico`".into()
        }
        _ => "turn the arrow round".into(),
    }
}

fn short(package: &str) -> &str {
    package.strip_prefix("portico-").unwrap_or(package)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(name: &str, dependencies: &str) -> Vec<String> {
        let manifest = format!("[package]\nname = \"{name}\"\n{dependencies}");
        let repository = Repository::of(&[("crates/x/Cargo.toml", &manifest)]);
        check(&repository).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn arrows_point_down_the_house() {
        let check = |from: &str, to: &str, legal: bool| {
            let named = problems(from, &format!("[dependencies]\n{to}.workspace = true\n"));
            assert_eq!(named.is_empty(), legal, "{from} -> {to}: {named:?}");
        };
        check("portico-import", "portico-model", true);
        check("portico-snapshot", "portico-vtl", true);
        check("portico-wire", "portico-model", true);
        check("portico-wire", "portico-vtl", false);
        check("portico-model", "portico-snapshot", false);
        check("portico-import", "portico-snapshot", false);
        check("portico-snapshot", "portico-net", false);

        check("portico-net", "portico-model", true);
        check("portico-cluster", "portico-net", false);
        check("portico-net", "portico-gateway", false);

        check("portico-gateway", "portico-net", true);
        check("portico-gateway", "portico-snapshot", true);
        check("portico-gateway", "portico-store", false);
        check("portico-gateway", "portico-wire", false);
        check("portico-gateway", "portico-import", false);
        check("portico-gateway", "portico-lambda", false);
        check("portico-svc-apigateway", "portico-store", true);
        check("portico-svc-apigateway", "portico-net", false);
        check("portico-svc-iam", "portico-svc-cognito", false);

        check("portico", "portico-gateway", true);
        check("portico-gateway", "portico", false);
        check("xtask", "portico-model", false);
        check("portico", "xtask", false);
        check("portico-gateway", "portico-unheard-of", false);
        check("portico-gateway", "serde_json", true);
    }

    #[test]
    fn the_test_kit_is_for_tests() {
        let named = problems("portico-net", "[dev-dependencies]\nportico-testkit = \"*\"\n");
        assert_eq!(named, <[String; 0]>::default());
        let named = problems("portico-net", "[dependencies]\nportico-testkit = \"*\"\n");
        let expected = "crates/x/Cargo.toml:4: `net` may not name `testkit`; \
                        move it to [dev-dependencies]";
        assert_eq!(named, [expected]);
    }

    #[test]
    fn tests_follow_the_arrows_too() {
        let named = problems("portico-net", "[dev-dependencies]\nportico-gateway = \"*\"\n");
        assert_eq!(named.len(), 1);
    }

    #[test]
    fn a_crate_without_a_floor_is_refused() {
        let named = problems("portico-attic", "");
        assert!(named[0].starts_with("crates/x/Cargo.toml:1: crate `attic` has no floor;"));
    }
}
