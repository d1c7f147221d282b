//! Allow: the kinds of findings in spite of which a definition is served.

use std::collections::BTreeSet;

use crate::{Class, Finding, kind};

/// Kinds that the operator allows. What a finding of such a kind concerns answers an error and is
/// never served without what it asks for; what AWS would refuse too is never allowed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Allow(BTreeSet<&'static str>);

/// Why a kind cannot be allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAllowable {
    #[error("there is no such kind of finding")]
    Unknown,
    #[error("findings of this kind are never allowed")]
    Fixed,
}

impl Allow {
    /// Nothing is allowed.
    pub const NOTHING: Self = Self(BTreeSet::new());

    /// Allows a kind, for example `authorizer`.
    pub fn insert(&mut self, name: &str) -> Result<(), NotAllowable> {
        let kind = kind(name).ok_or(NotAllowable::Unknown)?;
        if !kind.may_be_allowed {
            return Err(NotAllowable::Fixed);
        }
        self.0.insert(kind.name);
        Ok(())
    }

    /// Whether a definition may not be served because of the finding.
    pub fn forbids(&self, finding: &Finding) -> bool {
        match finding.class {
            Class::Invalid => true,
            Class::NotRunnable => !self.0.contains(finding.kind),
            Class::Ignored => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::DocumentPath;

    #[test]
    fn only_what_aws_can_run_is_allowed() {
        let mut allow = Allow::default();
        assert_eq!(allow.insert("authorizer"), Ok(()));
        assert_eq!(allow.insert("reference"), Ok(()));
        assert_eq!(allow.insert("type"), Err(NotAllowable::Fixed));
        assert_eq!(allow.insert("teleport"), Err(NotAllowable::Unknown));
        let check = |class: Class, kind: &'static str, forbidden: bool| {
            let finding = Finding::new(class, kind, DocumentPath::root(), "m");
            assert_eq!(allow.forbids(&finding), forbidden, "{class:?} {kind}");
        };
        check(Class::NotRunnable, "authorizer", false);
        check(Class::NotRunnable, "api-key", true);
        check(Class::NotRunnable, "reference", false);
        check(Class::Invalid, "reference", true);
        check(Class::Ignored, "uri", false);
    }
}
