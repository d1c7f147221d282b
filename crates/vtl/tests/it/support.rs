//! What the templates of the tests see, and how a table of them is checked.

use portico_vtl::{Bounds, Dialect, Globals, Heap, List, Map, Template, Value};

/// The template does not parse.
pub(crate) const PARSE: &str = "parse error";
/// The rendering ends in an error.
pub(crate) const EVAL: &str = "evaluation error";

/// A template and what it renders to in both dialects.
pub(crate) struct Case {
    template: &'static str,
    stock: &'static str,
    service: &'static str,
}

/// Both dialects agree.
pub(crate) const fn same(template: &'static str, output: &'static str) -> Case {
    Case { template, stock: output, service: output }
}

/// Null makes a difference, or a macro.
pub(crate) const fn both(
    template: &'static str,
    stock: &'static str,
    service: &'static str,
) -> Case {
    Case { template, stock, service }
}

/// Checks a table.
pub(crate) fn agree(cases: &[Case]) {
    check_all(cases, false);
}

/// Checks a table whose `$list` holds a null, too.
pub(crate) fn agree_with_null(cases: &[Case]) {
    check_all(cases, true);
}

fn check_all(cases: &[Case], with_null: bool) {
    for case in cases {
        for (dialect, expected) in [(Dialect::Stock, case.stock), (Dialect::Service, case.service)]
        {
            let output = render(case.template, dialect, with_null);
            assert_eq!(output, expected, "{:?} as {dialect:?}", case.template);
        }
    }
}

/// What a template renders to, or which error it ends in.
pub(crate) fn render(template: &str, dialect: Dialect, with_null: bool) -> String {
    let Ok(template) = Template::parse(template, dialect) else { return PARSE.to_owned() };
    let heap = Heap::default();
    let pets = Pets::new(&heap, with_null);
    let rendered = template.render(&heap, &pets, &Bounds::default(), None);
    rendered.unwrap_or_else(|_| EVAL.to_owned())
}

/// The references of the tests.
pub(crate) struct Pets<'a> {
    names: Vec<(&'static str, Value<'a>)>,
}

impl<'a> Pets<'a> {
    pub(crate) fn new(heap: &'a Heap<'a>, with_null: bool) -> Self {
        let list = |values: Vec<Value<'a>>| Value::List(List::new(heap, values).unwrap());
        let map = |entries: Vec<(&'static str, Value<'a>)>| {
            let map = Map::new(heap).unwrap();
            for (key, value) in entries {
                map.put(heap, Value::from(key), value).unwrap();
            }
            Value::Map(map)
        };
        let mut items = vec![Value::Integer(1), Value::from("two"), Value::Double(3.5)];
        items.extend(with_null.then_some(Value::Null));
        items.push(Value::Boolean(true));
        let user = map(vec![
            ("first", Value::from("Grace")),
            ("tags", list(vec![Value::from("x"), Value::from("y")])),
            ("nested", map(vec![("k", Value::from("v"))])),
        ]);
        let letters = [("b", 1), ("a", 2), ("c", 3)];
        let letters = letters.map(|(key, value)| (key, Value::Integer(value)));
        let names = vec![
            ("name", Value::from("Ada")),
            ("n", Value::Integer(7)),
            ("d", Value::Double(2.5)),
            ("t", Value::Boolean(true)),
            ("f", Value::Boolean(false)),
            ("nil", Value::Null),
            ("user", user),
            ("list", list(items)),
            ("map", map(letters.into())),
            ("big", Value::Long(3_000_000_000)),
            ("e", Value::from("")),
            ("el", list(Vec::new())),
            ("em", map(Vec::new())),
        ];
        Self { names }
    }
}

impl<'a> Globals<'a> for Pets<'a> {
    fn put(&self, name: &str, into: &mut Value<'a>) {
        if let Some((_, value)) = self.names.iter().find(|(known, _)| *known == name) {
            *into = *value;
        }
    }
}

/// `$b`, a body.
pub(crate) struct Body<'a>(pub(crate) Value<'a>);

impl<'a> Globals<'a> for Body<'a> {
    fn put(&self, name: &str, into: &mut Value<'a>) {
        if name == "b" {
            *into = self.0;
        }
    }
}
