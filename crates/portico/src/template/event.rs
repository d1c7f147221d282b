//! What a template is given, as a person writes it. The form is described in docs/templates.md.

use std::collections::BTreeMap;
use std::path::Path;

use portico_snapshot::{Given, Overrides, Parameter, ParameterPlace, PlainSurroundings};
use serde::Deserialize;

use super::Problem;
use super::json::{self, Object, TextOrJson, Texts};
use crate::cli::Mode;
use crate::source::Source;

/// Bytes of an event: a body of 10 MB with every character escaped.
const BYTES_MAX: usize = 64 * 1024 * 1024;

/// The members of an event; whatever is missing is not there for the template.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Event {
    /// Text, or a value that stands for its compact JSON.
    pub(super) body: Option<TextOrJson>,
    pub(super) params: Option<Params>,
    /// The members of `$context`.
    pub(super) context: Option<Object>,
    pub(super) stage_variables: Option<Texts>,
    /// References besides the service's own.
    pub(super) vars: Option<Object>,
}

/// The parameters of a request by their places.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Params {
    path: Option<Texts>,
    querystring: Option<Texts>,
    header: Option<Texts>,
}

impl Event {
    /// Reads an event from its file.
    pub(super) fn read(path: &Path) -> Result<Self, Problem> {
        json::read(&Source::read(path, "event", BYTES_MAX)?)
    }

    /// Hands what a rendering is given to `render`. Stock Velocity has the service's objects only
    /// if the event has something for them.
    pub(super) fn give<T>(&self, mode: Mode, render: impl FnOnce(Given<'_>) -> T) -> T {
        let Self { body, params, context, stage_variables, vars } = self;
        let surroundings = PlainSurroundings {
            context: Vec::new(),
            parameters: params.as_ref().map(Params::parameters).unwrap_or_default(),
        };
        let variables = stage_variables.clone().unwrap_or_default().0;
        let variables: BTreeMap<String, String> = variables.into_iter().collect();
        let body_text = body.as_ref().map_or("", |body| &body.text);
        let given = Given::new(body_text, &surroundings, &variables, Overrides::default());
        let is_request =
            body.is_some() || params.is_some() || context.is_some() || stage_variables.is_some();
        render(Given {
            context: context.as_ref().map(|object| object.0.root()),
            variables: vars.as_ref().map(|object| object.0.root()),
            has_service_objects: mode == Mode::Service || is_request,
            ..given
        })
    }
}

impl Params {
    fn parameters(&self) -> Vec<Parameter> {
        let Self { path, querystring, header } = self;
        let places = [
            (ParameterPlace::Path, path),
            (ParameterPlace::QueryString, querystring),
            (ParameterPlace::Header, header),
        ];
        let texts = places.into_iter().flat_map(|(place, texts)| {
            texts.iter().flat_map(|texts| &texts.0).map(move |text| (place, text))
        });
        let parameters = texts.map(|(place, (name, value))| Parameter {
            place,
            name: name.as_bytes().into(),
            value: value.as_bytes().into(),
        });
        parameters.collect()
    }
}
