//! Identifiers and names of documents, one type each.

use std::borrow::Borrow;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Id of a RestApi, for example `a1b2c3d4e5`: ten of `[a-z0-9]`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RestApiId(String);

/// Id of a Resource, for example `f4k2p9`: six of `[a-z0-9]`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ResourceId(String);

/// Id of a Deployment, for example `d4p7x2`: six of `[a-z0-9]`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DeploymentId(String);

impl RestApiId {
    /// The id of an API that is served from a file: always the same for one file name and title.
    pub fn derive(file_name: &str, title: &str) -> Self {
        Self(derive::<10>(&[file_name, title]))
    }
}

impl ResourceId {
    /// The id of the resource with this path in an API that is served from a file.
    pub fn derive(api: &RestApiId, path: &str) -> Self {
        Self(derive::<6>(&[&api.0, path]))
    }
}

impl DeploymentId {
    /// The id of the one deployment of an API that is served from a file.
    pub fn derive(api: &RestApiId) -> Self {
        Self(derive::<6>(&[&api.0, "deployment"]))
    }
}

/// `N` characters of `[a-z0-9]` from a 64-bit FNV-1a hash of the parts; the first is a letter, as
/// the id is also a DNS label.
fn derive<const N: usize>(parts: &[&str]) -> String {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for part in parts {
        for byte in part.bytes().chain([0]) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    let digits = b"abcdefghijklmnopqrstuvwxyz0123456789";
    let mut text = String::with_capacity(N);
    for index in 0..N {
        let radix = if index == 0 { 26 } else { 36 };
        text.push(char::from(digits[(hash % radix) as usize]));
        hash /= radix;
    }
    text
}

/// Name of a stage, for example `prod`: 1 to 128 of `[A-Za-z0-9_-]`.
/// Source: API Gateway API Reference, `CreateStage`, `stageName`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct StageName(String);

/// The text cannot name a stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a stage name has 1 to 128 of the characters A-Z a-z 0-9 _ -")]
pub struct InvalidStageName;

impl FromStr for StageName {
    type Err = InvalidStageName;

    fn from_str(text: &str) -> Result<Self, InvalidStageName> {
        let legal = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
        if !(1..=128).contains(&text.len()) || !text.bytes().all(legal) {
            return Err(InvalidStageName);
        }
        Ok(Self(text.to_owned()))
    }
}

impl TryFrom<String> for StageName {
    type Error = InvalidStageName;

    fn try_from(text: String) -> Result<Self, InvalidStageName> {
        text.parse()
    }
}

impl From<StageName> for String {
    fn from(name: StageName) -> Self {
        name.0
    }
}

macro_rules! text_type {
    ($($name:ident),*) => {$(
        impl $name {
            /// The name as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}
text_type!(RestApiId, ResourceId, DeploymentId, StageName);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_served_files_are_stable_dns_labels() {
        let id = RestApiId::derive("openapi.yaml", "Bookstore");
        assert_eq!(id, RestApiId::derive("openapi.yaml", "Bookstore"));
        assert_ne!(id, RestApiId::derive("openapi.yaml", "Bookshop"));
        assert_ne!(RestApiId::derive("a", "bc"), RestApiId::derive("ab", "c"));
        assert_eq!(id.as_str().len(), 10);
        assert!(id.as_str().starts_with(|c: char| c.is_ascii_lowercase()));
        assert!(id.as_str().bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()));
    }

    #[test]
    fn stage_names_are_checked_once() {
        let check = |text: &str, legal: bool| {
            assert_eq!(text.parse::<StageName>().is_ok(), legal, "{text:?}");
        };
        check("prod", true);
        check("v1_2-x", true);
        check("", false);
        check("$default", false);
        check("a/b", false);
        check(&"a".repeat(128), true);
        check(&"a".repeat(129), false);
    }
}
