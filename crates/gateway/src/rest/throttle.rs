//! Admits a request, or not: the limit of its method, or the one that the methods of its stage share.

use std::time::Instant;

use crate::fault::Fault;
use crate::gateway::Trail;
use crate::rest::route::Matched;

pub(crate) fn admit(matched: &Matched<'_>, trail: &mut Trail, now: Instant) -> Result<(), Fault> {
    let Some(index) = matched.method.throttle else { return Ok(()) };
    let limit = &matched.stage.limits[index];
    let rate = limit.rate();
    if !limit.admit(now) {
        let name = matched.stage.rest.throttles[index].name.clone();
        return Err(Fault::Throttled { name, per_second: rate.per_second, burst: rate.burst });
    }
    trail.note("throttle", now, || format!("within {}/s", rate.per_second));
    Ok(())
}
