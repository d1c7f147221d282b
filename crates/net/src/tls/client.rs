//! TLS to origins: whom we believe, and how an origin proves to be the one that was meant.

use std::io;
use std::path::Path;
use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::verify_server_name;
use rustls::crypto::aws_lc_rs::default_provider;
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::version::{TLS12, TLS13};
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use crate::socket::Socket;
use crate::tls::server::setup;
use crate::tls::{TlsError, TlsIo, pem, validity};
use crate::upstream::CallError;

/// Whom this machine believes. One value for all workers, as it also remembers sessions.
#[derive(Clone, Debug)]
pub struct UpstreamTls {
    checked: Arc<ClientConfig>,
    /// For origins whose issuer is not checked.
    any_issuer: Arc<ClientConfig>,
}

/// What an origin has to prove.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct OriginTls {
    /// The name its certificate has to have, and that it is asked for.
    pub server_name: Box<str>,
    /// Believe a certificate whoever issued it. Its name and its time are still checked, as AWS
    /// does under `insecureSkipVerification`.
    pub any_issuer: bool,
}

impl UpstreamTls {
    /// Believes the roots of this system, and those in `ca`, a PEM file.
    pub fn new(ca: Option<&Path>) -> Result<Self, TlsError> {
        let mut roots = RootCertStore::empty();
        // A broken root among those of the system is not ours to repair.
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        if let Some(path) = ca {
            for certificate in pem::certificates(path)? {
                roots.add(certificate).map_err(|error| TlsError::BadCertificate {
                    path: path.to_owned(),
                    reason: error.to_string(),
                })?;
            }
        }
        let provider = Arc::new(default_provider());
        if roots.is_empty() {
            return Err(TlsError::NoRoots);
        }
        let checked =
            WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider.clone())
                .build()
                .map_err(|error| TlsError::Setup(error.to_string()))?;
        Ok(Self {
            checked: config(&provider, checked)?,
            any_issuer: config(&provider, Arc::new(AnyIssuer(provider.clone())))?,
        })
    }

    /// Makes the handshake on a connection.
    pub(crate) async fn connect(
        &self,
        origin: &OriginTls,
        stream: TcpStream,
    ) -> Result<TlsIo, CallError> {
        let config = if origin.any_issuer { &self.any_issuer } else { &self.checked };
        let name = ServerName::try_from(origin.server_name.to_string())
            .map_err(|error| CallError::Tls(io::Error::other(error)))?;
        let connected = TlsConnector::from(config.clone()).connect(name, Socket::new(stream)).await;
        connected.map(TlsIo::new).map_err(|error| refusal(&origin.server_name, error))
    }
}

fn config(
    provider: &Arc<CryptoProvider>,
    verifier: Arc<dyn ServerCertVerifier>,
) -> Result<Arc<ClientConfig>, TlsError> {
    let mut config = ClientConfig::builder_with_provider(provider.clone())
        .with_protocol_versions(&[&TLS13, &TLS12])
        .map_err(setup)?
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

/// What a failed handshake is to the caller.
fn refusal(expected: &str, error: io::Error) -> CallError {
    let cause = error.get_ref().and_then(|cause| cause.downcast_ref());
    match cause {
        Some(Error::InvalidCertificate(CertificateError::NotValidForName)) => {
            CallError::WrongName { expected: expected.to_owned(), presented: String::new() }
        }
        Some(Error::InvalidCertificate(CertificateError::NotValidForNameContext {
            presented,
            ..
        })) => {
            let presented = presented.iter().take(8).map(String::as_str).collect::<Vec<_>>();
            let presented = presented.join(", ");
            CallError::WrongName { expected: expected.to_owned(), presented }
        }
        Some(Error::InvalidCertificate(_)) => CallError::Untrusted(error),
        _ => CallError::Tls(error),
    }
}

/// Checks everything about a certificate but who issued it.
#[derive(Debug)]
struct AnyIssuer(Arc<CryptoProvider>);

impl ServerCertVerifier for AnyIssuer {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        _: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let (start, end) =
            validity::times(end_entity).ok_or(Error::from(CertificateError::BadEncoding))?;
        let since = UnixTime::since_unix_epoch;
        let (not_before, not_after) = (since(start), since(end));
        if now < not_before {
            return Err(CertificateError::NotValidYetContext { time: now, not_before }.into());
        }
        if now > not_after {
            return Err(CertificateError::ExpiredContext { time: now, not_after }.into());
        }
        verify_server_name(&ParsedCertificate::try_from(end_entity)?, name)?;
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
