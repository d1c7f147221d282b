//! `tlsConfig` of an integration: what its origin has to prove.
//! Source: AWS, "x-amazon-apigateway-integration.tlsConfig object".

use portico_model::{Class, Finding, Integration};

use super::compiler::Compiler;
use super::uri::is_server_name;
use crate::Origin;

/// Puts the settings into the origin; whether they can be followed.
pub(super) fn apply(
    compiler: &mut Compiler<'_>,
    integration: &Integration,
    origin: &mut Origin,
) -> bool {
    let Some(settings) = &integration.tls_config else { return true };
    let path = integration.path.join("tlsConfig");
    let Some(tls) = &mut origin.tls else {
        let message = "the URI begins with http://, so there is no TLS to configure";
        compiler.report(Finding::new(Class::Ignored, "tls-config", path, message));
        return true;
    };
    if settings.insecure_skip_verification {
        let message = "whoever issued the origin's certificate is believed";
        let path = path.join("insecureSkipVerification");
        let finding = Finding::new(Class::Ignored, "insecure", path, message);
        compiler.report(finding.help("name the issuer with --upstream-ca instead"));
        tls.any_issuer = true;
    }
    let Some(name) = &settings.server_name_to_verify else { return true };
    if !is_server_name(name) {
        let message = format!("\"{name}\" is no name that a certificate can have");
        compiler.invalid("tls-config", &path.join("serverNameToVerify"), message);
        return false;
    }
    tls.server_name = name.to_ascii_lowercase().into();
    true
}
