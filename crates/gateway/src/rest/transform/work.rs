//! The work on one body. A long body is worked on beside the worker, which goes on with its other
//! requests.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use portico_net::{Budget, Collected, Effort, NoRoom};
use portico_snapshot::{
    Bounds, CompiledTemplate, Conversion, Given, Overrides, PlainSurroundings, Surroundings,
};

use crate::fault::Fault;
use crate::rest::body;
use crate::rest::scope::Scope;

/// What a body was turned into.
#[derive(Debug)]
pub(crate) struct Transformed {
    pub(crate) bytes: Collected,
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

/// How far a rendering may go before it is begun anew where it keeps others waiting less.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reach {
    /// On the worker: a few milliseconds.
    Here,
    /// Beside it, among other long bodies.
    Long,
    /// Beside it, where nothing else waits but its like.
    Whole,
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
        reach: Reach,
    ) -> Result<(Vec<u8>, Overrides), Fault> {
        let (side, media_type, template, input) = match self {
            Self::Convert(conversion) => return Ok((body::convert(*conversion, bytes)?, carried)),
            Self::Render { side, media_type, template, input } => {
                (side.as_str(), media_type, template, input)
            }
        };
        let text = input.of(bytes);
        let mut given = Given::new(&text, surroundings, variables, carried);
        reach.bound(&mut given);
        let rendered = template.render(given).map_err(|error| {
            let media_type = media_type.as_ref().into();
            Fault::Template { side, media_type, error }
        })?;
        Ok((rendered.text.into_bytes(), rendered.overrides))
    }
}

impl Reach {
    fn bound(self, given: &mut Given<'_>) {
        match self {
            Self::Here => (given.bounds, given.visits) = (Bounds::SHORT, 200_000),
            Self::Long => {
                let steps = 2_000_000;
                given.bounds = Bounds { steps, units: 1 << 27, ..Bounds::SHORT };
            }
            Self::Whole => {}
        }
    }
}

/// Whether a rendering ended for how far it might go.
fn is_unreached<T>(made: &Result<T, Fault>) -> bool {
    matches!(made, Err(Fault::Template { error, .. }) if error.is_of_bounds())
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
            Bytes::Here(bytes) => {
                match way.apply(bytes, scope, variables, carried.clone(), Reach::Here) {
                    made if is_unreached(&made) => {
                        let bytes = Collected::new(bytes.to_vec(), scope.worker);
                        let bytes = Arc::new(bytes.map_err(Fault::Overloaded)?);
                        let aside = Aside::new(way, bytes, scope, carried);
                        (aside.run(scope, Reach::Whole).await?, None)
                    }
                    made => {
                        let (bytes, overrides) = made?;
                        let bytes = Collected::new(bytes, scope.worker);
                        ((bytes.map_err(Fault::Overloaded)?, overrides), None)
                    }
                }
            }
            Bytes::Away(source) => {
                let aside = Aside::new(way, source.clone(), scope, carried);
                let made = match aside.run(scope, Reach::Long).await {
                    made if is_unreached(&made) => aside.run(scope, Reach::Whole).await?,
                    made => made?,
                };
                (made, Some(source))
            }
        };
        let (bytes, overrides) = made;
        if let Some((step, outcome)) = what {
            scope.note(step, || outcome);
        }
        Ok(Box::new(Transformed { bytes, overrides, source }))
    }
}

/// Work that is done beside the worker, and all that it takes.
struct Aside(Arc<Taken>);

struct Taken {
    way: Way<'static>,
    body: Arc<Collected>,
    surroundings: PlainSurroundings,
    variables: Arc<BTreeMap<String, String>>,
    carried: Overrides,
    budget: Budget,
}

impl Aside {
    fn new(way: Way<'_>, body: Arc<Collected>, scope: &Scope<'_>, carried: Overrides) -> Self {
        Self(Arc::new(Taken {
            way: way.into_owned(),
            body,
            surroundings: PlainSurroundings::of(scope),
            variables: scope.matched.stage.rest.variables.clone(),
            carried,
            budget: scope.worker.budget(),
        }))
    }

    async fn run(&self, scope: &Scope<'_>, reach: Reach) -> Result<(Collected, Overrides), Fault> {
        let taken = Arc::clone(&self.0);
        let effort = if reach == Reach::Whole { Effort::Stubborn } else { Effort::Long };
        let done = scope.worker.offload(effort, move || taken.apply(reach)).await;
        match done.map_err(Fault::Abandoned)? {
            Ok(made) => made,
            Err(full) => Err(Fault::Overloaded(scope.worker.no_room(full))),
        }
    }
}

impl Taken {
    fn apply(&self, reach: Reach) -> Result<Result<(Collected, Overrides), Fault>, NoRoom> {
        let Self { way, body, surroundings, variables, carried, budget } = self;
        let reading = match way {
            Way::Render { .. } => body::reading_bytes(body.bytes()),
            Way::Convert(_) => 0,
        };
        let _room = budget.room(reading)?;
        match way.apply(body.bytes(), surroundings, variables, carried.clone(), reach) {
            Ok((bytes, overrides)) => Ok(Ok((budget.hold(bytes)?, overrides))),
            Err(fault) => Ok(Err(fault)),
        }
    }
}
