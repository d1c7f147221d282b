//! A mapping of the tree: members in document order, found by key.

use std::collections::HashMap;
use std::ops::Deref;
use std::sync::Arc;

use super::{Node, Span};

/// With more members than this they are found by hash.
const FEW: usize = 16;

/// Members in document order; no key stands twice.
#[derive(Debug, Default)]
pub(crate) struct Mapping {
    members: Vec<Member>,
    /// Empty while the members are few.
    index: HashMap<Arc<str>, usize>,
}

/// A key and its value.
#[derive(Clone, Debug)]
pub(crate) struct Member {
    /// As written: `200`, not the number.
    pub(crate) key: Arc<str>,
    pub(crate) key_span: Span,
    pub(crate) node: Node,
}

impl Mapping {
    /// The mapping of these members; of two with the same key the first stays.
    pub(crate) fn of(members: impl IntoIterator<Item = Member>) -> Self {
        let mut mapping = Self::default();
        for member in members {
            let _ = mapping.insert(member);
        }
        mapping
    }

    /// The member with this key.
    pub(crate) fn get(&self, key: &str) -> Option<&Member> {
        if self.members.len() > FEW {
            return self.index.get(key).map(|position| &self.members[*position]);
        }
        self.members.iter().find(|member| *member.key == *key)
    }

    /// Adds a member, unless its key is there already.
    pub(super) fn insert(&mut self, member: Member) -> Result<(), Member> {
        if self.get(&member.key).is_some() {
            return Err(member);
        }
        let next = self.members.len();
        if next == FEW {
            let keys = self.members.iter().enumerate();
            self.index = keys.map(|(at, member)| (Arc::clone(&member.key), at)).collect();
        }
        if next >= FEW {
            self.index.insert(Arc::clone(&member.key), next);
        }
        self.members.push(member);
        Ok(())
    }
}

impl Deref for Mapping {
    type Target = [Member];

    fn deref(&self) -> &[Member] {
        &self.members
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::Value;

    #[test]
    fn members_are_found_however_many() {
        let span = Span { line: 1, column: 1, length: 1 };
        let member = |index: usize| {
            let node = Node { value: Value::Null, span };
            Member { key: index.to_string().into(), key_span: span, node }
        };
        let mut mapping = Mapping::default();
        for index in 0..3 * FEW {
            assert!(mapping.get(&index.to_string()).is_none());
            assert!(mapping.insert(member(index)).is_ok());
            assert!(mapping.insert(member(index)).is_err());
            for earlier in 0..=index {
                let key = earlier.to_string();
                assert_eq!(mapping.get(&key).map(|member| &*member.key), Some(key.as_str()));
            }
        }
        assert_eq!(mapping.len(), 3 * FEW);
    }
}
