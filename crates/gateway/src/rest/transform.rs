//! Bodies on their way through an integration: which of them are rendered by a template, or
//! converted between text and bytes.
//! Source: AWS, "Mapping template transformations" and "Content type conversions in API Gateway".

mod work;

use std::sync::Arc;

use portico_model::ContentHandling;
use portico_net::limits::OFFLOAD_BYTES;
use portico_net::upstream::Answer;
use portico_net::{Collected, Framing, Name};
use portico_snapshot::{
    Choice, CompiledTemplate, Content, Conversion, HttpCall, Integration, MappingTemplate,
    MockTemplate, Overrides, ResponseRule, Responses,
};

use crate::fault::Fault;
use crate::rest::body_values::{BodyValues, Read};
use crate::rest::integration::Inbound;
use crate::rest::scope::Scope;
use crate::rest::{accept, body};
use work::{Bytes, Input, Way};

pub(crate) use work::{Side, Transformed, Work};

/// What is to be done to the body of a request before it goes to the integration; `None` if it
/// passes, or a constant takes its place.
pub(crate) fn of_request<'a>(scope: &Scope<'a>) -> Result<Option<Box<Work<'a>>>, Fault> {
    let (input, media_type, template) = match &scope.matched.method.integration {
        Integration::HttpProxy(call) => return Ok(of_passing(scope, call)),
        Integration::Http { call, body, .. } => match body.choose(body::media_type(scope.head)) {
            Choice::Template(media_type, template) => (of_call(scope, call), media_type, template),
            Choice::PassThrough => return Ok(of_passing(scope, call)),
            Choice::Refused => return Ok(None),
        },
        Integration::Mock { templates, content, .. } => {
            match templates.choose(body::media_type(scope.head)) {
                Choice::Template(media_type, template) => {
                    let input = of_mock(scope, content.as_ref())?;
                    let MockTemplate::Text(template) = template else { return Ok(None) };
                    (Ok(input), media_type, template)
                }
                _ => return Ok(None),
            }
        }
        Integration::Broken(_) => return Ok(None),
    };
    let Some(template) = rendered(template, Side::Request)? else { return Ok(None) };
    let input = input?;
    let way = Way::Render { side: Side::Request, media_type: media_type.into(), template, input };
    Ok(Some(Box::new(Work { bytes: of_body(scope), way, carried: Overrides::default() })))
}

/// How a template of an integration that calls an origin gets the body of the request.
fn of_call(scope: &Scope<'_>, call: &HttpCall) -> Result<Input, Fault> {
    if call.content.is_none() || scope.body().is_none() {
        return Ok(Input::Text);
    }
    Input::after(body::of_request(call, scope.head), Side::Request)
}

/// The same for a mock. Where the type of the request is binary, no template of it is applied, with
/// a body or without. Source: quotations of AWS's execution logs.
fn of_mock(scope: &Scope<'_>, content: Option<&Content>) -> Result<Input, Fault> {
    let Some(content) = content else { return Ok(Input::Text) };
    match body::of_content(content, scope.head) {
        Conversion::Decode if scope.head.framing() == Framing::None => Ok(Input::Text),
        conversion => Input::after(conversion, Side::Request),
    }
}

/// The conversion of a body that passes.
fn of_passing<'a>(scope: &Scope<'a>, call: &HttpCall) -> Option<Box<Work<'a>>> {
    scope.body()?;
    let conversion = body::of_request(call, scope.head);
    let work = |bytes| Work { bytes, way: Way::Convert(conversion), carried: Overrides::default() };
    (conversion != Conversion::Pass).then(|| Box::new(work(of_body(scope))))
}

fn of_body<'a>(scope: &Scope<'a>) -> Bytes<'a> {
    match scope.body() {
        Some(body) if body.bytes().len() > OFFLOAD_BYTES => Bytes::Away(body.clone()),
        Some(body) => Bytes::Here(body.bytes()),
        None => Bytes::Here(b""),
    }
}

/// Whether something may have to be done to what came back.
pub(crate) fn concerns(scope: &Scope<'_>, inbound: &Inbound<'_>) -> bool {
    let (responses, is_converted) = match &scope.matched.method.integration {
        Integration::Http { call, responses, .. } => (responses, call.content.is_some()),
        Integration::Mock { responses, .. } => (responses, false),
        Integration::HttpProxy(_) | Integration::Broken(_) => return false,
    };
    let is_read = |rule: &ResponseRule| rule.renders || !rule.body_paths.is_empty();
    is_converted || responses.select(inbound.status()).is_some_and(is_read)
}

