//! Slow heads and bodies over TLS: each ends within its limit, is counted, and holds up nobody.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use portico_net::{BodyRate, Limit, SecurityPolicy, ServerTls, Tickets};
use portico_testkit::origin::{Act, Origin};
use portico_testkit::pki::Authority;
use portico_testkit::tools::python_with_h2;

use crate::support::{PROXY, gateway, settle};

#[test]
fn slow_clients_over_tls_end_within_their_limits() {
    let authority = Authority::new();
    let files = [authority.issue("a", &["a.example"])];
    let tickets = Tickets::new().unwrap();
    let policy = SecurityPolicy::default();
    let tls = ServerTls::load(&files, policy, &tickets, Duration::ZERO).unwrap().0;
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/python/slow_client.py");
    let check = |part: &str, expected: &str, limit: Limit| {
        let origin = Origin::always(vec![Act::Request]);
        let mut setup = gateway(&origin);
        let short = Duration::from_millis(200);
        setup.settings.body_rate = BodyRate { bytes_per_second: 1000, over: short };
        setup.settings.head = short;
        setup.settings.idle = Duration::from_secs(1);
        setup.tls = Some(tls.clone());
        let running = setup.start(PROXY);
        let mut command = Command::new(python_with_h2());
        command.arg(&script).arg(running.tls_address().port().to_string());
        let output = command.arg(authority.path("ca.pem")).arg(part).output().unwrap();
        let printed = String::from_utf8_lossy(&output.stdout);
        assert_eq!(printed.trim(), expected, "{part}: {}", String::from_utf8_lossy(&output.stderr));
        settle(&running);
        assert_eq!(running.hits(limit), 1, "{part}");
        assert!(origin.received().is_none(), "{part}");
    };
    check("head", "408", Limit::HeadTime);
    check("body", "408", Limit::BodyRate);
    check("h2-head", "goaway 11", Limit::HeadTime);
    check("h2-body", "408", Limit::BodyRate);
    check("silent", "closed", Limit::IdleTime);
}
