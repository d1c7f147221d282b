//! Snapshot: the root that a request holds, and how it finds a stage.

use std::sync::Arc;

use crate::RestStage;
use crate::segment_map::SegmentMap;

/// Everything the gateway serves at one moment.
pub struct Snapshot {
    revision: u64,
    stages: Vec<Arc<RestStage>>,
    /// API id to stage name to stage: nested, so that a lookup borrows both names.
    index: SegmentMap<SegmentMap<StageIndex>>,
    root: Option<StageIndex>,
}

/// Position of a stage in `Snapshot::stages`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct StageIndex(pub usize);

impl Snapshot {
    /// Joins stages; of two with one API id and name the later is found. `root` is the stage that
    /// also answers at `/`: a single served file has one.
    pub fn new(revision: u64, stages: Vec<Arc<RestStage>>, root: Option<StageIndex>) -> Self {
        let mut index: SegmentMap<SegmentMap<StageIndex>> = SegmentMap::default();
        for (position, stage) in stages.iter().enumerate() {
            index
                .entry(stage.api_id.as_str().as_bytes().into())
                .or_default()
                .insert(stage.stage.as_str().as_bytes().into(), StageIndex(position));
        }
        Self { revision, stages, index, root }
    }

    /// Which publication this is; the next one has a greater number.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// Every stage; `StageIndex` is a position here.
    pub fn stages(&self) -> &[Arc<RestStage>] {
        &self.stages
    }

    /// The stage with this name of the API with this id, both as they stand in a URI.
    pub fn find(&self, api_id: &[u8], stage: &[u8]) -> Option<StageIndex> {
        self.index.get(api_id)?.get(stage).copied()
    }

    /// The stage that answers at `/`, if any does.
    pub fn root(&self) -> Option<StageIndex> {
        self.root
    }
}
