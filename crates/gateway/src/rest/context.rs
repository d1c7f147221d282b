//! The text of each context variable.
//! Source: AWS, "Variables for data transformations for API Gateway".

use std::time::Duration;

use portico_net::{IpText, Name, write_decimal};
use portico_snapshot::ContextVariable;

use crate::facts::Facts;
use crate::fault::Fault;

/// Appends the value of a variable; false, and nothing is appended, if the request has none.
pub(crate) fn write(facts: &Facts<'_>, variable: &ContextVariable, out: &mut Vec<u8>) -> bool {
    let mut text = IpText::default();
    let value = match variable {
        ContextVariable::RequestTime => {
            write_request_time(facts.wall, out);
            return true;
        }
        ContextVariable::RequestTimeEpoch => {
            write_decimal(u64::try_from(facts.wall.as_millis()).unwrap_or(u64::MAX), out);
            return true;
        }
        ContextVariable::Path => {
            write_path(facts, out);
            return true;
        }
        ContextVariable::ErrorMessageString => return write_message(facts, out),
        ContextVariable::ErrorMessage | ContextVariable::ErrorResponseType => {
            return write_fault(facts, variable, out);
        }
        ContextVariable::ErrorValidationErrorString => {
            let error = facts.fault.and_then(Fault::validation_error);
            out.extend_from_slice(error.as_deref().unwrap_or_default().as_bytes());
            return error.is_some();
        }
        ContextVariable::IdentitySourceIp => {
            let ip = facts.peer.client_ip(facts.head, &mut text);
            Some(ip.as_bytes()).filter(|ip| !ip.is_empty())
        }
        _ => plain(facts, variable),
    };
    out.extend_from_slice(value.unwrap_or_default());
    value.is_some()
}

/// The value of a variable that stands somewhere as it is.
fn plain<'a>(facts: &Facts<'a>, variable: &ContextVariable) -> Option<&'a [u8]> {
    let domain = || Some(domain(facts.head.host())).filter(|domain| !domain.is_empty());
    match variable {
        ContextVariable::AccountId => Some(facts.account.id.as_bytes()),
        ContextVariable::ApiId => facts.stage.map(|stage| stage.api_id.as_str().as_bytes()),
        ContextVariable::DeploymentId => {
            facts.stage.map(|stage| stage.deployment_id.as_str().as_bytes())
        }
        ContextVariable::DomainName => domain(),
        ContextVariable::DomainPrefix => domain().and_then(|it| it.split(|b| *b == b'.').next()),
        ContextVariable::ExtendedRequestId => Some(facts.ids.extended_bytes()),
        ContextVariable::HttpMethod => Some(facts.verb()).filter(|method| !method.is_empty()),
        ContextVariable::IdentityUserAgent => facts.head.known(Name::UserAgent),
        ContextVariable::IsCanaryRequest => Some(b"false"),
        ContextVariable::Protocol => Some(b"HTTP/1.1"),
        ContextVariable::RequestId => Some(facts.ids.request_bytes()),
        ContextVariable::ResourceId => {
            facts.method.map(|method| method.resource_id.as_str().as_bytes())
        }
        ContextVariable::ResourcePath => facts.method.map(|it| it.resource_path.as_bytes()),
        ContextVariable::Stage => facts.stage.map(|stage| stage.stage.as_str().as_bytes()),
        _ => None,
    }
}

fn write_path(facts: &Facts<'_>, out: &mut Vec<u8>) {
    if let Some(stage) = facts.stage.filter(|_| facts.names_stage) {
        out.push(b'/');
        out.extend_from_slice(stage.stage.as_str().as_bytes());
    }
    out.extend_from_slice(facts.path);
}

/// `error.messageString`: the words for the client in quotes, or `null`.
fn write_message(facts: &Facts<'_>, out: &mut Vec<u8>) -> bool {
    let Some(fault) = facts.fault else { return false };
    let wire = fault.wire();
    match wire.message() {
        Some(message) => {
            out.push(b'"');
            out.extend_from_slice(message.as_bytes());
            out.push(b'"');
        }
        None => out.extend_from_slice(b"null"),
    }
    true
}

fn write_fault(facts: &Facts<'_>, variable: &ContextVariable, out: &mut Vec<u8>) -> bool {
    let Some(fault) = facts.fault else { return false };
    let wire = fault.wire();
    let text = match variable {
        ContextVariable::ErrorResponseType => Some(wire.response_type.as_str()),
        _ => wire.message(),
    };
    out.extend_from_slice(text.unwrap_or_default().as_bytes());
    text.is_some()
}

/// The host without its port.
fn domain(host: &[u8]) -> &[u8] {
    match host.iter().rposition(|byte| *byte == b':') {
        Some(colon) if !host.ends_with(b"]") => &host[..colon],
        _ => host,
    }
}

/// Appends `dd/MMM/yyyy:HH:mm:ss +0000`, for example `09/Apr/2015:12:34:56 +0000`.
fn write_request_time(wall: Duration, out: &mut Vec<u8>) {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let (days, seconds) = (wall.as_secs() / 86_400, wall.as_secs() % 86_400);
    let (year, month, day) = civil(days);
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let month = MONTHS[month as usize - 1];
    // Formatted by hand: a line of an access log has it nearly always.
    let two = |number: u64| [b'0' + (number / 10) as u8, b'0' + (number % 10) as u8];
    out.extend_from_slice(&two(day));
    out.push(b'/');
    out.extend_from_slice(month.as_bytes());
    out.push(b'/');
    write_decimal(year, out);
    for number in [hour, minute, second] {
        out.push(b':');
        out.extend_from_slice(&two(number));
    }
    out.extend_from_slice(b" +0000");
}

/// Year, month and day of a day counted from 1 January 1970, in the Gregorian calendar. Years
/// are taken to begin in March, so that the leap day is their last.
fn civil(days: u64) -> (u64, u64, u64) {
    let days = days + 719_468;
    let era = days / 146_097;
    let day_of_era = days % 146_097;
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    (400 * era + year_of_era + u64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn request_times_are_in_common_log_form() {
        let check = |seconds: u64, expected: &str| {
            let mut out = Vec::new();
            write_request_time(Duration::from_secs(seconds), &mut out);
            assert_eq!(out, expected.as_bytes());
        };
        check(0, "01/Jan/1970:00:00:00 +0000");
        check(951_782_400, "29/Feb/2000:00:00:00 +0000");
        check(1_428_582_896, "09/Apr/2015:12:34:56 +0000");
        check(4_107_542_399, "28/Feb/2100:23:59:59 +0000");
        check(4_107_542_400, "01/Mar/2100:00:00:00 +0000");
    }

    #[test]
    fn a_domain_has_no_port() {
        let check = |host: &str, expected: &str| {
            assert_eq!(domain(host.as_bytes()), expected.as_bytes());
        };
        check("api.example:8080", "api.example");
        check("api.example", "api.example");
        check("[::1]:8080", "[::1]");
        check("[::1]", "[::1]");
    }
}
