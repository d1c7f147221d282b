//! The schemas that the models of an API consist of: each model, and each part of one that something
//! refers to, stands by itself, once, with a link in the place of each reference.

use std::collections::HashMap;
use std::rc::Rc;

use portico_model::percent_decoded;
use serde_json::{Map, Value};

use super::UnusableSchema;

/// The keyword of a link; its value is the index of a unit. No schema of a user has it.
pub(super) const LINK: &str = "x-portico-link";

/// What a reference to a model begins with, before the API's id.
const MODELS_BASE: &str = "https://apigateway.amazonaws.com/restapis/";

/// A schema without references.
pub(super) struct Unit {
    pub(super) schema: Value,
    /// The units that it has links to.
    pub(super) links: Vec<usize>,
}

/// The units that were asked for, and all that they refer to.
pub(super) struct Units<'a> {
    /// Schemas of models by their names.
    texts: HashMap<&'a str, &'a str>,
    /// The models that were read.
    wholes: HashMap<String, Rc<Value>>,
    /// The name of a model and a pointer into it, to the index of its unit.
    known: HashMap<(String, String), usize>,
    /// The same by index.
    places: Vec<(String, String)>,
    /// By index, as far as they were read.
    units: Vec<Result<Unit, UnusableSchema>>,
}

impl<'a> Units<'a> {
    /// None of these models has been asked for.
    pub(super) fn new(texts: impl Iterator<Item = (&'a str, &'a str)>) -> Self {
        let (known, places, units) = Default::default();
        Self { texts: texts.collect(), wholes: HashMap::new(), known, places, units }
    }

    /// The unit of a model, which is read with all that it refers to.
    pub(super) fn model(&mut self, name: &str) -> usize {
        let index = self.place(name, String::new());
        while let Some((model, pointer)) = self.places.get(self.units.len()).cloned() {
            let unit = self.read(&model, &pointer);
            self.units.push(unit);
        }
        index
    }

    /// All of them, or why they are none, by index.
    pub(super) fn into_units(self) -> Vec<Result<Unit, UnusableSchema>> {
        self.units
    }

    fn place(&mut self, model: &str, pointer: String) -> usize {
        let place = (model.to_owned(), pointer);
        let next = self.places.len();
        let index = *self.known.entry(place.clone()).or_insert(next);
        if index == next {
            self.places.push(place);
        }
        index
    }

    fn read(&mut self, model: &str, pointer: &str) -> Result<Unit, UnusableSchema> {
        let whole = self.whole(model)?;
        let part = whole.pointer(pointer);
        let part = part.ok_or_else(|| UnusableSchema::Reference(format!("{model}#{pointer}")))?;
        let mut schema = part.clone();
        let mut reader = Reader { model, whole: &whole, units: self, links: Vec::new() };
        reader.rewrite(&mut schema)?;
        let links = reader.links;
        Ok(Unit { schema, links })
    }

    fn whole(&mut self, model: &str) -> Result<Rc<Value>, UnusableSchema> {
        if let Some(whole) = self.wholes.get(model) {
            return Ok(whole.clone());
        }
        let text = self.texts.get(model);
        let text = text.ok_or_else(|| UnusableSchema::Unknown(model.to_owned()))?;
        let whole = Rc::new(
            serde_json::from_str(text).map_err(|error| UnusableSchema::Json(error.to_string()))?,
        );
        self.wholes.insert(model.to_owned(), Rc::clone(&whole));
        Ok(whole)
    }
}

/// Puts links in the place of references.
struct Reader<'r, 'a> {
    /// The model that the schema is a part of.
    model: &'r str,
    whole: &'r Value,
    units: &'r mut Units<'a>,
    links: Vec<usize>,
}

impl Reader<'_, '_> {
    /// Rewrites the references in a schema. What says what the schema is, is left out: an `id`
    /// would give its references another base.
    fn rewrite(&mut self, schema: &mut Value) -> Result<(), UnusableSchema> {
        match schema {
            Value::Object(members) => {
                if let Some(Value::String(text)) = members.get("$ref") {
                    let unit = self.resolve(text)?;
                    self.links.push(unit);
                    *schema = Map::from_iter([(LINK.to_owned(), unit.into())]).into();
                    return Ok(());
                }
                members.remove(LINK);
                for label in ["id", "$schema"] {
                    if members.get(label).is_some_and(Value::is_string) {
                        members.remove(label);
                    }
                }
                members.iter_mut().try_for_each(|(keyword, value)| self.member(keyword, value))
            }
            Value::Array(items) => items.iter_mut().try_for_each(|item| self.rewrite(item)),
            _ => Ok(()),
        }
    }

    fn member(&mut self, keyword: &str, value: &mut Value) -> Result<(), UnusableSchema> {
        match keyword {
            "properties" | "patternProperties" | "definitions" | "dependencies" => {
                // Its keys are names, whatever they are called.
                let mut named = value.as_object_mut().into_iter().flatten();
                named.try_for_each(|(_, schema)| self.rewrite(schema))
            }
            "enum" | "default" | "example" | "examples" => Ok(()),
            _ => self.rewrite(value),
        }
    }

    /// The unit that a reference is to.
    fn resolve(&mut self, text: &str) -> Result<usize, UnusableSchema> {
        let unit = match text.strip_prefix('#') {
            Some(pointer) => self.within(&percent_decoded(pointer)),
            None => self.beyond(text),
        };
        unit.ok_or_else(|| UnusableSchema::Reference(text.to_owned()))
    }

    /// What a reference within the definition is to: a part of this model, or another model by
    /// the place that OpenAPI or Swagger has for it.
    fn within(&mut self, pointer: &str) -> Option<usize> {
        if self.whole.pointer(pointer).is_some() {
            return Some(self.units.place(self.model, pointer.to_owned()));
        }
        let sections = ["/definitions/", "/components/schemas/"];
        let rest = sections.iter().find_map(|section| pointer.strip_prefix(section))?;
        let (name, pointer) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
        self.other(name, pointer)
    }

    /// What an address is of, for example
    /// `https://apigateway.amazonaws.com/restapis/a1b2c3d4e5/models/Pet`. The id is that of the API
    /// at AWS, which has another one here.
    fn beyond(&mut self, address: &str) -> Option<usize> {
        let (_, rest) = address.strip_prefix(MODELS_BASE)?.split_once("/models/")?;
        let (name, pointer) = rest.split_once('#').unwrap_or((rest, ""));
        self.other(name, &percent_decoded(pointer))
    }

    fn other(&mut self, name: &str, pointer: &str) -> Option<usize> {
        let is_known = self.units.texts.contains_key(name);
        is_known.then(|| self.units.place(name, pointer.to_owned()))
    }
}
