//! Stage: a name under which a deployment is served, with what stays live.
//! Source: API Gateway API Reference, `Stage` and `MethodSetting`.

use std::collections::BTreeMap;

use serde::Deserialize;

/// A Stage document, in AWS's own member names. Its name is the key it stands under.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Stage {
    /// Stage variables: name to value.
    #[serde(default)]
    pub variables: BTreeMap<String, String>,
    /// `*/*`, or `{resource path}/{METHOD}`, to settings.
    #[serde(default)]
    pub method_settings: BTreeMap<String, MethodSetting>,
}

/// A MethodSetting document; what is absent has the account's value, here no limit.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MethodSetting {
    /// Requests a second in the long run; negative is no limit.
    pub throttling_rate_limit: Option<f64>,
    /// Requests at once; negative is no limit.
    pub throttling_burst_limit: Option<i32>,
}
