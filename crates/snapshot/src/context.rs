//! The one table of context variables: their names in documents, where each may stand, and their
//! slots at run time.
//! Source: AWS, "Variables for data transformations for API Gateway" and "Variables for access
//! logging for API Gateway".

mod members;

pub use members::{
    CONTEXT_MEMBERS, ContextMember, ContextMembers, REQUEST_OVERRIDE, RESPONSE_OVERRIDE,
};

/// A text that names context variables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContextPlace {
    /// A mapping of a request or of an answer.
    Mapping,
    /// A parameter or a template of a gateway response: the request has ended with a fault.
    GatewayResponse,
    /// The format of an access log: the request has been answered.
    AccessLog,
}

/// Why a name is no context variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoContextVariable {
    #[error("there is no such context variable")]
    Unknown,
    #[error("the context variable has no value here")]
    Elsewhere,
}

/// Where a variable may stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scope {
    Everywhere,
    /// In gateway responses and access logs.
    Fault,
    /// In access logs.
    Log,
}

impl Scope {
    fn holds(self, place: ContextPlace) -> bool {
        match self {
            Self::Everywhere => true,
            Self::Fault => place != ContextPlace::Mapping,
            Self::Log => place == ContextPlace::AccessLog,
        }
    }
}

macro_rules! context_variables {
    ($($(#[$comment:meta])* $variant:ident = $name:literal, $scope:ident;)*) => {
        /// A variable of `$context`.
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        pub enum ContextVariable {
            $($(#[$comment])* $variant,)*
            /// What an authorizer said, for example `authorizer.tenant` or
            /// `authorizer.claims.sub`.
            Authorizer(Box<str>),
            /// A variable of something that no request has here, for example `wafResponseCode`.
            Absent(&'static str),
        }

        impl ContextVariable {
            /// The name without `context.`, for example `identity.sourceIp`.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $name,)*
                    Self::Authorizer(name) => name,
                    Self::Absent(name) => name,
                }
            }
        }

        /// The variables with a value, by name.
        const PRESENT: &[(ContextVariable, &str, Scope)] =
            &[$((ContextVariable::$variant, $name, Scope::$scope),)*];
    };
}

context_variables! {
    AccountId = "accountId", Everywhere;
    ApiId = "apiId", Everywhere;
    /// Six of `[a-z0-9]`.
    DeploymentId = "deploymentId", Everywhere;
    /// The host that was called: the Host field without its port.
    DomainName = "domainName", Everywhere;
    /// The first label of `domainName`.
    DomainPrefix = "domainPrefix", Everywhere;
    /// What the client reads of a fault.
    ErrorMessage = "error.message", Fault;
    /// The same in quotes, or `null`.
    ErrorMessageString = "error.messageString", Fault;
    /// For example `THROTTLED`.
    ErrorResponseType = "error.responseType", Fault;
    /// What of the request does not fit its model, for example
    /// `[object has missing required properties (["id"])]`.
    ErrorValidationErrorString = "error.validationErrorString", Everywhere;
    /// As in `x-amz-apigw-id`.
    ExtendedRequestId = "extendedRequestId", Everywhere;
    HttpMethod = "httpMethod", Everywhere;
    /// The client's address.
    IdentitySourceIp = "identity.sourceIp", Everywhere;
    IdentityUserAgent = "identity.userAgent", Everywhere;
    IntegrationError = "integration.error", Log;
    IntegrationIntegrationStatus = "integration.integrationStatus", Log;
    IntegrationLatencyAgain = "integration.latency", Log;
    IntegrationStatusAgain = "integration.status", Log;
    IntegrationErrorMessage = "integrationErrorMessage", Log;
    /// Milliseconds from the call of the integration to its answer.
    IntegrationLatency = "integrationLatency", Log;
    /// What the origin answered.
    IntegrationStatus = "integrationStatus", Log;
    /// `true` or `false`.
    IsCanaryRequest = "isCanaryRequest", Everywhere;
    /// The request's path with the stage.
    Path = "path", Everywhere;
    /// `HTTP/1.1`, whatever the client spoke.
    Protocol = "protocol", Everywhere;
    /// A UUID.
    RequestId = "requestId", Everywhere;
    /// `dd/MMM/yyyy:HH:mm:ss +0000`.
    RequestTime = "requestTime", Everywhere;
    /// In milliseconds.
    RequestTimeEpoch = "requestTimeEpoch", Everywhere;
    ResourceId = "resourceId", Everywhere;
    /// The template path, for example `/pets/{id}`.
    ResourcePath = "resourcePath", Everywhere;
    /// Milliseconds from the request to the end of its answer.
    ResponseLatency = "responseLatency", Log;
    /// Bytes of the answer's body.
    ResponseLength = "responseLength", Log;
    Stage = "stage", Everywhere;
    /// What the client was answered.
    Status = "status", Log;
}

/// Variables of what does not exist here: they are known, and no request has a value for them.
const ABSENT: &[(&str, Scope)] = &[
    ("authenticate.error", Scope::Log),
    ("authenticate.latency", Scope::Log),
    ("authenticate.status", Scope::Log),
    ("authorize.error", Scope::Log),
    ("authorize.latency", Scope::Log),
    ("authorize.status", Scope::Log),
    ("authorizer.claims", Scope::Everywhere),
    ("authorizer.error", Scope::Log),
    ("authorizer.integrationLatency", Scope::Log),
    ("authorizer.integrationStatus", Scope::Log),
    ("authorizer.latency", Scope::Log),
    ("authorizer.requestId", Scope::Log),
    ("authorizer.status", Scope::Log),
    ("awsEndpointRequestId", Scope::Everywhere),
    ("customDomain.basePathMatched", Scope::Log),
    ("identity.accountId", Scope::Everywhere),
    ("identity.apiKey", Scope::Everywhere),
    ("identity.apiKeyId", Scope::Everywhere),
    ("identity.caller", Scope::Everywhere),
    ("identity.clientCert.clientCertPem", Scope::Everywhere),
    ("identity.clientCert.issuerDN", Scope::Everywhere),
    ("identity.clientCert.serialNumber", Scope::Everywhere),
    ("identity.clientCert.subjectDN", Scope::Everywhere),
    ("identity.clientCert.validity.notAfter", Scope::Everywhere),
    ("identity.clientCert.validity.notBefore", Scope::Everywhere),
    ("identity.cognitoAuthenticationProvider", Scope::Everywhere),
    ("identity.cognitoAuthenticationType", Scope::Everywhere),
    ("identity.cognitoIdentityId", Scope::Everywhere),
    ("identity.cognitoIdentityPoolId", Scope::Everywhere),
    ("identity.principalOrgId", Scope::Everywhere),
    ("identity.user", Scope::Everywhere),
    ("identity.userArn", Scope::Everywhere),
    ("identity.vpcId", Scope::Everywhere),
    ("identity.vpceId", Scope::Everywhere),
    ("integration.requestId", Scope::Log),
    ("waf.error", Scope::Log),
    ("waf.latency", Scope::Log),
    ("waf.status", Scope::Log),
    ("wafResponseCode", Scope::Everywhere),
    ("webaclArn", Scope::Everywhere),
    ("xrayTraceId", Scope::Log),
];

impl ContextVariable {
    /// The variable with this name in such a text. Names are case-sensitive and come without
    /// `context.`.
    pub fn parse(name: &str, place: ContextPlace) -> Result<Self, NoContextVariable> {
        let present = PRESENT.iter().map(|(variable, name, scope)| (variable.clone(), name, scope));
        let absent = ABSENT.iter().map(|(name, scope)| (Self::Absent(name), name, scope));
        let found = present.chain(absent).find(|(_, known, _)| **known == name);
        match found {
            Some((variable, _, scope)) if scope.holds(place) => Ok(variable),
            // Whatever an authorizer says has a name of its own choice.
            _ if is_of_authorizer(name) => Ok(Self::Authorizer(name.into())),
            Some(_) => Err(NoContextVariable::Elsewhere),
            None => Err(NoContextVariable::Unknown),
        }
    }

    /// The names that such a text may have, besides those of authorizers.
    pub fn names(place: ContextPlace) -> impl Iterator<Item = &'static str> {
        let present = PRESENT.iter().map(|(_, name, scope)| (*name, *scope));
        let named = present.chain(ABSENT.iter().copied());
        named.filter(move |(_, scope)| scope.holds(place)).map(|(name, _)| name)
    }
}

/// Whether the name is `authorizer.KEY` or `authorizer.claims.KEY`.
fn is_of_authorizer(name: &str) -> bool {
    let Some(rest) = name.strip_prefix("authorizer.") else { return false };
    let key = rest.strip_prefix("claims.").unwrap_or(rest);
    !key.is_empty() && !key.contains('.')
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACES: [ContextPlace; 3] =
        [ContextPlace::Mapping, ContextPlace::GatewayResponse, ContextPlace::AccessLog];

    #[test]
    fn every_variable_is_found_by_its_name_where_it_may_stand() {
        for place in PLACES {
            for name in ContextVariable::names(place) {
                let variable = ContextVariable::parse(name, place).unwrap();
                assert_eq!(variable.as_str(), name, "{place:?}");
            }
        }
        let (mut names, all): (Vec<_>, _) =
            (ContextVariable::names(ContextPlace::AccessLog).collect(), PRESENT.len());
        assert_eq!(names.len(), all + ABSENT.len(), "a log may have every variable");
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all + ABSENT.len(), "no name stands twice");
    }

    #[test]
    fn a_variable_has_its_places() {
        use NoContextVariable::{Elsewhere, Unknown};
        let check = |name: &str, expected: [Option<NoContextVariable>; 3]| {
            let found = PLACES.map(|place| ContextVariable::parse(name, place).err());
            assert_eq!(found, expected, "{name}");
        };
        check("requestId", [None, None, None]);
        check("REQUESTID", [Some(Unknown); 3]);
        check("sourceIp", [Some(Unknown); 3]);
        check("", [Some(Unknown); 3]);
        check("status", [Some(Elsewhere), Some(Elsewhere), None]);
        check("error.message", [Some(Elsewhere), None, None]);
        check("identity.accessKey", [Some(Unknown); 3]);
        check("routeKey", [Some(Unknown); 3]);
        check("authorizer", [Some(Unknown); 3]);
        check("authorizer.", [Some(Unknown); 3]);
        check("authorizer.tenant", [None, None, None]);
        check("authorizer.tenant.id", [Some(Unknown); 3]);
        check("authorizer.claims.sub", [None, None, None]);
    }

    #[test]
    fn names_of_aws_win_over_those_of_an_authorizer() {
        let latency = |place| ContextVariable::parse("authorizer.latency", place).unwrap();
        let said = ContextVariable::Authorizer("authorizer.latency".into());
        assert_eq!(latency(ContextPlace::Mapping), said);
        assert_eq!(latency(ContextPlace::AccessLog), ContextVariable::Absent("authorizer.latency"));
    }
}