/// What mappings read in the body that came back, if they do; `source` is that body, where a template
/// has it.
pub(crate) async fn read_for_mappings(
    scope: &Scope<'_>,
    inbound: &mut Inbound<'_>,
    source: Option<&Arc<Collected>>,
) -> Result<Option<Read>, Fault> {
    let Integration::Http { responses, .. } = &scope.matched.method.integration else {
        return Ok(None);
    };
    let Inbound::Http { answer, .. } = inbound else { return Ok(None) };
    let rule = responses.select(answer.head().status());
    let Some(rule) = rule.filter(|rule| !rule.body_paths.is_empty()) else { return Ok(None) };
    let (paths, worker) = (&rule.body_paths, scope.worker);
    if let Some(source) = source {
        let (values, _) = BodyValues::read_of(paths, source.clone(), worker).await?;
        return Ok(Some(Read { body: None, values }));
    }
    if answer.held().len() <= OFFLOAD_BYTES {
        let values = BodyValues::read(paths, answer.held());
        return Ok(Some(Read { body: None, values }));
    }
    let (values, body) = BodyValues::read_of(paths, answer.take_held(), worker).await?;
    Ok(Some(Read { body: Some(body), values }))
}

/// What is to be done to what came back before it goes to the client; `None` if it passes, or a
/// constant takes its place. `sent` is what the request was turned into.
pub(crate) fn of_answer<'a>(
    scope: &Scope<'a>,
    inbound: &'a mut Inbound<'_>,
    sent: Option<&mut Transformed>,
) -> Result<Option<Work<'a>>, Fault> {
    let integration = &scope.matched.method.integration;
    let (responses, content): (&Responses, _) = match integration {
        Integration::Http { call, responses, .. } => (responses, call.content.as_ref()),
        Integration::Mock { responses, .. } => (responses, None),
        Integration::HttpProxy(_) | Integration::Broken(_) => return Ok(None),
    };
    let Some(rule) = responses.select(inbound.status()) else { return Ok(None) };
    let conversion = match (content, &inbound) {
        (Some(content), Inbound::Http { answer, .. }) => {
            of_held(scope, content, answer, rule.content_handling)
        }
        _ => Conversion::Pass,
    };
    let way = match accept::choose(scope.head, &rule.templates) {
        Some((media_type, template)) => {
            let Some(template) = rendered(template, Side::Response)? else { return Ok(None) };
            let input = match content {
                Some(_) if inbound.has_body() => Input::after(conversion, Side::Response)?,
                _ => Input::Text,
            };
            let media_type = (&**media_type).into();
            Way::Render { side: Side::Response, media_type, template, input }
        }
        None if conversion == Conversion::Pass || !inbound.has_body() => return Ok(None),
        None => Way::Convert(conversion),
    };
    let bytes = match inbound {
        Inbound::Http { answer, .. } if answer.held().len() > OFFLOAD_BYTES => {
            Bytes::Away(Arc::new(answer.take_held()))
        }
        Inbound::Http { answer, .. } => Bytes::Here(answer.held()),
        Inbound::Mock(_) => Bytes::Here(b""),
    };
    let carried = sent.map(|sent| std::mem::take(&mut sent.overrides)).unwrap_or_default();
    Ok(Some(Work { bytes, way, carried }))
}

/// The conversion of an answer's body.
fn of_held(
    scope: &Scope<'_>,
    content: &Content,
    answer: &Answer,
    handling: Option<ContentHandling>,
) -> Conversion {
    let media_type = answer.head().known(Name::ContentType).unwrap_or(b"application/json");
    let accept = scope.head.known(Name::Accept).unwrap_or_default();
    let text = String::from_utf8_lossy;
    content.of_answer(&text(media_type), &text(accept), handling)
}

/// The template, unless it is a constant.
fn rendered(
    template: &MappingTemplate,
    side: Side,
) -> Result<Option<Arc<CompiledTemplate>>, Fault> {
    match template {
        MappingTemplate::Constant(_) => Ok(None),
        MappingTemplate::Rendered(template) => Ok(Some(template.clone())),
        MappingTemplate::Broken(why) => {
            Err(Fault::Configuration(format!("{}: {why}", side.as_str())))
        }
    }
}
