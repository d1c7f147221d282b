//! Stage: a name under which a deployment is served, with what stays live.
//! Source: API Gateway API Reference, `Stage`, `MethodSetting`, `AccessLogSettings` and
//! `CanarySettings`.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::IgnoredAny;

/// A Stage document, in AWS's own member names, so that an answer of GetStage can be one. Its name
/// is the key it stands under.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Stage {
    pub description: Option<String>,
    /// Stage variables: name to value.
    #[serde(default)]
    pub variables: BTreeMap<String, String>,
    /// `*/*`, or a resource's path and a method, to settings; [`crate::MethodKey`] reads the keys.
    #[serde(default)]
    pub method_settings: BTreeMap<String, MethodSetting>,
    pub access_log_settings: Option<AccessLogSettings>,
    pub canary_settings: Option<CanarySettings>,
    #[serde(default)]
    pub tracing_enabled: bool,
    #[serde(default)]
    pub cache_cluster_enabled: bool,
    /// Gigabytes, for example `0.5`.
    pub cache_cluster_size: Option<String>,
    pub client_certificate_id: Option<String>,
    pub documentation_version: Option<String>,
    pub web_acl_arn: Option<String>,
    #[serde(default)]
    pub tags: BTreeMap<String, String>,
    /// Has to be the key it stands under.
    pub stage_name: Option<String>,
    /// This and the next are what the service writes and nobody sets: they change nothing.
    #[serde(default)]
    pub deployment_id: Option<IgnoredAny>,
    #[serde(default)]
    pub created_date: Option<IgnoredAny>,
    #[serde(default)]
    pub last_updated_date: Option<IgnoredAny>,
    #[serde(default)]
    pub cache_cluster_status: Option<IgnoredAny>,
}

/// A MethodSetting document; what is absent has the account's value, here no limit.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MethodSetting {
    /// Whether the method has metrics of its own.
    pub metrics_enabled: Option<bool>,
    /// `OFF`, `ERROR` or `INFO`.
    pub logging_level: Option<String>,
    pub data_trace_enabled: Option<bool>,
    /// Requests at once; negative is no limit.
    pub throttling_burst_limit: Option<i32>,
    /// Requests a second in the long run; negative is no limit.
    pub throttling_rate_limit: Option<f64>,
    pub caching_enabled: Option<bool>,
    pub cache_ttl_in_seconds: Option<i32>,
    pub cache_data_encrypted: Option<bool>,
    pub require_authorization_for_cache_control: Option<bool>,
    pub unauthorized_cache_control_header_strategy: Option<String>,
}

/// An AccessLogSettings document.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AccessLogSettings {
    /// An ARN, or where lines go here: `stdout`, `stderr` or the path of a file.
    pub destination_arn: Option<String>,
    /// Text with `$context` variables.
    pub format: Option<String>,
}

/// A CanarySettings document.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CanarySettings {
    /// Of requests that take the canary, from 0 to 100.
    #[serde(default)]
    pub percent_traffic: f64,
    pub deployment_id: Option<String>,
    #[serde(default)]
    pub stage_variable_overrides: BTreeMap<String, String>,
    #[serde(default)]
    pub use_stage_cache: bool,
}
