//! Every package in the build has a licence that `deny.toml` allows.

use super::policy::Policy;
use super::spdx;
use crate::metadata::Package;
use crate::problem::Problem;

pub(super) fn check(policy: &Policy, packages: &[Package]) -> Vec<Problem> {
    packages.iter().filter_map(|package| wrong(policy, package)).collect()
}

fn wrong(policy: &Policy, package: &Package) -> Option<Problem> {
    let Package { name, version, license } = package;
    let more = policy.exceptions.get(name);
    let allowed = |licence: &str| {
        policy.allowed.contains(licence) || more.is_some_and(|m| m.contains(licence))
    };
    let why = match license {
        None => "states no licence".to_owned(),
        Some(expression) => match spdx::satisfied(expression, &allowed) {
            Some(true) => return None,
            Some(false) => format!("is under `{expression}`, which deny.toml does not allow"),
            None => format!("states `{expression}`, which is no SPDX expression"),
        },
    };
    let text = format!("{name} {version} {why}; use another package");
    Some(Problem::new("Cargo.lock", 1, text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn licences_are_held_against_the_list() {
        let policy = Policy::parse(
            "[licenses]\nallow = [\"MIT\"]\n\
             exceptions = [{ crate = \"minicbor\", allow = [\"BlueOak-1.0.0\"] }]\n",
        )
        .unwrap();
        let check = |name: &str, license: Option<&str>, expected: &[&str]| {
            let license = license.map(str::to_owned);
            let packages = [Package { name: name.into(), version: "1.0.0".into(), license }];
            let found: Vec<String> =
                check(&policy, &packages).iter().map(ToString::to_string).collect();
            assert_eq!(found, expected, "{name}");
        };
        check("a", Some("MIT OR GPL-2.0-only"), &[]);
        check("minicbor", Some("BlueOak-1.0.0"), &[]);
        let text = "Cargo.lock:1: b 1.0.0 is under `BlueOak-1.0.0`, \
                    which deny.toml does not allow; use another package";
        check("b", Some("BlueOak-1.0.0"), &[text]);
        check("c", None, &["Cargo.lock:1: c 1.0.0 states no licence; use another package"]);
        let text = "Cargo.lock:1: d 1.0.0 states `MIT OR`, which is no SPDX expression; \
                    use another package";
        check("d", Some("MIT OR"), &[text]);
    }
}
