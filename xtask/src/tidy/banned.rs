//! Packages that may not be in the tree, by whatever way: each has a better one in its place.

use super::policy::Policy;
use crate::metadata::Package;
use crate::problem::Problem;
use crate::repository::Repository;

pub(super) fn check(
    policy: &Policy,
    repository: &Repository,
    packages: &[Package],
) -> Vec<Problem> {
    let is_built = |name: &str| packages.iter().any(|package| package.name == name);
    let lock = repository.text("Cargo.lock").unwrap_or_default();
    let mut problems = Vec::new();
    for (index, line) in lock.lines().enumerate() {
        let name = line.strip_prefix("name = \"").and_then(|rest| rest.strip_suffix('"'));
        if let Some(name) = name.filter(|name| policy.banned.contains(*name) && is_built(name)) {
            let text = format!("`{name}` is banned; see who brings it: cargo tree -i {name}");
            problems.push(Problem::new("Cargo.lock", index + 1, text));
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_banned_package_is_found_in_the_lock_file() {
        let policy = Policy::parse("[licenses]\n[bans]\ndeny = [{ crate = \"ring\" }]\n").unwrap();
        let lock = "[[package]]\nname = \"spring\"\n\n[[package]]\nname = \"ring\"\n";
        let repository = Repository::of(&[("Cargo.lock", lock)]);
        let ring = Package { name: "ring".into(), version: "1.0.0".into(), license: None };
        let found = check(&policy, &repository, &[ring]);
        let expected = "Cargo.lock:5: `ring` is banned; see who brings it: cargo tree -i ring";
        assert_eq!(found.iter().map(ToString::to_string).collect::<Vec<_>>(), [expected]);
        // A lock file may name what is never built.
        assert!(check(&policy, &repository, &[]).is_empty());
    }
}
