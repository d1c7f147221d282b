//! What the files of certificates and keys may be, and what is said of those that may not.

use std::path::PathBuf;
use std::time::Duration;

use portico_net::{CertificateFiles, Notice, SecurityPolicy, ServerTls, Tickets};
use portico_testkit::pki::Authority;

/// The year 2026, in which these tests take place.
const NOW: Duration = Duration::from_secs(1_780_000_000);

fn load(files: &[CertificateFiles]) -> Result<Vec<Notice>, String> {
    let tickets = Tickets::new().expect("there is randomness");
    match ServerTls::load(files, SecurityPolicy::default(), &tickets, NOW) {
        Ok((_, notices)) => Ok(notices),
        Err(error) => Err(format!("{error}; {}", error.help().unwrap_or_default())),
    }
}

#[test]
fn a_certificate_and_its_key_are_read() {
    let authority = Authority::new();
    assert_eq!(load(&[authority.issue("a", &["a.example"])]), Ok(Vec::new()));

    let rsa = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=b.example"];
    let done =
        authority.run("openssl", &[&rsa[..], &["-keyout", "b.key", "-out", "b.pem"]].concat());
    assert!(done.status.success(), "{done:?}");
    let traditional = ["rsa", "-in", "b.key", "-traditional", "-out", "b.rsa"];
    assert!(authority.run("openssl", &traditional).status.success());
    for key in ["b.key", "b.rsa"] {
        let files =
            CertificateFiles { certificate: authority.path("b.pem"), key: authority.path(key) };
        assert_eq!(load(&[files]), Ok(Vec::new()), "{key}");
    }
}

#[test]
fn an_expired_certificate_is_used_and_told() {
    let authority = Authority::new();
    let old = authority.issue_until("old", &["a.example"], 2020);
    assert_eq!(load(std::slice::from_ref(&old)), Ok(vec![Notice::Expired(old.certificate)]));
}

#[test]
fn files_that_do_not_serve_are_told_apart() {
    let authority = Authority::new();
    let good = authority.issue("a", &["a.example"]);
    let other = authority.issue("b", &["b.example"]);
    let check = |certificate: &PathBuf, key: &PathBuf, expected: &[&str]| {
        let files = CertificateFiles { certificate: certificate.clone(), key: key.clone() };
        let error = load(&[files]).unwrap_err();
        for part in expected {
            assert!(error.contains(part), "no {part:?} in {error}");
        }
    };
    let missing = authority.path("none.pem");
    check(&missing, &good.key, &["there is no certificate file", "none.pem"]);
    check(&good.certificate, &missing, &["there is no key file", "none.pem"]);
    check(&good.certificate, &other.key, &["b.key does not fit the certificate in", "a.pem"]);
    check(&good.key, &good.certificate, &["a.key has no certificate in it", "swapped"]);
    check(&good.certificate, &good.certificate, &["a.pem has no private key in it", "swapped"]);
    let text = authority.write("text.pem", "hello");
    check(&text, &good.key, &["text.pem is no PEM file", "openssl x509"]);
    let empty = authority.write("empty.pem", "");
    check(&empty, &good.key, &["empty.pem is no PEM file"]);
    let cut = std::fs::read_to_string(&good.certificate).unwrap();
    let cut = authority.write("cut.pem", &cut[..cut.len() / 2]);
    check(&cut, &good.key, &["cut.pem is broken PEM"]);
    let junk = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    let junk = authority.write("junk.pem", junk);
    check(&junk, &good.key, &["junk.pem cannot be used"]);
    let junk = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
    let junk = authority.write("junk.key", junk);
    check(&good.certificate, &junk, &["junk.key cannot be used"]);
    let large = authority.write("large.pem", &"-".repeat(2 * 1024 * 1024));
    check(&large, &good.key, &["large.pem has more than 1048576 bytes"]);
    check(&authority.directory().to_owned(), &good.key, &["cannot read certificate file"]);

    let pass = ["pkey", "-in", "a.key", "-aes128", "-passout", "pass:x", "-out", "locked.key"];
    assert!(authority.run("openssl", &pass).status.success());
    let locked = authority.path("locked.key");
    check(&good.certificate, &locked, &["locked.key is encrypted", "decrypt it"]);
    assert!(load(&[]).unwrap_err().contains("none is named"));
}
