//! `x-amazon-apigateway-integration` to an integration document.
//! Source: AWS, "x-amazon-apigateway-integration object"; AWS's error messages.

use std::time::Duration;

use portico_model::limits::{
    INTEGRATION_TIMEOUT, INTEGRATION_TIMEOUT_MAX, INTEGRATION_TIMEOUT_MIN, STREAM_TIMEOUT_MAX,
};
use portico_model::{
    Connection, ContentHandling, DEFAULT_TIMEOUT, HttpMethod, Integration, IntegrationResponse,
    IntegrationType, PassthroughBehavior, TlsConfig, TransferMode,
};

use super::extension;
use super::member::{self, Meaning, Others, Table};
use super::reader::{At, Reader};
use super::{response, typed};
use crate::tree::Member;

const MEMBERS: Table = &[
    ("type", Meaning::Read),
    ("uri", Meaning::Read),
    ("httpMethod", Meaning::Read),
    ("requestParameters", Meaning::Read),
    ("requestTemplates", Meaning::Read),
    ("passthroughBehavior", Meaning::Read),
    ("timeoutInMillis", Meaning::Read),
    ("connectionType", Meaning::Read),
    ("connectionId", Meaning::Read),
    ("responseTransferMode", Meaning::Read),
    ("responses", Meaning::Read),
    ("credentials", Meaning::Read),
    ("cacheKeyParameters", Meaning::Read),
    ("cacheNamespace", Meaning::Read),
    ("contentHandling", Meaning::Read),
    ("tlsConfig", Meaning::Read),
    ("integrationTarget", Meaning::Read),
    ("integrationSubtype", Meaning::Ignored("it belongs to HTTP APIs")),
    ("payloadFormatVersion", Meaning::Ignored("it belongs to HTTP APIs")),
];

const TLS_MEMBERS: Table =
    &[("insecureSkipVerification", Meaning::Read), ("serverNameToVerify", Meaning::Read)];

const RESPONSE_MEMBERS: Table = &[
    ("statusCode", Meaning::Read),
    ("responseParameters", Meaning::Read),
    ("responseTemplates", Meaning::Read),
    ("contentHandling", Meaning::Read),
];

const CONVERSIONS: [(&str, ContentHandling); 2] = [
    ("CONVERT_TO_BINARY", ContentHandling::ConvertToBinary),
    ("CONVERT_TO_TEXT", ContentHandling::ConvertToText),
];

/// Reads an integration; `None` when a fatal finding has been made.
pub(super) fn read<'d>(reader: &mut Reader<'d>, at: &At<'d>) -> Option<Integration> {
    reader.mapping(at)?;
    member::check(reader, at, extension::Place::Elsewhere, MEMBERS, Others::NotRunnable);
    let (connection, response_transfer_mode) = read_connection(reader, at);
    let kind = read_type(reader, at);
    let http_method = kind.and_then(|kind| read_method(reader, at, kind));
    let integration = Integration {
        path: at.path.clone(),
        kind: kind.unwrap_or(IntegrationType::Mock),
        uri: reader.string_member(at, "uri").map(str::to_owned),
        http_method,
        request_parameters: typed::texts(reader, at, "requestParameters"),
        request_templates: typed::texts(reader, at, "requestTemplates"),
        passthrough_behavior: read_passthrough(reader, at),
        timeout: read_timeout(reader, at, response_transfer_mode),
        tls_config: read_tls_config(reader, at),
        credentials: typed::string(reader, at, "credentials"),
        content_handling: read_content_handling(reader, at),
        connection,
        response_transfer_mode,
        cache_key_parameters: typed::string_list(reader, at, "cacheKeyParameters"),
        cache_namespace: typed::string(reader, at, "cacheNamespace"),
        integration_target: typed::string(reader, at, "integrationTarget"),
        responses: read_responses(reader, at),
    };
    kind.map(|_| integration)
}

