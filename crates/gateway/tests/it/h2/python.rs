//! A client made with Python's `h2` that breaks rules on purpose: what becomes of each case, and
//! that another client is served after it.

use std::path::Path;
use std::process::Command;

use portico_testkit::origin::Origin;
use portico_testkit::tools::python_with_h2;

use super::assert_unharmed;
use crate::support::proxy;

#[test]
fn broken_rules_end_the_stream_or_the_connection() {
    let expected: Vec<(&str, &str)> = TABLE
        .lines()
        .filter_map(|line| line.trim().rsplit_once(" | "))
        .map(|(case, outcome)| (case.trim(), outcome))
        .collect();
    let origin = Origin::echo();
    let gateway = proxy(&origin);
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/python/rule_breaker.py");
    let mut command = Command::new(python_with_h2());
    command.arg(script).arg(gateway.address().port().to_string());
    let output = command.output().unwrap();
    let printed = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{printed}{}", String::from_utf8_lossy(&output.stderr));
    let found: Vec<(&str, &str)> =
        printed.lines().filter_map(|line| line.rsplit_once(": ")).collect();
    for (found, expected) in found.iter().zip(&expected) {
        assert_eq!(found, expected);
    }
    assert_eq!(found.len(), expected.len());
    assert_unharmed(&gateway);
    // What was ended only later may have been sent on; nothing malformed was, and nothing smuggled.
    while let Some(seen) = origin.received() {
        let line = seen.head.lines().next().unwrap_or_default();
        assert!(["GET /a HTTP/1.1", "POST /a HTTP/1.1"].contains(&line), "{}", seen.head);
        assert!(!seen.head.contains("other") && !seen.head.contains("\r\nx-a:"), "{}", seen.head);
    }
}

/// Each case, and how the server takes it (codes of RFC 9113, section 7).
const TABLE: &str = "
    nothing broken | answer 202
    Host instead of :authority | answer 202
    te: trailers | answer 202
    upper-case name | goaway 1
    empty name | goaway 1
    name with a space | goaway 1
    name with CR LF | goaway 1
    value with CR LF | goaway 1
    value with a second request | goaway 1
    value with LF | goaway 1
    value with NUL | goaway 1
    value behind a space | reset 1
    connection | reset 1
    keep-alive | reset 1
    proxy-connection | reset 1
    transfer-encoding | reset 1
    upgrade | reset 1
    te: gzip | reset 1
    te: trailers, gzip | reset 1
    no :method | reset 1
    no :scheme | reset 1
    no :path | reset 1
    neither :authority nor Host | reset 1
    two :method | reset 1
    two :path | reset 1
    two :authority | reset 1
    :path behind a field | reset 1
    :status in a request | reset 1
    unknown pseudo-header field | goaway 1
    :protocol unasked | reset 1
    :path empty | reset 1
    :path without a slash | reset 1
    :path in absolute form | reset 1
    :path with a request line | reset 1
    :method with a request line | goaway 1
    :authority with CR LF | reset 1
    :authority with user information | reset 1
    :scheme unknown | reset 1
    :authority and Host differ | reset 1
    two Host | reset 1
    CONNECT | answer 501
    CONNECT with :path | reset 1
    content-length of nothing | reset 1
    content-length no number | reset 1
    content-length with a sign | reset 1
    content-lengths that differ | reset 1
    content too short | reset 1
    content too long | reset 1
    value of 20,000 bytes | answer 431
    fields in number | answer 431
    header bomb | goaway 11
    DATA after END_STREAM | goaway 1
    HEADERS after END_STREAM | goaway 1
    DATA on an idle stream | goaway 1
    trailers that do not end the stream | reset 1
    trailers with an upper-case name | goaway 1
    a stream that is even | goaway 1
    a stream that is lower | goaway 1
    PUSH_PROMISE of a client | goaway 1
    a frame inside a head | goaway 1
    CONTINUATION of nothing | goaway 1
    WINDOW_UPDATE of nothing | goaway 1
    window of a stream overflows | reset 3
    window of the connection overflows | goaway 3
    SETTINGS with a window of 2^31 | goaway 1
    SETTINGS with frames of a byte | goaway 1
    a body beyond the windows | goaway 3
    rapid reset | goaway 11
    CONTINUATION flood | goaway 11
    SETTINGS flood | goaway 11
    PING flood | goaway 11
";
