//! PEM files of certificates and private keys (RFC 7468).

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use rustls::pki_types::pem::{PemObject, SectionKind};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::tls::TlsError;

/// Bytes of a PEM file: a chain has a few kilobytes, the roots of a system 200.
const PEM_BYTES: usize = 1024 * 1024;

/// Every certificate of a file, in its order; at least one.
pub(super) fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let text = read(path, "certificate file")?;
    let mut certificates = Vec::new();
    let mut has_key = false;
    sections(path, &text, |kind, der| match kind {
        SectionKind::Certificate => certificates.push(CertificateDer::from(der)),
        kind => has_key |= is_key(kind),
    })?;
    if certificates.is_empty() {
        return Err(TlsError::NoCertificate { path: path.to_owned(), has_key });
    }
    Ok(certificates)
}

/// The first private key of a file.
pub(super) fn private_key(path: &Path) -> Result<PrivateKeyDer<'static>, TlsError> {
    let text = read(path, "key file")?;
    let mut key = None;
    let mut has_certificate = false;
    sections(path, &text, |kind, der| {
        has_certificate |= kind == SectionKind::Certificate;
        if key.is_none() {
            key = PrivateKeyDer::from_pem(kind, der);
        }
    })?;
    let is_encrypted = || {
        let is_it = |part: &[u8]| memchr::memmem::find(&text, part).is_some();
        is_it(b"BEGIN ENCRYPTED PRIVATE KEY") || is_it(b"Proc-Type: 4,ENCRYPTED")
    };
    if is_encrypted() {
        return Err(TlsError::EncryptedKey { path: path.to_owned() });
    }
    key.ok_or_else(|| TlsError::NoKey { path: path.to_owned(), has_certificate })
}

fn is_key(kind: SectionKind) -> bool {
    matches!(kind, SectionKind::PrivateKey | SectionKind::RsaPrivateKey | SectionKind::EcPrivateKey)
}

fn read(path: &Path, what: &'static str) -> Result<Vec<u8>, TlsError> {
    let mut text = Vec::new();
    let read = File::open(path)
        .and_then(|file| file.take(PEM_BYTES as u64 + 1).read_to_end(&mut text))
        .map_err(|source| match source.kind() {
            io::ErrorKind::NotFound => TlsError::Missing { what, path: path.to_owned() },
            _ => TlsError::Unreadable { what, path: path.to_owned(), source },
        })?;
    if read > PEM_BYTES {
        return Err(TlsError::TooLarge { path: path.to_owned(), limit: PEM_BYTES });
    }
    if memchr::memmem::find(&text, b"-----BEGIN ").is_none() {
        return Err(TlsError::NotPem { path: path.to_owned() });
    }
    Ok(text)
}

fn sections(
    path: &Path,
    text: &[u8],
    mut take: impl FnMut(SectionKind, Vec<u8>),
) -> Result<(), TlsError> {
    for section in <(SectionKind, Vec<u8>)>::pem_slice_iter(text) {
        let (kind, der) = section.map_err(|error| TlsError::BrokenPem {
            path: path.to_owned(),
            reason: error.to_string(),
        })?;
        take(kind, der);
    }
    Ok(())
}
