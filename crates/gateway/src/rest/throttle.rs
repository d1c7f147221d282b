//! Admits a request, or not: the limit of its stage.

use std::time::Instant;

use crate::fault::Fault;
use crate::gateway::Trail;
use crate::rest::route::Matched;

pub(crate) fn admit(matched: &Matched<'_>, trail: &mut Trail, now: Instant) -> Result<(), Fault> {
    let Some(limit) = &matched.stage.limit else { return Ok(()) };
    let rate = limit.rate();
    if !limit.admit(now) {
        return Err(Fault::Throttled { per_second: rate.per_second, burst: rate.burst });
    }
    trail.note("throttle", now, || format!("within {}/s", rate.per_second));
    Ok(())
}
