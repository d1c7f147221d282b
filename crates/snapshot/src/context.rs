//! The one table of context variables: their names in documents, and their slots at run time.
//! Source: AWS, "Variables for data transformations for API Gateway".

use std::str::FromStr;

/// The text names no context variable that a mapping of this gateway can use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a context variable")]
pub struct UnknownContextVariable;

macro_rules! context_variables {
    ($($(#[$comment:meta])* $variant:ident = $name:literal,)*) => {
        /// A variable of `$context`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum ContextVariable {
            $($(#[$comment])* $variant,)*
        }

        impl ContextVariable {
            /// Every variable.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The name without `context.`, for example `identity.sourceIp`.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }
        }

        impl FromStr for ContextVariable {
            type Err = UnknownContextVariable;

            /// Names are case-sensitive and come without `context.`.
            fn from_str(name: &str) -> Result<Self, UnknownContextVariable> {
                match name {
                    $($name => Ok(Self::$variant),)*
                    _ => Err(UnknownContextVariable),
                }
            }
        }
    };
}

context_variables! {
    AccountId = "accountId",
    ApiId = "apiId",
    /// The host that was called: the Host field.
    DomainName = "domainName",
    /// The first label of `domainName`.
    DomainPrefix = "domainPrefix",
    /// As in `x-amz-apigw-id`.
    ExtendedRequestId = "extendedRequestId",
    HttpMethod = "httpMethod",
    /// Peer of the TCP connection.
    IdentitySourceIp = "identity.sourceIp",
    IdentityUserAgent = "identity.userAgent",
    /// The request's path with the stage.
    Path = "path",
    /// `HTTP/1.1`, whatever the client spoke.
    Protocol = "protocol",
    /// A UUID.
    RequestId = "requestId",
    /// `dd/MMM/yyyy:HH:mm:ss +0000`.
    RequestTime = "requestTime",
    /// In milliseconds.
    RequestTimeEpoch = "requestTimeEpoch",
    ResourceId = "resourceId",
    /// The template path, for example `/pets/{id}`.
    ResourcePath = "resourcePath",
    Stage = "stage",
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_variable_is_found_by_its_name() {
        for variable in ContextVariable::ALL {
            assert_eq!(variable.as_str().parse(), Ok(*variable));
        }
        assert_eq!("sourceIp".parse::<ContextVariable>(), Err(UnknownContextVariable));
        assert_eq!("REQUESTID".parse::<ContextVariable>(), Err(UnknownContextVariable));
    }
}
