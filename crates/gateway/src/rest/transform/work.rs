//! The work on one body. A long body is worked on beside the worker, which goes on with its other
//! requests.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use portico_net::Collected;
use portico_snapshot::{
    CompiledTemplate, Conversion, Given, Overrides, PlainSurroundings, Surroundings,
};

use crate::fault::Fault;
use crate::rest::body;
use crate::rest::scope::Scope;

/// What a body was turned into.
#[derive(Debug)]
pub(crate) struct Transformed {
    pub(crate) bytes: Vec<u8>,
    /// What the templates of the request so far have overridden.
    pub(crate) overrides: Overrides,
    /// The body that it was made of, where it had to leave its place.
    pub(crate) source: Option<Arc<Collected>>,
}

/// A body that is to be turned into another, and how.
pub(crate) struct Work<'a> {
    pub(super) bytes: Bytes<'a>,
    pub(super) way: Way<'a>,
    pub(super) carried: Overrides,
}

/// A body in its place, or one that is long enough to leave the worker.
pub(super) enum Bytes<'a> {
    Here(&'a [u8]),
    Away(Arc<Collected>),
}

/// What is done to a body.
pub(super) enum Way<'a> {
    Convert(Conversion),
    Render { side: Side, media_type: Cow<'a, str>, template: Arc<CompiledTemplate>, input: Input },
}

/// Whose template it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    Request,
    Response,
}

/// How a template, which needs text, gets a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Input {
    Text,
    Base64,
}

impl Side {
    /// The name of its step.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Request => "request template",
            Self::Response => "response template",
        }
    }
}

impl Input {
    /// What a template gets where a body is converted so; bytes are not for templates.
    /// Source: recorded answers of integrations with templates and `contentHandling`.
    pub(super) fn after(conversion: Conversion, side: Side) -> Result<Self, Fault> {
        match conversion {
            Conversion::Text => Ok(Self::Text),
            Conversion::Encode => Ok(Self::Base64),
            Conversion::Pass | Conversion::Decode => {
                Err(Fault::Configuration(format!("the {} is given bytes, not text", side.as_str())))
            }
        }
    }

    fn of(self, bytes: &[u8]) -> Cow<'_, str> {
        match self {
            Self::Text => String::from_utf8_lossy(bytes),
            Self::Base64 => body::encode(bytes).into(),
        }
    }
}

impl Way<'_> {
    fn into_owned(self) -> Way<'static> {
        match self {
            Self::Convert(conversion) => Way::Convert(conversion),
            Self::Render { side, media_type, template, input } => {
                Way::Render { side, media_type: media_type.into_owned().into(), template, input }
            }
        }
    }

    fn apply(
        &self,
        bytes: &[u8],
        surroundings: &dyn Surroundings,
        variables: &BTreeMap<String, String>,
        carried: Overrides,
    ) -> Result<(Vec<u8>, Overrides), Fault> {
        let (side, media_type, template, input) = match self {
            Self::Convert(conversion) => return Ok((body::convert(*conversion, bytes)?, carried)),
            Self::Render { side, media_type, template, input } => {
                (side.as_str(), media_type, template, input)
            }
        };
        let text = input.of(bytes);
        let given = Given::new(&text, surroundings, variables, carried);
        let rendered = template.render(given).map_err(|error| {
            let media_type = media_type.as_ref().into();
            Fault::Template { side, media_type, error }
        })?;
        Ok((rendered.text.into_bytes(), rendered.overrides))
    }
}

impl Work<'_> {
    /// Does it.
    pub(crate) async fn run(self, scope: &Scope<'_>) -> Result<Box<Transformed>, Fault> {
        let Self { bytes, way, carried } = self;
        let variables = &scope.matched.stage.rest.variables;
        let what = match &way {
            Way::Convert(_) => None,
            Way::Render { side, media_type, .. } => Some((side.as_str(), media_type.to_string())),
        };
        let (made, source) = match bytes {
            Bytes::Here(bytes) => (way.apply(bytes, scope, variables, carried), None),
            Bytes::Away(source) => {
                let (surroundings, variables) = (PlainSurroundings::of(scope), variables.clone());
                let (way, body) = (way.into_owned(), source.clone());
                let work = move || way.apply(body.bytes(), &surroundings, &variables, carried);
                (scope.worker.offload(work).await.map_err(Fault::Abandoned)?, Some(source))
            }
        };
        let (bytes, overrides) = made?;
        if let Some((step, outcome)) = what {
            scope.note(step, || outcome);
        }
        Ok(Box::new(Transformed { bytes, overrides, source }))
    }
}
