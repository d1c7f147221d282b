//! `$input`: the body, and the parameters of the request.
//! Source: AWS, "Mapping template and access logging variable reference", and recorded answers.

use std::cell::OnceCell;

use portico_vtl::json::{Document, Kind, Leniency, NodeRef, Slashes};
use portico_vtl::json_path::{JsonPath, JsonPathError, Selected};
use portico_vtl::{Heap, List, Map, MethodError, Object, Replied, Reply, Value};

use super::parameters::{self, Texts};
use super::paths::Paths;
use super::{ParameterPlace, Surroundings};

/// What an empty body stands for.
const NO_BODY: &str = "{}";

/// What `json` says of nothing.
const NOTHING: &str = "\"\"";

/// The object `$input`.
pub(super) struct Input<'a> {
    body: &'a str,
    surroundings: &'a dyn Surroundings,
    paths: &'a Paths,
    /// Values that one path may look at.
    visits: u64,
    /// Read once somebody asks; `None` if it is no JSON.
    document: OnceCell<Option<Document<'a>>>,
    texts: OnceCell<[Texts; 3]>,
    parameters: OnceCell<Option<Map<'a>>>,
}

impl<'a> Input<'a> {
    pub(super) fn new(
        body: &'a str,
        surroundings: &'a dyn Surroundings,
        paths: &'a Paths,
        visits: u64,
    ) -> Self {
        let (document, texts, parameters) = Default::default();
        Self { body, surroundings, paths, visits, document, texts, parameters }
    }

    fn root(&'a self) -> Option<NodeRef<'a>> {
        let read = || match self.body {
            "" => None,
            body => Document::parse(body, Leniency::Loose).ok(),
        };
        self.document.get_or_init(read).as_ref().map(Document::root)
    }

    /// What a path leads to.
    #[inline]
    fn select(&'a self, path: &str) -> Result<Selected<'a>, JsonPathError> {
        let Some(path) = self.paths.find(path) else {
            return self.follow(&JsonPath::parse(path)?);
        };
        self.follow(path)
    }

    #[inline]
    fn follow(&'a self, path: &JsonPath) -> Result<Selected<'a>, JsonPathError> {
        match self.root() {
            Some(root) => path.select(root, self.visits),
            None => Ok(Selected::Missing),
        }
    }

    /// The value at a path.
    fn path(&'a self, path: &str, reply: Reply<'_, 'a>) -> Result<Replied, MethodError> {
        match self.select(path) {
            Ok(Selected::Node(node)) => reply.json(node),
            Ok(other) => {
                let value = value(reply.heap(), other)?;
                reply.value(value)
            }
            Err(error) => Err(of_path(error)),
        }
    }

    /// The value at a path, as JSON.
    fn json(&'a self, path: &str, reply: Reply<'_, 'a>) -> Result<Replied, MethodError> {
        match self.select(path) {
            Ok(Selected::Missing | Selected::Null) => reply.value(NOTHING.into()),
            Ok(Selected::Node(node)) if node.kind() == Kind::Null => reply.value(NOTHING.into()),
            Ok(Selected::Node(node)) => reply.text(|out| {
                node.write_json(Slashes::Plain, out);
                Ok(true)
            }),
            Ok(other) => {
                let heap = reply.heap();
                let value = value(heap, other)?;
                reply.text(|out| value.write_json(heap, out).map(|()| true))
            }
            Err(error) => Err(of_path(error)),
        }
    }

    /// `path`, `querystring` and `header`, each a map.
    fn parameters(&'a self, heap: &'a Heap<'a>) -> Option<Map<'a>> {
        let build = || {
            let texts = self.texts.get_or_init(|| {
                ParameterPlace::ALL.map(|place| Texts::of(self.surroundings, place))
            });
            let map = Map::new(heap).ok()?;
            for (place, texts) in ParameterPlace::ALL.into_iter().zip(texts) {
                let inner = parameters::map(heap, texts.iter())?;
                map.put_text(heap, place.as_str(), Value::Map(inner)).ok()?;
            }
            Some(map)
        };
        *self.parameters.get_or_init(build)
    }
}

impl<'a> Object<'a> for Input<'a> {
    fn property(&'a self, _: &'a Heap<'a>, name: &str) -> Option<Value<'a>> {
        let body = if self.body.is_empty() { NO_BODY } else { self.body };
        (name == "body").then_some(Value::from(body))
    }

    fn call(
        &'a self,
        name: &str,
        arguments: &[Value<'a>],
        reply: Reply<'_, 'a>,
    ) -> Result<Replied, MethodError> {
        let argument = match arguments {
            [] => None,
            [argument] => Some(argument.as_str()),
            _ => return Ok(Replied::Nothing),
        };
        match (name, argument) {
            ("path", Some(Some(path))) => self.path(path, reply),
            ("json", Some(Some(path))) => self.json(path, reply),
            ("params", None) => {
                let parameters = self.parameters(reply.heap()).ok_or(MethodError::Spent)?;
                reply.value(Value::Map(parameters))
            }
            ("params", Some(Some(name))) => {
                reply.text(|out| Ok(parameters::write(self.surroundings, name, out)))
            }
            _ => Ok(Replied::Nothing),
        }
    }

    fn print(&self, _: &mut String) {}
}

#[cold]
fn of_path(error: JsonPathError) -> MethodError {
    match error {
        JsonPathError::Bound => MethodError::Spent,
        error => MethodError::Host(error.to_string()),
    }
}

/// What a path leads to, as a value. What is missing is null.
fn value<'a>(heap: &'a Heap<'a>, selected: Selected<'a>) -> Result<Value<'a>, MethodError> {
    Ok(match selected {
        Selected::Missing | Selected::Null => Value::Null,
        Selected::Node(node) => Value::json(heap, node)?,
        Selected::List(items) => {
            let items: Result<_, _> = items.into_iter().map(|item| value(heap, item)).collect();
            Value::List(List::new_json(heap, items?)?)
        }
        Selected::Members(members) => {
            let map = Map::new(heap)?;
            for (name, node) in members {
                map.put(heap, Value::string(heap, name.into_owned())?, Value::json(heap, node)?)?;
            }
            Value::Map(map)
        }
        Selected::Integer(integer) => Value::Integer(integer),
        Selected::Double(double) => Value::Double(double),
        Selected::Text(text) => Value::string(heap, text)?,
    })
}
