//! The text of each context variable.
//! Source: AWS, "Variables for data transformations for API Gateway".

use std::io::Write as _;
use std::time::Duration;

use portico_net::{IpText, Name, write_decimal};
use portico_snapshot::ContextVariable;

use crate::rest::scope::Scope;

/// Appends the value of a variable; one that the request does not have is empty.
pub(crate) fn write(scope: &Scope<'_>, variable: ContextVariable, out: &mut Vec<u8>) {
    let stage = &scope.matched.stage.rest;
    let method = scope.matched.method;
    match variable {
        ContextVariable::AccountId => out.extend_from_slice(scope.account.id.as_bytes()),
        ContextVariable::ApiId => out.extend_from_slice(stage.api_id.as_str().as_bytes()),
        ContextVariable::DomainName => out.extend_from_slice(domain(scope.head.host())),
        ContextVariable::DomainPrefix => {
            let domain = domain(scope.head.host());
            let end = domain.iter().position(|byte| *byte == b'.').unwrap_or(domain.len());
            out.extend_from_slice(&domain[..end]);
        }
        ContextVariable::ExtendedRequestId => {
            out.extend_from_slice(scope.ids.extended_bytes());
        }
        ContextVariable::HttpMethod => out.extend_from_slice(scope.matched.verb),
        ContextVariable::IdentitySourceIp => {
            let mut text = IpText::default();
            out.extend_from_slice(scope.peer.client_ip(scope.head, &mut text).as_bytes());
        }
        ContextVariable::IdentityUserAgent => {
            out.extend_from_slice(scope.head.known(Name::UserAgent).unwrap_or_default());
        }
        ContextVariable::Path => {
            if scope.matched.names_stage {
                out.push(b'/');
                out.extend_from_slice(stage.stage.as_str().as_bytes());
            }
            out.extend_from_slice(scope.matched.path);
        }
        ContextVariable::Protocol => out.extend_from_slice(b"HTTP/1.1"),
        ContextVariable::RequestId => out.extend_from_slice(scope.ids.request_bytes()),
        ContextVariable::RequestTime => write_request_time(scope.wall, out),
        ContextVariable::RequestTimeEpoch => {
            write_decimal(u64::try_from(scope.wall.as_millis()).unwrap_or(u64::MAX), out);
        }
        ContextVariable::ResourceId => {
            out.extend_from_slice(method.resource_id.as_str().as_bytes())
        }
        ContextVariable::ResourcePath => out.extend_from_slice(method.resource_path.as_bytes()),
        ContextVariable::Stage => out.extend_from_slice(stage.stage.as_str().as_bytes()),
    }
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
    write!(out, "{day:02}/{month}/{year}:{hour:02}:{minute:02}:{second:02} +0000")
        .expect("a Vec takes any text");
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
