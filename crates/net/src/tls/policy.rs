//! SecurityPolicy: the least version of TLS and the cipher suites, by AWS's names.
//! Source: AWS, "Supported security policies" (API Gateway, REST APIs).
//!
//! AWS lists suites with CBC or without forward secrecy in some policies. rustls has none of
//! them, so such a policy offers what is left: clients since about 2014 know one of these.

use std::fmt;
use std::str::FromStr;

use rustls::crypto::aws_lc_rs::{self, cipher_suite as suite, kx_group};
use rustls::crypto::{CryptoProvider, SupportedKxGroup};
use rustls::version::{TLS12, TLS13};
use rustls::{SupportedCipherSuite, SupportedProtocolVersion};

/// A security policy that can be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SecurityPolicy(&'static Row);

/// A line of AWS's table.
#[derive(Debug, PartialEq, Eq)]
struct Row {
    name: &'static str,
    oldest: Oldest,
    /// Only what FIPS 140 approves.
    fips: bool,
    /// ChaCha20-Poly1305 for clients of TLS 1.2, too.
    chacha12: bool,
    /// Key exchange that withstands quantum computers is offered first.
    post_quantum: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Oldest {
    Tls12,
    Tls13,
}

const fn row(name: &'static str, oldest: Oldest, [fips, chacha12, post_quantum]: [bool; 3]) -> Row {
    Row { name, oldest, fips, chacha12, post_quantum }
}

const ROWS: [Row; 11] = [
    row("TLS_1_2", Oldest::Tls12, [false, true, false]),
    row("SecurityPolicy_TLS13_1_3_2025_09", Oldest::Tls13, [false, false, false]),
    row("SecurityPolicy_TLS13_1_3_FIPS_2025_09", Oldest::Tls13, [true, false, false]),
    row("SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09", Oldest::Tls12, [false, false, true]),
    row("SecurityPolicy_TLS13_1_2_FIPS_PFS_PQ_2025_09", Oldest::Tls12, [true, false, true]),
    row("SecurityPolicy_TLS13_1_2_PQ_2025_09", Oldest::Tls12, [false, false, true]),
    row("SecurityPolicy_TLS13_1_2_FIPS_PQ_2025_09", Oldest::Tls12, [true, false, true]),
    row("SecurityPolicy_TLS13_1_2_2021_06", Oldest::Tls12, [false, false, false]),
    row("SecurityPolicy_TLS13_2025_EDGE", Oldest::Tls13, [false, false, true]),
    row("SecurityPolicy_TLS12_PFS_2025_EDGE", Oldest::Tls12, [false, true, true]),
    row("SecurityPolicy_TLS12_2018_EDGE", Oldest::Tls12, [false, true, false]),
];

/// Why a text names no policy that can be kept.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidSecurityPolicy {
    #[error(
        "TLS_1_0 cannot be kept: TLS 1.0 and 1.1 are broken and not spoken here (RFC 8996); \
         use TLS_1_2"
    )]
    TooOld,
    #[error("there is no security policy {0:?}; there are TLS_1_2{rest}", rest = others())]
    Unknown(String),
}

fn others() -> String {
    ROWS[1..].iter().map(|row| format!(", {}", row.name)).collect()
}

impl Default for SecurityPolicy {
    /// `TLS_1_2`, AWS's own for new domain names.
    fn default() -> Self {
        Self(&ROWS[0])
    }
}

impl FromStr for SecurityPolicy {
    type Err = InvalidSecurityPolicy;

    fn from_str(text: &str) -> Result<Self, InvalidSecurityPolicy> {
        match ROWS.iter().find(|row| row.name == text) {
            Some(row) => Ok(Self(row)),
            None if text == "TLS_1_0" => Err(InvalidSecurityPolicy::TooOld),
            None => Err(InvalidSecurityPolicy::Unknown(text.chars().take(64).collect())),
        }
    }
}

impl fmt::Display for SecurityPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.name)
    }
}

impl SecurityPolicy {
    /// The versions of TLS that are spoken.
    pub(super) fn versions(self) -> &'static [&'static SupportedProtocolVersion] {
        static BOTH: [&SupportedProtocolVersion; 2] = [&TLS13, &TLS12];
        match self.0.oldest {
            Oldest::Tls12 => &BOTH,
            Oldest::Tls13 => &BOTH[..1],
        }
    }

    /// The cryptography that is offered.
    pub(super) fn provider(self) -> CryptoProvider {
        CryptoProvider {
            cipher_suites: self.suites(),
            kx_groups: self.groups(),
            ..aws_lc_rs::default_provider()
        }
    }

    fn suites(self) -> Vec<SupportedCipherSuite> {
        let mut suites = vec![suite::TLS13_AES_128_GCM_SHA256, suite::TLS13_AES_256_GCM_SHA384];
        if !self.0.fips {
            suites.push(suite::TLS13_CHACHA20_POLY1305_SHA256);
        }
        if self.0.oldest == Oldest::Tls12 {
            suites.extend([
                suite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
                suite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
                suite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
                suite::TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
            ]);
            if self.0.chacha12 {
                suites.push(suite::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256);
                suites.push(suite::TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256);
            }
        }
        suites
    }

    fn groups(self) -> Vec<&'static dyn SupportedKxGroup> {
        let mut groups: Vec<&'static dyn SupportedKxGroup> = Vec::new();
        if self.0.post_quantum {
            if !self.0.fips {
                groups.push(kx_group::X25519MLKEM768);
            }
            groups.push(kx_group::SECP256R1MLKEM768);
        }
        if !self.0.fips {
            groups.push(kx_group::X25519);
        }
        groups.extend([kx_group::SECP256R1, kx_group::SECP384R1]);
        groups
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn policies_have_aws_names_and_forbid_what_they_should() {
        let check = |name: &str, versions: usize, suites: usize, first: &str| {
            let policy: SecurityPolicy = name.parse().unwrap();
            assert_eq!(policy.to_string(), name);
            assert_eq!(policy.versions().len(), versions, "{name}");
            assert_eq!(policy.suites().len(), suites, "{name}");
            assert_eq!(format!("{:?}", policy.groups()[0].name()), first, "{name}");
        };
        check("TLS_1_2", 2, 9, "X25519");
        check("SecurityPolicy_TLS13_1_3_2025_09", 1, 3, "X25519");
        check("SecurityPolicy_TLS13_1_3_FIPS_2025_09", 1, 2, "secp256r1");
        check("SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09", 2, 7, "X25519MLKEM768");
        check("SecurityPolicy_TLS13_1_2_FIPS_PFS_PQ_2025_09", 2, 6, "secp256r1MLKEM768");
        check("SecurityPolicy_TLS13_1_2_2021_06", 2, 7, "X25519");
        check("SecurityPolicy_TLS13_2025_EDGE", 1, 3, "X25519MLKEM768");
    }

    #[test]
    fn other_names_are_refused_aloud() {
        let check = |name: &str, expected: &str| {
            let message = name.parse::<SecurityPolicy>().unwrap_err().to_string();
            assert!(message.contains(expected), "{message}");
        };
        check("TLS_1_0", "RFC 8996");
        check("TLS_1_3", "there is no security policy \"TLS_1_3\"; there are TLS_1_2, ");
        check("", "no security policy \"\"");
    }
}
