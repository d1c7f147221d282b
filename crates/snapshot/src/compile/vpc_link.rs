//! `connectionType: VPC_LINK`: the origin behind a link.
//!
//! A link leads where the operator says, or to the host of the integration's URI. Path, query, Host
//! field and the name of the certificate are those of the URI either way.
//! Source: AWS, "Private integrations for REST APIs in API Gateway".

use portico_model::{Connection, Integration};

use super::compiler::{Compiler, Substituted};
use super::http_call::NoCall;
use super::uri::{Piece, Uri};
use crate::{Origin, OriginTls};

/// Puts the end of the link in the place of `origin`; the Host field, if it is another's now.
pub(super) fn apply(
    compiler: &mut Compiler<'_>,
    integration: &Integration,
    origin: &mut Origin,
) -> Result<Option<Box<str>>, NoCall> {
    let Connection::VpcLink { id } = &integration.connection else { return Ok(None) };
    let path = integration.path.join("connectionId");
    let Some(id) = id else {
        let message = "connectionType VPC_LINK needs a connectionId".to_owned();
        compiler.invalid("vpc-link", &integration.path, message);
        return Err(NoCall::Refused);
    };
    let id = match compiler.substitute(&path, id).ok_or(NoCall::Refused)? {
        Substituted::Text(id) => id,
        Substituted::Missing(what) => {
            return Err(NoCall::Broken(format!("the id of the VPC link is not known: {what}")));
        }
    };
    let Some(url) = compiler.vpc_links.get(&id) else { return Ok(None) };
    let Some(target) = target(url) else {
        let message = format!("the URL of VPC link \"{id}\" is no http://host:port: \"{url}\"");
        compiler.invalid("vpc-link", &path, message);
        return Err(NoCall::Refused);
    };
    let host = origin.authority().into();
    let own = origin.tls.take();
    let own =
        own.unwrap_or_else(|| OriginTls { server_name: origin.host.clone(), any_issuer: false });
    *origin = Origin { tls: target.tls.map(|_| own), ..target };
    Ok(Some(host))
}

/// Scheme, host and port of a URL that has nothing else.
fn target(url: &str) -> Option<Origin> {
    let uri = Uri::parse(url).ok()?;
    let is_bare = matches!(&uri.path[..], [Piece::Literal(path)] if **path == *b"/");
    (is_bare && uri.query.is_empty() && !uri.fragment).then_some(uri.origin)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_scheme_host_and_port() {
        let check = |url: &str, expected: Option<(&str, u16, bool)>| {
            let target = target(url);
            let found = target.as_ref().map(|it| (&*it.host, it.port, it.tls.is_some()));
            assert_eq!(found, expected, "{url}");
        };
        check("http://10.0.0.7:9000", Some(("10.0.0.7", 9000, false)));
        check("https://nlb.internal/", Some(("nlb.internal", 443, true)));
        check("http://h/a", None);
        check("http://h/?a=b", None);
        check("http://h/#a", None);
        check("http://{h}/", None);
        check("10.0.0.7:9000", None);
        check("", None);
    }
}
