//! Authorization: who may call a Method.
//! Source: API Gateway API Reference, `PutMethod`, `authorizationType`.

/// How a Method decides who may call it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Authorization {
    /// Everybody may.
    #[default]
    None,
    /// Whoever signs the request and is allowed to by IAM.
    AwsIam,
    /// Whom the authorizer of this name lets in.
    Custom { authorizer: String },
    /// Who brings a token of a user pool, with one of the scopes where there are any.
    CognitoUserPools { authorizer: String, scopes: Vec<String> },
}
