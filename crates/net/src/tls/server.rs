//! What a listener needs to speak TLS: certificates, policy, and the means to resume sessions.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rustls::crypto::CryptoProvider;
use rustls::crypto::aws_lc_rs::Ticketer;
use rustls::server::{ProducesTickets, ServerSessionMemoryCache, StoresServerSessions};
use rustls::sign::CertifiedKey;
use rustls::{Error, InconsistentKeys, ServerConfig};

use crate::tls::names::Names;
use crate::tls::{SecurityPolicy, TlsError, pem, validity};

/// Sessions that are remembered for clients without tickets.
const SESSIONS: usize = 4096;

/// Protocols above TLS, the best first (RFC 7301).
const ALPN: [&[u8]; 3] = [b"h2", b"http/1.1", b"http/1.0"];

/// Where a certificate with its chain and its private key are, both PEM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateFiles {
    pub certificate: PathBuf,
    pub key: PathBuf,
}

/// Something about a certificate that an operator should know and that stops nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Notice {
    #[error("the certificate in {} has expired: clients will refuse it", .0.display())]
    Expired(PathBuf),
}

/// The keys under which sessions are resumed. One value for as long as the process runs, so that
/// changed certificates end no session.
#[derive(Clone, Debug)]
pub struct Tickets {
    ticketer: Arc<dyn ProducesTickets>,
    sessions: Arc<dyn StoresServerSessions>,
}

impl Tickets {
    pub fn new() -> Result<Self, TlsError> {
        let ticketer = Ticketer::new().map_err(setup)?;
        Ok(Self { ticketer, sessions: ServerSessionMemoryCache::new(SESSIONS) })
    }
}

/// A listener's side of TLS. It is immutable: changed files make a new one, which is handed to a
/// running server by [`crate::Server::replace_tls`].
#[derive(Clone, Debug)]
pub struct ServerTls {
    pub(super) config: Arc<ServerConfig>,
}

impl ServerTls {
    /// Reads the files. The first certificate goes to clients that ask for no name we have.
    /// `now` is the time since the Unix epoch.
    pub fn load(
        files: &[CertificateFiles],
        policy: SecurityPolicy,
        tickets: &Tickets,
        now: Duration,
    ) -> Result<(Self, Vec<Notice>), TlsError> {
        let provider = Arc::new(policy.provider());
        let mut certificates = Vec::new();
        let mut notices = Vec::new();
        for pair in files {
            let certified = certified(pair, &provider)?;
            let end = certified.cert.first().and_then(|der| validity::times(der));
            if end.is_some_and(|(_, end)| end < now) {
                notices.push(Notice::Expired(pair.certificate.clone()));
            }
            certificates.push(Arc::new(certified));
        }
        let names = Names::new(&certificates).ok_or(TlsError::NothingNamed)?;
        let builder = ServerConfig::builder_with_provider(provider);
        let mut config = builder
            .with_protocol_versions(policy.versions())
            .map_err(setup)?
            .with_no_client_auth()
            .with_cert_resolver(Arc::new(names));
        config.alpn_protocols = ALPN.map(<[u8]>::to_vec).to_vec();
        config.ticketer = tickets.ticketer.clone();
        config.session_storage = tickets.sessions.clone();
        Ok((Self { config: Arc::new(config) }, notices))
    }
}

fn certified(
    files: &CertificateFiles,
    provider: &CryptoProvider,
) -> Result<CertifiedKey, TlsError> {
    let CertificateFiles { certificate, key } = files;
    let chain = pem::certificates(certificate)?;
    let private = pem::private_key(key)?;
    let owned = Path::to_owned;
    let signing = provider
        .key_provider
        .load_private_key(private)
        .map_err(|error| TlsError::BadKey { path: owned(key), reason: error.to_string() })?;
    let certified = CertifiedKey::new(chain, signing);
    match certified.keys_match() {
        Ok(()) | Err(Error::InconsistentKeys(InconsistentKeys::Unknown)) => Ok(certified),
        Err(Error::InconsistentKeys(_)) => {
            Err(TlsError::Mismatch { certificate: owned(certificate), key: owned(key) })
        }
        Err(error) => {
            Err(TlsError::BadCertificate { path: owned(certificate), reason: error.to_string() })
        }
    }
}

pub(super) fn setup(error: Error) -> TlsError {
    TlsError::Setup(error.to_string())
}
