//! The account and region that every API of this process belongs to.

/// Account and region, as they stand in ARNs and events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Twelve digits.
    pub id: String,
    /// For example `us-east-1`.
    pub region: String,
}
