//! Which stage a request is for, and which path in it.

use portico_net::RequestHead;
use portico_snapshot::Snapshot;

use crate::fault::Fault;

/// A stage and the rest of the path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Addressed<'a> {
    /// Index of the stage in its snapshot.
    pub(crate) stage: usize,
    /// Path after the stage, for example `/pets/7`; may be empty.
    pub(crate) path: &'a [u8],
    /// Whether the stage stands in the path that the client sees (`$context.path`).
    pub(crate) names_stage: bool,
}

/// Finds the stage by the host, by the path, or because only one is served.
pub(crate) fn find<'a>(snapshot: &Snapshot, head: &'a RequestHead) -> Result<Addressed<'a>, Fault> {
    // No `ok_or`: see `Fault`.
    let Some(found) = resolve(snapshot, head.host(), head.path()) else {
        return Err(Fault::NoSuchStage);
    };
    Ok(found)
}

fn resolve<'a>(snapshot: &Snapshot, host: &[u8], path: &'a [u8]) -> Option<Addressed<'a>> {
    if let Some(api) = api_of_host(host) {
        // Before the stage a doubled slash counts as one.
        let path = &path[path.iter().take_while(|byte| **byte == b'/').count()..];
        return in_stage(snapshot, api, path);
    }
    if let Some(rest) = path.strip_prefix(b"/_aws/execute-api/") {
        let (api, rest) = split(rest);
        return in_stage(snapshot, api, rest.strip_prefix(b"/").unwrap_or(rest));
    }
    if let Some(addressed) = by_user_request(snapshot, path) {
        return Some(addressed);
    }
    let stage = snapshot.root()?.0;
    Some(Addressed { stage, path, names_stage: false })
}

/// `/restapis/{apiId}/{stage}/_user_request_/...`
fn by_user_request<'a>(snapshot: &Snapshot, path: &'a [u8]) -> Option<Addressed<'a>> {
    let (api, rest) = split(path.strip_prefix(b"/restapis/")?);
    let (stage, rest) = split(rest.strip_prefix(b"/")?);
    let path = rest.strip_prefix(b"/_user_request_")?;
    if !path.is_empty() && !path.starts_with(b"/") {
        return None;
    }
    let stage = snapshot.find(api, stage)?.0;
    Some(Addressed { stage, path, names_stage: true })
}

/// `{stage}/...`, the stage without a slash before it.
fn in_stage<'a>(snapshot: &Snapshot, api: &[u8], path: &'a [u8]) -> Option<Addressed<'a>> {
    let (stage, path) = split(path);
    let stage = snapshot.find(api, stage)?.0;
    Some(Addressed { stage, path, names_stage: true })
}

/// The first segment, and the rest with its slash.
fn split(path: &[u8]) -> (&[u8], &[u8]) {
    let end = path.iter().position(|byte| *byte == b'/').unwrap_or(path.len());
    path.split_at(end)
}

/// The API id of `{apiId}.execute-api.<anything>`.
fn api_of_host(host: &[u8]) -> Option<&[u8]> {
    let dot = host.iter().position(|byte| *byte == b'.')?;
    let label = b"execute-api.";
    let rest = host.get(dot + 1..dot + 1 + label.len())?;
    rest.eq_ignore_ascii_case(label).then_some(&host[..dot])
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use portico_model::RestApiId;
    use portico_snapshot::{RestStage, StageIndex};

    use super::*;

    #[test]
    fn stages_are_found_by_host_by_path_and_alone() {
        let id = RestApiId::derive("openapi.yaml", "Pets");
        let stage = RestStage::empty(id, "Pets", "prod".parse().unwrap());
        let id = stage.api_id.as_str().to_owned();
        let host = format!("{id}.execute-api.localhost:8080");
        let snapshot = Snapshot::new(1, vec![Arc::new(stage)], Some(StageIndex(0)));
        let check = |host: &str, path: &str, expected: Option<(&str, bool)>| {
            let found = resolve(&snapshot, host.as_bytes(), path.as_bytes());
            let found = found
                .as_ref()
                .map(|found| (std::str::from_utf8(found.path).unwrap(), found.names_stage));
            assert_eq!(found, expected, "{host} {path}");
        };
        check(&host, "/prod/pets/7", Some(("/pets/7", true)));
        check(&host.to_uppercase().replace(&id.to_uppercase(), &id), "/prod", Some(("", true)));
        check(&host, "//prod/pets", Some(("/pets", true)));
        check(&host, "/prod//pets", Some(("//pets", true)));
        check(&host, "/test/pets", None);
        check(&host, "/", None);
        check("zzzzzzzzzz.execute-api.localhost", "/prod/pets", None);
        check("localhost:8080", "/pets", Some(("/pets", false)));
        check("", "/pets", Some(("/pets", false)));
        let aws = format!("/_aws/execute-api/{id}/prod");
        check("localhost", &format!("{aws}/pets"), Some(("/pets", true)));
        check("localhost", &aws, Some(("", true)));
        check("localhost", &format!("/_aws/execute-api/{id}/test/pets"), None);
        check("localhost", "/_aws/execute-api/", None);
        let user = format!("/restapis/{id}/prod/_user_request_");
        check("localhost", &format!("{user}/pets"), Some(("/pets", true)));
        check("localhost", &user, Some(("", true)));
        check("localhost", &format!("{user}x"), Some((&format!("{user}x"), false)));
        check("localhost", "/restapis/mine", Some(("/restapis/mine", false)));
    }
}
