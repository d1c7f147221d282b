//! A certificate authority for one test, and files with what it issues. Nothing trusts it but who
//! is given its certificate.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

use portico_net::CertificateFiles;
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, date_time_ymd,
};

/// The authority and the directory of its files, which is removed with it.
pub struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    directory: PathBuf,
}

impl Default for Authority {
    fn default() -> Self {
        Self::new()
    }
}

impl Authority {
    /// A new authority; its own certificate is in `ca.pem`.
    pub fn new() -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("portico-pki-{}-{number}", std::process::id());
        let directory = std::env::temp_dir().join(name);
        fs::create_dir_all(&directory).expect("a directory can be made");
        let mut params = CertificateParams::new(Vec::new()).expect("legal names");
        params
            .distinguished_name
            .push(DnType::CommonName, format!("Portico test authority {number}"));
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let issuer = CertifiedIssuer::self_signed(params, key()).expect("it can sign");
        let authority = Self { issuer, directory };
        authority.write("ca.pem", &authority.issuer.pem());
        authority
    }

    /// Issues a certificate for these names into `FILE.pem`, with its key in `FILE.key`.
    pub fn issue(&self, file: &str, names: &[&str]) -> CertificateFiles {
        self.issue_until(file, names, 2999)
    }

    /// The same, valid until the first day of this year.
    pub fn issue_until(&self, file: &str, names: &[&str], year: i32) -> CertificateFiles {
        let names: Vec<_> = names.iter().map(|name| (*name).to_owned()).collect();
        let mut params = CertificateParams::new(names).expect("legal names");
        params.distinguished_name.push(DnType::CommonName, file);
        params.not_before = date_time_ymd(2000, 1, 1);
        params.not_after = date_time_ymd(year, 1, 1);
        let key = key();
        let certificate = params.signed_by(&key, &self.issuer).expect("it can be signed");
        CertificateFiles {
            certificate: self.write(&format!("{file}.pem"), &certificate.pem()),
            key: self.write(&format!("{file}.key"), &key.serialize_pem()),
        }
    }

    /// Writes a file beside the certificates.
    pub fn write(&self, name: &str, content: &str) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, content).expect("a file can be written");
        path
    }

    /// The path of a file, for example `ca.pem`.
    pub fn path(&self, name: &str) -> PathBuf {
        self.directory.join(name)
    }

    /// The directory of the files.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// Runs a command in the directory until it ends.
    pub fn run(&self, program: &str, args: &[&str]) -> Output {
        let mut command = Command::new(program);
        command.args(args).current_dir(&self.directory).stdin(Stdio::null());
        command.output().unwrap_or_else(|error| panic!("{program}: {error}"))
    }
}

impl Drop for Authority {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.directory);
    }
}

fn key() -> KeyPair {
    KeyPair::generate().expect("a key can be made")
}
