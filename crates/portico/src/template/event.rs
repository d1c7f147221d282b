//! What a template is given, as a person writes it. The form is described in docs/templates.md.

use std::collections::BTreeMap;
use std::path::Path;

use portico_snapshot::{Given, Overrides, Parameter, ParameterPlace, PlainSurroundings};
use portico_vtl::json::Document;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::Problem;
use super::json::{self, Members};
use crate::cli::Mode;
use crate::source::Source;

/// Bytes of an event: a body of 10 MB with every character escaped.
const BYTES_MAX: usize = 64 * 1024 * 1024;

/// What a template is given; whatever is missing is not there for it.
#[derive(Clone, Debug, Default)]
pub(super) struct Event {
    body: Option<String>,
    params: Option<Vec<Parameter>>,
    /// The members of `$context`.
    context: Option<Document<'static>>,
    /// An object of strings, which templates find in its order.
    stage_variables: Option<Document<'static>>,
    /// References besides the service's own.
    vars: Option<Document<'static>>,
}

/// An event as it is written.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Written<'a> {
    #[serde(borrow)]
    pub(super) body: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) params: Option<Members<Params<'a>>>,
    #[serde(borrow)]
    pub(super) context: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) stage_variables: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) vars: Option<&'a RawValue>,
}

/// The parameters of a request by their places.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Params<'a> {
    #[serde(borrow)]
    path: Option<&'a RawValue>,
    #[serde(borrow)]
    querystring: Option<&'a RawValue>,
    #[serde(borrow)]
    header: Option<&'a RawValue>,
}

impl Event {
    /// Reads an event from its file.
    pub(super) fn read(path: &Path) -> Result<Self, Problem> {
        let source = Source::read(path, "JSON event", BYTES_MAX)?;
        json::read::<Written<'_>>(&source)?.read(&source)
    }

    /// Hands what a rendering is given to `render`. Stock Velocity has the service's objects only
    /// if the event has something for them.
    pub(super) fn give<T>(&self, mode: Mode, render: impl FnOnce(Given<'_>) -> T) -> T {
        let Self { body, params, context, stage_variables, vars } = self;
        let surroundings = PlainSurroundings {
            context: Vec::new(),
            parameters: params.clone().unwrap_or_default(),
        };
        let nothing = BTreeMap::new();
        let given = Given::new(
            body.as_deref().unwrap_or_default(),
            &surroundings,
            &nothing,
            Overrides::default(),
        );
        let is_request =
            body.is_some() || params.is_some() || context.is_some() || stage_variables.is_some();
        render(Given {
            context: context.as_ref().map(Document::root),
            written_stage_variables: stage_variables.as_ref().map(Document::root),
            variables: vars.as_ref().map(Document::root),
            has_service_objects: mode == Mode::Service || is_request,
            ..given
        })
    }
}

impl Written<'_> {
    /// The event of this file.
    pub(super) fn read(self, source: &Source) -> Result<Event, Problem> {
        let Self { body, params, context, stage_variables, vars } = self;
        let object = |raw: Option<&RawValue>| raw.map(|raw| json::object(source, raw)).transpose();
        if let Some(raw) = stage_variables {
            json::texts(source, raw)?;
        }
        Ok(Event {
            body: body.map(|raw| json::text_or_json(source, raw)).transpose()?,
            params: params.map(|Members(params)| params.read(source)).transpose()?,
            context: object(context)?,
            stage_variables: object(stage_variables)?,
            vars: object(vars)?,
        })
    }
}

impl Params<'_> {
    fn read(self, source: &Source) -> Result<Vec<Parameter>, Problem> {
        let Self { path, querystring, header } = self;
        let places = [
            (ParameterPlace::Path, path),
            (ParameterPlace::QueryString, querystring),
            (ParameterPlace::Header, header),
        ];
        let mut parameters = Vec::new();
        for (place, raw) in places {
            let texts = raw.map(|raw| json::texts(source, raw)).transpose()?;
            let texts = texts.into_iter().flatten();
            parameters.extend(texts.map(|(name, value)| Parameter {
                place,
                name: name.into_bytes().into(),
                value: value.into_bytes().into(),
            }));
        }
        Ok(parameters)
    }
}