fn read_type<'d>(reader: &mut Reader<'d>, at: &At<'d>) -> Option<IntegrationType> {
    let Some(member) = at.get("type") else {
        reader.invalid("missing", &at.path, "the integration has no \"type\"");
        return None;
    };
    let text = reader.string(&member)?;
    match text.to_ascii_uppercase().as_str() {
        "HTTP" => return Some(IntegrationType::Http),
        "HTTP_PROXY" => return Some(IntegrationType::HttpProxy),
        "MOCK" => return Some(IntegrationType::Mock),
        "AWS" => return Some(IntegrationType::Aws),
        "AWS_PROXY" => return Some(IntegrationType::AwsProxy),
        _ => {
            let message = format!(
                "Value '{text}' at 'type' failed to satisfy constraint: Member must satisfy enum \
                 value set: [HTTP, MOCK, AWS_PROXY, HTTP_PROXY, AWS]"
            );
            reader.invalid("integration-type", &member.path, message);
        }
    }
    None
}

/// The method of the request to the origin; `None` is the client's own, or that of a mock, which
/// keeps none. Source: recorded imports.
fn read_method<'d>(reader: &mut Reader<'d>, at: &At<'d>, kind: IntegrationType) -> Option<String> {
    let Some(member) = at.get("httpMethod") else {
        if kind != IntegrationType::Mock {
            let message = "Enumeration value for HttpMethod must be non-empty";
            let finding = reader.invalid("missing", &at.path, message);
            finding.help = Some("give the integration an httpMethod".into());
        }
        return None;
    };
    let text = reader.string(&member)?.to_ascii_uppercase();
    match text.parse() {
        Ok(HttpMethod::Any) => None,
        Ok(_) => Some(text).filter(|_| kind != IntegrationType::Mock),
        Err(error) => {
            reader.invalid("http-method", &member.path, format!("\"{text}\" is {error}"));
            None
        }
    }
}

fn read_connection<'d>(reader: &mut Reader<'d>, at: &At<'d>) -> (Connection, TransferMode) {
    let connection = read_connection_type(reader, at);
    let Some(mode) = at.get("responseTransferMode") else {
        return (connection, TransferMode::Buffered);
    };
    let transfer_mode = match reader.string(&mode).map(str::to_ascii_uppercase).as_deref() {
        None | Some("BUFFERED") => TransferMode::Buffered,
        Some("STREAM") => TransferMode::Stream,
        Some(text) => {
            let message = format!("\"{text}\" is neither BUFFERED nor STREAM");
            reader.invalid("response-transfer-mode", &mode.path, message);
            TransferMode::Buffered
        }
    };
    (connection, transfer_mode)
}

fn read_connection_type<'d>(reader: &mut Reader<'d>, at: &At<'d>) -> Connection {
    if let Some(kind) = at.get("connectionType") {
        match reader.string(&kind).map(str::to_ascii_uppercase).as_deref() {
            None | Some("INTERNET") => {}
            Some("VPC_LINK") => {
                let id = reader.string_member(at, "connectionId").map(str::to_owned);
                return Connection::VpcLink { id };
            }
            Some(text) => {
                let message = format!("\"{text}\" is neither INTERNET nor VPC_LINK");
                reader.invalid("connection-type", &kind.path, message);
            }
        }
    }
    if let Some(id) = at.get("connectionId") {
        let message = "\"connectionId\" is ignored: the connection is no VPC_LINK";
        reader.ignored("ignored-member", &id.path, message);
    }
    Connection::Internet
}

fn read_content_handling<'d>(reader: &mut Reader<'d>, at: &At<'d>) -> Option<ContentHandling> {
    let at = at.get("contentHandling")?;
    typed::choice(reader, &at, "content-handling", &CONVERSIONS)
}

