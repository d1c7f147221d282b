//! `$context` as templates see it: a map of maps, in the order in which AWS lists its keys.
//! Source: recorded answers (`$context.keySet()` and `$context.identity.keySet()` of a POST).

use super::ContextVariable;

/// One member of `$context`.
#[derive(Clone, Debug)]
pub enum ContextMember {
    /// The value of a variable; empty if the request has none.
    Value(&'static str, ContextVariable),
    /// There, and always empty.
    Empty(&'static str),
    /// A map of its own.
    Map(&'static str, ContextMembers),
}

/// The members of a map.
#[derive(Clone, Copy, Debug)]
pub struct ContextMembers {
    all: &'static [ContextMember],
    find: fn(&str) -> Option<&'static ContextMember>,
}

impl ContextMember {
    /// Its key.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Value(name, _) | Self::Empty(name) | Self::Map(name, _) => name,
        }
    }
}

impl ContextMembers {
    /// All of them, in order.
    pub fn iter(&self) -> std::slice::Iter<'static, ContextMember> {
        self.all.iter()
    }

    /// The member with this key.
    #[inline]
    pub fn find(&self, key: &str) -> Option<&'static ContextMember> {
        (self.find)(key)
    }
}

use ContextMember::{Empty, Map, Value};

/// The members in order, and a `match` by their keys, which is quicker than to search them.
macro_rules! members {
    ($($kind:ident($key:tt $(, $of:expr)?);)*) => {
        ContextMembers {
            all: &[$($kind($key $(, $of)?)),*],
            find: |key| match key {
                $($key => {
                    const MEMBER: &ContextMember = &$kind($key $(, $of)?);
                    Some(MEMBER)
                })*
                _ => None,
            },
        }
    };
}

/// The members of `$context`. What no request has here (WAF, canaries, authorizers) is no member:
/// it prints the same, which is nothing.
pub const CONTEXT_MEMBERS: ContextMembers = members! {
    Value("resourceId", ContextVariable::ResourceId);
    Value("resourcePath", ContextVariable::ResourcePath);
    Value("httpMethod", ContextVariable::HttpMethod);
    Value("extendedRequestId", ContextVariable::ExtendedRequestId);
    Value("requestTime", ContextVariable::RequestTime);
    Value("path", ContextVariable::Path);
    Value("accountId", ContextVariable::AccountId);
    Value("protocol", ContextVariable::Protocol);
    Map(REQUEST_OVERRIDE, REQUEST);
    Value("stage", ContextVariable::Stage);
    Value("domainPrefix", ContextVariable::DomainPrefix);
    Value("requestTimeEpoch", ContextVariable::RequestTimeEpoch);
    Value("requestId", ContextVariable::RequestId);
    Map("identity", IDENTITY);
    Value("domainName", ContextVariable::DomainName);
    Value("deploymentId", ContextVariable::DeploymentId);
    Map(RESPONSE_OVERRIDE, RESPONSE);
    Value("apiId", ContextVariable::ApiId);
};

/// The two maps that templates write.
pub const REQUEST_OVERRIDE: &str = "requestOverride";
pub const RESPONSE_OVERRIDE: &str = "responseOverride";

const NONE: ContextMembers = members! {};

const REQUEST: ContextMembers = members! {
    Map("path", NONE);
    Map("header", NONE);
    Map("querystring", NONE);
};

const RESPONSE: ContextMembers = members! {
    Map("header", NONE);
};

const IDENTITY: ContextMembers = members! {
    Empty("cognitoIdentityPoolId");
    Empty("accountId");
    Empty("cognitoIdentityId");
    Empty("caller");
    Value("sourceIp", ContextVariable::IdentitySourceIp);
    Empty("principalOrgId");
    Empty("accessKey");
    Empty("cognitoAuthenticationType");
    Empty("cognitoAuthenticationProvider");
    Empty("userArn");
    Value("userAgent", ContextVariable::IdentityUserAgent);
    Empty("user");
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ContextPlace;

    /// The members with values under their whole names.
    fn names(members: ContextMembers, under: &str, found: &mut Vec<(String, Option<String>)>) {
        for member in members.iter() {
            let found_by_key = members.find(member.name());
            assert_eq!(found_by_key.map(ContextMember::name), Some(member.name()));
            match member {
                Value(name, variable) => {
                    found.push((format!("{under}{name}"), Some(variable.as_str().to_owned())));
                }
                Empty(name) => found.push((format!("{under}{name}"), None)),
                Map(name, members) => names(*members, &format!("{under}{name}."), found),
            }
        }
    }

    #[test]
    fn members_have_the_names_of_the_table() {
        assert!(CONTEXT_MEMBERS.find("stages").is_none() && CONTEXT_MEMBERS.find("").is_none());
        let mut found = Vec::new();
        names(CONTEXT_MEMBERS, "", &mut found);
        for (name, variable) in &found {
            let known = ContextVariable::parse(name, ContextPlace::Mapping);
            match variable {
                Some(variable) => assert_eq!((name, known.unwrap().as_str()), (variable, &**name)),
                // Recorded as a key, and nowhere documented as a variable.
                None if name == "identity.accessKey" => {}
                None => assert!(matches!(known, Ok(ContextVariable::Absent(_))), "{name}"),
            }
        }
    }

    #[test]
    fn what_has_a_value_is_a_member() {
        let mut found = Vec::new();
        names(CONTEXT_MEMBERS, "", &mut found);
        for name in ContextVariable::names(ContextPlace::Mapping) {
            let variable = ContextVariable::parse(name, ContextPlace::Mapping).unwrap();
            // Only in stages with a canary, as recorded; of faults, which no template outlives.
            let is_listed = found.iter().any(|(listed, _)| listed == name);
            let has_none = matches!(
                variable,
                ContextVariable::Absent(_)
                    | ContextVariable::IsCanaryRequest
                    | ContextVariable::ErrorValidationErrorString
                    | ContextVariable::Authorizer(_)
            );
            assert!(is_listed || has_none, "{name}");
        }
    }
}
