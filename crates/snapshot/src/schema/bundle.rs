//! Joins a model with all that it refers to: one schema without a reference out of it, in which no
//! reference comes back to itself without going down into the body.

use std::collections::{BTreeMap, HashMap};

use portico_model::percent_decoded;
use serde_json::{Map, Value, json};

use super::UnusableSchema;

/// What a reference to a model begins with, before the API's id.
const MODELS_BASE: &str = "https://apigateway.amazonaws.com/restapis/";

/// Schemas that may hold for one value by way of references, `allOf` and the like.
const CHAIN: usize = 32;

/// Schemas of models by their names.
pub(super) type Texts<'a> = HashMap<&'a str, &'a str>;

/// The schema of the model `name` with every model that it needs among its `definitions`.
pub(super) fn bundle(texts: &Texts<'_>, name: &str) -> Result<Value, UnusableSchema> {
    let mut definitions = BTreeMap::new();
    let mut wanted = vec![name.to_owned()];
    while let Some(name) = wanted.pop() {
        if definitions.contains_key(&name) {
            continue;
        }
        let text = texts.get(&*name).ok_or_else(|| UnusableSchema::Unknown(name.clone()))?;
        let mut schema: Value = serde_json::from_str(text).map_err(UnusableSchema::Json)?;
        let whole = schema.clone();
        let mut model = Model { name: &name, whole: &whole, texts, wanted: &mut wanted };
        model.rewrite(&mut schema);
        definitions.insert(name, schema);
    }
    let definitions: Map<String, Value> = definitions.into_iter().collect();
    let bundle = json!({ "$ref": reference(name, ""), "definitions": definitions });
    Chains { bundle: &bundle, known: HashMap::new() }.measure_all(&bundle)?;
    Ok(bundle)
}

/// A reference into the bundle: to a model, or to what `pointer` names in it.
fn reference(model: &str, pointer: &str) -> String {
    format!("#/definitions/{model}{pointer}")
}

/// A model whose references are made those of the bundle.
struct Model<'a> {
    name: &'a str,
    /// As it stands in its document.
    whole: &'a Value,
    texts: &'a Texts<'a>,
    /// The models that it refers to.
    wanted: &'a mut Vec<String>,
}

impl Model<'_> {
    /// Rewrites the references in a schema. What says what the schema is, is left out: an `id`
    /// would give its references another base.
    fn rewrite(&mut self, schema: &mut Value) {
        match schema {
            Value::Object(members) => {
                for label in ["id", "$schema"] {
                    if members.get(label).is_some_and(Value::is_string) {
                        members.remove(label);
                    }
                }
                for (keyword, value) in members.iter_mut() {
                    match keyword.as_str() {
                        "$ref" => self.rewrite_reference(value),
                        "properties" | "patternProperties" | "definitions" | "dependencies" => {
                            // Its keys are names, whatever they are called.
                            let named = value.as_object_mut().into_iter().flatten();
                            named.for_each(|(_, schema)| self.rewrite(schema));
                        }
                        "enum" | "default" | "example" | "examples" => {}
                        _ => self.rewrite(value),
                    }
                }
            }
            Value::Array(items) => items.iter_mut().for_each(|item| self.rewrite(item)),
            _ => {}
        }
    }

    fn rewrite_reference(&mut self, value: &mut Value) {
        let Value::String(text) = value else { return self.rewrite(value) };
        let target = match text.strip_prefix('#') {
            Some(pointer) => self.within(pointer),
            None => self.beyond(text),
        };
        if let Some(target) = target {
            *text = target;
        }
    }

    /// What a reference within the definition is to: a part of this model, or another model by
    /// the place that OpenAPI or Swagger has for it.
    fn within(&mut self, pointer: &str) -> Option<String> {
        if self.whole.pointer(&percent_decoded(pointer)).is_some() {
            return Some(reference(self.name, pointer));
        }
        let sections = ["/definitions/", "/components/schemas/"];
        let rest = sections.iter().find_map(|section| pointer.strip_prefix(section))?;
        let (name, pointer) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
        self.model(name, pointer)
    }

    /// What an address is of, for example
    /// `https://apigateway.amazonaws.com/restapis/a1b2c3d4e5/models/Pet`. The id is that of the API
    /// at AWS, which has another one here.
    fn beyond(&mut self, address: &str) -> Option<String> {
        let (_, rest) = address.strip_prefix(MODELS_BASE)?.split_once("/models/")?;
        let (name, pointer) = rest.split_once('#').unwrap_or((rest, ""));
        self.model(name, pointer)
    }

    fn model(&mut self, name: &str, pointer: &str) -> Option<String> {
        let known = self.texts.contains_key(name);
        known.then(|| {
            self.wanted.push(name.to_owned());
            reference(name, pointer)
        })
    }
}

/// How many schemas hold for one value, one by way of the other.
struct Chains<'a> {
    bundle: &'a Value,
    /// By the address of the schema.
    known: HashMap<*const Value, usize>,
}

impl<'a> Chains<'a> {
    /// Refuses references that lead nowhere, and chains that are too long or have no end.
    fn measure_all(&mut self, value: &'a Value) -> Result<(), UnusableSchema> {
        match value {
            Value::Object(members) => {
                self.measure(value, 0)?;
                members.values().try_for_each(|value| self.measure_all(value))
            }
            Value::Array(items) => items.iter().try_for_each(|item| self.measure_all(item)),
            _ => Ok(()),
        }
    }

    /// The length of the chain that begins with this schema, which stands `above` others in one.
    fn measure(&mut self, schema: &'a Value, above: usize) -> Result<usize, UnusableSchema> {
        let known = self.known.get(&std::ptr::from_ref(schema)).copied();
        if above + known.unwrap_or(1) > CHAIN {
            return Err(UnusableSchema::Endless(CHAIN));
        }
        if let Some(known) = known {
            return Ok(known);
        }
        let mut longest = 0;
        for next in self.next(schema)? {
            longest = longest.max(self.measure(next, above + 1)?);
        }
        self.known.insert(schema, longest + 1);
        Ok(longest + 1)
    }

    /// The schemas that hold for a value because this one does.
    fn next(&self, schema: &'a Value) -> Result<Vec<&'a Value>, UnusableSchema> {
        if let Some(Value::String(text)) = schema.get("$ref") {
            let target = text.strip_prefix('#').map(percent_decoded);
            let target = target.and_then(|pointer| self.bundle.pointer(&pointer));
            let target = target.ok_or_else(|| UnusableSchema::Reference(text.clone()))?;
            return Ok(vec![target]);
        }
        let list = |keyword: &str| schema.get(keyword).and_then(Value::as_array);
        let lists = ["allOf", "anyOf", "oneOf"].into_iter().filter_map(list).flatten();
        let dependencies = schema.get("dependencies").and_then(Value::as_object);
        let dependencies = dependencies.into_iter().flat_map(Map::values);
        Ok(lists.chain(schema.get("not")).chain(dependencies).collect())
    }
}