fn read_passthrough<'d>(reader: &mut Reader<'d>, at: &At<'d>) -> PassthroughBehavior {
    let default = PassthroughBehavior::default();
    let Some(member) = at.get("passthroughBehavior") else { return default };
    let Some(text) = reader.string(&member) else { return default };
    match text.to_ascii_uppercase().as_str() {
        "WHEN_NO_MATCH" => PassthroughBehavior::WhenNoMatch,
        "WHEN_NO_TEMPLATES" => PassthroughBehavior::WhenNoTemplates,
        "NEVER" => PassthroughBehavior::Never,
        _ => {
            let message =
                format!("\"{text}\" is not one of WHEN_NO_MATCH, WHEN_NO_TEMPLATES, NEVER");
            reader.invalid("passthrough-behavior", &member.path, message);
            default
        }
    }
}

/// Source: AWS, "Amazon API Gateway quotas".
fn read_timeout<'d>(reader: &mut Reader<'d>, at: &At<'d>, mode: TransferMode) -> Duration {
    let Some(member) = at.get("timeoutInMillis") else { return DEFAULT_TIMEOUT };
    let Some(text) = reader.text(&member) else { return DEFAULT_TIMEOUT };
    // What AWS takes, and what it takes on request.
    let (usual, most) = match mode {
        TransferMode::Buffered => (INTEGRATION_TIMEOUT, INTEGRATION_TIMEOUT_MAX),
        TransferMode::Stream => (STREAM_TIMEOUT_MAX, STREAM_TIMEOUT_MAX),
    };
    let timeout = text.parse().ok().map(Duration::from_millis);
    let Some(timeout) = timeout.filter(|it| (INTEGRATION_TIMEOUT_MIN..=most).contains(it)) else {
        let (least, most) = (INTEGRATION_TIMEOUT_MIN.as_millis(), most.as_millis());
        let message = format!("Timeout should be between {least} ms and {most} ms");
        reader.invalid("timeout", &member.path, message);
        return DEFAULT_TIMEOUT;
    };
    if timeout > usual {
        let usual = usual.as_millis();
        let message = format!("AWS allows more than {usual} ms on request, for Regional APIs");
        reader.ignored("timeout", &member.path, message);
    }
    timeout
}

fn read_tls_config<'d>(reader: &mut Reader<'d>, at: &At<'d>) -> Option<TlsConfig> {
    let at = at.get("tlsConfig")?;
    reader.mapping(&at)?;
    member::check(reader, &at, extension::Place::Elsewhere, TLS_MEMBERS, Others::NotRunnable);
    Some(TlsConfig {
        insecure_skip_verification: typed::flag(reader, &at, "insecureSkipVerification"),
        server_name_to_verify: reader.string_member(&at, "serverNameToVerify").map(str::to_owned),
    })
}

fn read_responses<'d>(reader: &mut Reader<'d>, at: &At<'d>) -> Vec<IntegrationResponse> {
    let mut responses = Vec::new();
    let Some(at) = at.get("responses") else { return responses };
    for Member { key, node, .. } in reader.mapping(&at).unwrap_or_default() {
        let at = At { node, path: at.path.join(key) };
        if reader.mapping(&at).is_none() {
            continue;
        }
        let place = extension::Place::Elsewhere;
        member::check(reader, &at, place, RESPONSE_MEMBERS, Others::NotRunnable);
        let status_code = read_status(reader, &at);
        let response_parameters = typed::texts(reader, &at, "responseParameters");
        let response_templates = typed::texts(reader, &at, "responseTemplates");
        let content_handling = read_content_handling(reader, &at);
        responses.extend(status_code.map(|status_code| IntegrationResponse {
            path: at.path,
            selection_pattern: Some(key.to_string()).filter(|key| key != "default"),
            status_code,
            response_parameters,
            response_templates,
            content_handling,
        }));
    }
    responses
}

fn read_status<'d>(reader: &mut Reader<'d>, at: &At<'d>) -> Option<u16> {
    let Some(member) = at.get("statusCode") else {
        reader.invalid("missing", &at.path, "the integration response has no \"statusCode\"");
        return None;
    };
    let text = reader.text(&member)?;
    let status = response::status(text);
    if status.is_none() {
        let message = format!("\"{text}\" is not a status code");
        reader.invalid("status-code", &member.path, message);
    }
    status
}
