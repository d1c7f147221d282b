//! Mapping templates: what a template of a definition compiles to, what its rendering is given, and
//! what it gives back. The gateway and the command line render the same.

mod context;
mod input;
mod mock;
mod overrides;
mod parameters;
mod paths;
mod plain;
mod surroundings;
mod util;
mod variables;

use std::collections::BTreeMap;
use std::sync::Arc;

use portico_vtl::json::NodeRef;
use portico_vtl::json_path::VISITS;
use portico_vtl::{
    Bounds, Dialect, Globals, Heap, Map, ParseError, RenderError, Template, Trace, Value,
};

use context::Context;
use input::Input;
use paths::Paths;
use util::Util;
use variables::StageVariables;

pub use mock::mock_status;
pub use overrides::{Members, Overrides, Plain};
pub use surroundings::{Parameter, ParameterPlace, PlainSurroundings, Surroundings};

/// What becomes of a body for which a definition has a template.
#[derive(Clone, Debug)]
pub enum MappingTemplate {
    /// The same text for every request.
    Constant(Box<str>),
    Rendered(Arc<CompiledTemplate>),
    /// It does not parse: each of its requests is a configuration error. The text is for the
    /// operator.
    Broken(Box<str>),
}

/// A template and what of it is known before it is rendered.
#[derive(Debug)]
pub struct CompiledTemplate {
    template: Template,
    paths: Paths,
    reads_input: bool,
    reads_context: bool,
    /// Bytes of a text that it may well make.
    usual_bytes: usize,
}

/// What a rendering is given.
pub struct Given<'g> {
    /// Of the request, or of what came back.
    pub body: &'g str,
    pub surroundings: &'g dyn Surroundings,
    /// The members of `$context`, instead of those that the surroundings have.
    pub context: Option<NodeRef<'g>>,
    pub stage_variables: &'g BTreeMap<String, String>,
    /// The members of `$stageVariables` in their order, instead of those.
    pub written_stage_variables: Option<NodeRef<'g>>,
    /// What templates of the same request have written before.
    pub carried: Overrides,
    /// References besides the service's own: the members of an object.
    pub variables: Option<NodeRef<'g>>,
    /// Whether there are `$input`, `$util`, `$context` and `$stageVariables`, as there always are in
    /// the service.
    pub has_service_objects: bool,
    pub bounds: Bounds,
    /// Values that one JSONPath may look at.
    pub visits: u64,
}

/// What a rendering gives back.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rendered {
    pub text: String,
    pub overrides: Overrides,
}

/// Why a template could not be rendered.
#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    #[error(transparent)]
    Render(#[from] RenderError),
    /// What the template wrote for later is more than may be kept.
    #[error("what the template overrides is too much, or nested too deeply")]
    Overrides,
}

impl MappingTemplate {
    /// Whether it reads the body, or may.
    pub fn reads_input(&self) -> bool {
        matches!(self, Self::Rendered(template) if template.reads_input)
    }
}

impl TemplateError {
    /// Whether wider bounds might have let the rendering go on.
    pub fn is_of_bounds(&self) -> bool {
        matches!(self, Self::Render(error) if error.is_of_bounds())
    }
}

impl<'g> Given<'g> {
    /// What the gateway gives a template.
    pub fn new(
        body: &'g str,
        surroundings: &'g dyn Surroundings,
        stage_variables: &'g BTreeMap<String, String>,
        carried: Overrides,
    ) -> Self {
        let bounds = Bounds::default();
        Self {
            body,
            surroundings,
            context: None,
            stage_variables,
            written_stage_variables: None,
            carried,
            variables: None,
            has_service_objects: true,
            bounds,
            visits: VISITS,
        }
    }
}

impl CompiledTemplate {
    /// Parses a template of a definition.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        Self::parse_as(text, Dialect::Service)
    }

    /// Parses a template by the rules of a dialect.
    pub fn parse_as(text: &str, dialect: Dialect) -> Result<Self, ParseError> {
        let template = Template::parse(text, dialect)?;
        let reads = |name: &str| template.names().iter().any(|known| **known == *name);
        let (reads_input, reads_context) = (reads("input"), reads("context"));
        let paths = if reads_input { Paths::of(text) } else { Paths::default() };
        let usual_bytes = 512 + 2 * text.len();
        Ok(Self { template, paths, reads_input, reads_context, usual_bytes })
    }

    /// The text that it makes of every request, if that is always the same.
    pub fn constant(&self) -> Option<&str> {
        self.template.constant()
    }

    /// The text that it makes of what it is given, and what it overrides.
    pub fn render(&self, given: Given<'_>) -> Result<Rendered, TemplateError> {
        self.render_traced(given, None)
    }

    /// The same, telling `trace` of each step.
    pub fn render_traced(
        &self,
        mut given: Given<'_>,
        trace: Option<&mut dyn Trace>,
    ) -> Result<Rendered, TemplateError> {
        let mut text = String::with_capacity(self.usual_bytes);
        if let Some(overrides) = self.render_into(&mut text, &given, trace)? {
            given.carried = overrides;
        }
        Ok(Rendered { text, overrides: given.carried })
    }

    /// Appends the text: what it overrides, if that is not what was there before.
    fn render_into(
        &self,
        text: &mut String,
        given: &Given<'_>,
        trace: Option<&mut dyn Trace>,
    ) -> Result<Option<Overrides>, TemplateError> {
        let Given { surroundings, context, carried, .. } = given;
        let trace = trace.map(|trace| -> &mut dyn Trace { trace });
        let heap = Heap::default();
        let input = Input::new(given.body, *surroundings, &self.paths, given.visits);
        let context = self.reads_context.then(|| Context::new(*surroundings, *context, carried));
        let context = context.as_ref();
        let stage_variables = StageVariables(given.stage_variables);
        let host =
            Host { heap: &heap, input: &input, context, stage_variables: &stage_variables, given };
        self.template.render_into(text, &heap, &host, &given.bounds, trace)?;
        match context.filter(|context| context.is_seen()) {
            Some(context) => context.overrides(&heap).ok_or(TemplateError::Overrides).map(Some),
            None => Ok(None),
        }
    }
}

/// The references that a template finds set.
struct Host<'a> {
    heap: &'a Heap<'a>,
    input: &'a Input<'a>,
    context: Option<&'a Context<'a>>,
    stage_variables: &'a StageVariables<'a>,
    given: &'a Given<'a>,
}

impl<'a> Globals<'a> for Host<'a> {
    /// Each value is written by itself: a copy of what was written in parts would wait for them.
    fn put(&self, name: &str, into: &mut Value<'a>) {
        if let Some(node) = self.given.variables.and_then(|variables| variables.member(name)) {
            *into = variables::value(self.heap, node).unwrap_or_default();
            return;
        }
        if !self.given.has_service_objects {
            return;
        }
        match name {
            "input" => *into = Value::Object(self.input),
            "util" => *into = Value::Object(&Util),
            "context" => {
                if let Some(Ok(map)) = self.context.map(|context| context.map(self.heap)) {
                    *into = Value::Map(map);
                }
            }
            "stageVariables" if let Some(written) = self.given.written_stage_variables => {
                *into = variables::value(self.heap, written).unwrap_or_default();
            }
            "stageVariables" => {
                if let Ok(map) = Map::of(self.heap, self.stage_variables) {
                    *into = Value::Map(map);
                }
            }
            _ => {}
        }
    }
}
