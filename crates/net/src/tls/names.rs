//! Which certificate a client gets: by the name it asks for (RFC 6066, section 3), else the
//! default, as a server that has never heard the name can do no better.

use std::collections::HashMap;
use std::sync::Arc;

use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use webpki::EndEntityCert;

/// Certificates by name.
#[derive(Debug)]
pub(super) struct Names {
    /// In lower case. A wildcard stands for one label and is kept as it is: `*.example.com`.
    by_name: HashMap<Box<str>, Arc<CertifiedKey>>,
    default: Arc<CertifiedKey>,
}

impl Names {
    /// The first certificate is the default; of two with the same name the first is used.
    pub(super) fn new(certificates: &[Arc<CertifiedKey>]) -> Option<Self> {
        let mut by_name = HashMap::new();
        for certificate in certificates {
            for name in dns_names(certificate) {
                by_name.entry(name).or_insert_with(|| certificate.clone());
            }
        }
        Some(Self { by_name, default: certificates.first()?.clone() })
    }

    fn find(&self, name: &str) -> Option<&Arc<CertifiedKey>> {
        let name = name.strip_suffix('.').unwrap_or(name);
        if let Some(exact) = self.by_name.get(name) {
            return Some(exact);
        }
        let (_, parent) = name.split_once('.')?;
        self.by_name.get(&*format!("*.{parent}"))
    }
}

impl ResolvesServerCert for Names {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let found = hello.server_name().and_then(|name| self.find(&name.to_ascii_lowercase()));
        Some(found.unwrap_or(&self.default).clone())
    }
}

/// The DNS names a certificate is for. One without any can only be the default.
fn dns_names(certificate: &CertifiedKey) -> Vec<Box<str>> {
    let parsed = certificate.end_entity_cert().ok().map(EndEntityCert::try_from);
    let Some(Ok(parsed)) = parsed else { return Vec::new() };
    parsed.valid_dns_names().map(|name| name.to_ascii_lowercase().into()).collect()
}
