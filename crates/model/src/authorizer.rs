//! Authorizer: who decides for a Method that does not decide itself.
//! Source: API Gateway API Reference, `CreateAuthorizer`; AWS, "x-amazon-apigateway-authorizer".

use crate::DocumentPath;

/// How long a decision holds when the document says nothing, in seconds.
pub const DEFAULT_AUTHORIZER_TTL_SECONDS: u32 = 300;

/// What an authorizer decides by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuthorizerType {
    /// A function that is given one token.
    Token,
    /// A function that is given the request.
    Request,
    /// Tokens of user pools.
    CognitoUserPools,
    /// Tokens of an OpenID provider; AWS has them for HTTP APIs only.
    Jwt,
}

/// An Authorizer document. Its name is the key it stands under.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authorizer {
    pub path: DocumentPath,
    pub kind: AuthorizerType,
    /// `x-amazon-apigateway-authtype`, which AWS keeps and does not act on.
    pub auth_type: Option<String>,
    /// ARN of the function's invocation, perhaps with stage variables.
    pub uri: Option<String>,
    /// ARN of the role that invokes it.
    pub credentials: Option<String>,
    /// Mapping expressions, with commas between them.
    pub identity_source: Option<String>,
    /// Java regular expression that a token has to match.
    pub identity_validation_expression: Option<String>,
    /// How long a decision is kept: 0 to 3,600.
    pub result_ttl_seconds: u32,
    /// ARNs of user pools.
    pub provider_arns: Vec<String>,
    /// `1.0` or `2.0`, for HTTP APIs.
    pub payload_format_version: Option<String>,
    /// Whether a function answers yes or no instead of a policy, for HTTP APIs.
    pub enable_simple_responses: bool,
    pub jwt: Option<JwtConfiguration>,
}

/// Whose tokens, and for whom.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct JwtConfiguration {
    pub issuer: Option<String>,
    pub audience: Vec<String>,
}
