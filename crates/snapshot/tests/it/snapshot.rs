//! How a snapshot finds a stage.

use std::sync::Arc;

use portico_model::RestApiId;
use portico_snapshot::{RestStage, Snapshot, StageIndex};

fn stage(api: &RestApiId, name: &str) -> Arc<RestStage> {
    Arc::new(RestStage::empty(api.clone(), "T", name.parse().unwrap()))
}

#[test]
fn stages_are_found_by_api_and_name() {
    let (one, two) = (RestApiId::derive("1", ""), RestApiId::derive("2", ""));
    let stages = vec![stage(&one, "prod"), stage(&one, "dev"), stage(&two, "prod")];
    let snapshot = Snapshot::new(7, stages, Some(StageIndex(1)));
    let check = |api: &RestApiId, name: &str, expected: Option<usize>| {
        let found = snapshot.find(api.as_str().as_bytes(), name.as_bytes());
        assert_eq!(found, expected.map(StageIndex), "{api} {name}");
    };
    check(&one, "prod", Some(0));
    check(&one, "dev", Some(1));
    check(&two, "prod", Some(2));
    check(&two, "dev", None);
    check(&one, "", None);
    assert_eq!(snapshot.find(b"", b"prod"), None);
    assert_eq!((snapshot.revision(), snapshot.root()), (7, Some(StageIndex(1))));
    assert_eq!(snapshot.stages().len(), 3);
}
