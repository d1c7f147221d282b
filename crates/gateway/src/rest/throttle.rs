//! Admits a request, or not: the limit of its method, or the one that the methods of its stage share.

use portico_net::Clock;

use crate::fault::Fault;
use crate::recorder::Notes;
use crate::rest::route::Matched;

pub(crate) fn admit(matched: &Matched<'_>, notes: &Notes, clock: &Clock) -> Result<(), Fault> {
    let Some(index) = matched.method.throttle else { return Ok(()) };
    let limit = &matched.stage.limits[index];
    let rate = limit.rate();
    if !limit.admit(clock.now()) {
        let name = matched.stage.rest.throttles[index].name.clone();
        return Err(Fault::Throttled { name, per_second: rate.per_second, burst: rate.burst });
    }
    notes.note("throttle", clock, || format!("within {}/s", rate.per_second));
    Ok(())
}
