//! Why TLS cannot be set up, in sentences that name the file.

use std::io;
use std::path::PathBuf;

/// What is wrong with a certificate, a key, or the two together.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    #[error("there is no {what} {}", path.display())]
    Missing { what: &'static str, path: PathBuf },
    #[error("cannot read {what} {}", path.display())]
    Unreadable { what: &'static str, path: PathBuf, source: io::Error },
    #[error("{} has more than {limit} bytes", path.display())]
    TooLarge { path: PathBuf, limit: usize },
    #[error("{} is no PEM file: it has no line -----BEGIN ...-----", path.display())]
    NotPem { path: PathBuf },
    #[error("{} is broken PEM: {reason}", path.display())]
    BrokenPem { path: PathBuf, reason: String },
    #[error("{} has no certificate in it", path.display())]
    NoCertificate { path: PathBuf, has_key: bool },
    #[error("{} has no private key in it", path.display())]
    NoKey { path: PathBuf, has_certificate: bool },
    #[error("the private key in {} is encrypted", path.display())]
    EncryptedKey { path: PathBuf },
    #[error("the certificate in {} cannot be used: {reason}", path.display())]
    BadCertificate { path: PathBuf, reason: String },
    #[error("the private key in {} cannot be used: {reason}", path.display())]
    BadKey { path: PathBuf, reason: String },
    #[error("the private key in {} does not fit the certificate in {}", key.display(), certificate.display())]
    Mismatch { certificate: PathBuf, key: PathBuf },
    #[error("TLS needs a certificate, and none is named")]
    NothingNamed,
    #[error("this system has no root certificates, and no other is named")]
    NoRoots,
    #[error("TLS cannot be set up: {0}")]
    Setup(String),
}

impl TlsError {
    /// What to do about it.
    pub fn help(&self) -> Option<&'static str> {
        Some(match self {
            Self::NoCertificate { has_key: true, .. } => {
                "it holds a private key: are `certificate` and `key` swapped?"
            }
            Self::NoKey { has_certificate: true, .. } => {
                "it holds a certificate: are `certificate` and `key` swapped?"
            }
            Self::NotPem { .. } => {
                "convert it: openssl x509 -inform DER -in FILE -out FILE.pem (a key: openssl pkey)"
            }
            Self::EncryptedKey { .. } => "decrypt it: openssl pkey -in FILE -out FILE.key",
            Self::Mismatch { .. } => {
                "the server's own certificate comes first in its file, those of its issuers behind it"
            }
            Self::NothingNamed => {
                "in portico.toml: [tls] certificates = [{ certificate = \"a.pem\", key = \"a.key\" }]"
            }
            Self::NoRoots => {
                "install them (Debian: ca-certificates), or name those of the origins with --upstream-ca"
            }
            _ => return None,
        })
    }
}
