//! A JSON document as shared values: containers are places in it until a template changes them.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use super::list::ListCell;
use super::map::MapCell;
use super::{List, Map, MethodError, Value};
use crate::heap::Heap;
use crate::json::{Document, NodeRef, Number, Tag};

/// One reading of a document. Handing out a value costs nothing; two handles to the same place of
/// one tree are the same list or map.
pub(crate) struct Tree<'a> {
    heap: &'a Heap<'a>,
    document: &'a Document<'a>,
    /// Whether anything below was changed: nearly always not.
    is_changed: Cell<bool>,
    lists: RefCell<HashMap<u32, &'a ListCell<'a>>>,
    maps: RefCell<HashMap<u32, &'a MapCell<'a>>>,
}

impl<'a> Tree<'a> {
    /// Begins a reading of the document that a node belongs to.
    pub(crate) fn open(heap: &'a Heap<'a>, node: NodeRef<'a>) -> Result<&'a Self, MethodError> {
        let tree = Self {
            heap,
            document: node.document(),
            is_changed: Cell::new(false),
            lists: RefCell::default(),
            maps: RefCell::default(),
        };
        heap.cells.meter.spend(size_of::<Self>())?;
        Ok(heap.cells.trees.add(tree))
    }

    /// The value of a node, in a new reading of its document if it is a container.
    pub(super) fn value_of(
        heap: &'a Heap<'a>,
        node: NodeRef<'a>,
    ) -> Result<Value<'a>, MethodError> {
        match node.tag() {
            Tag::Array | Tag::Object => Ok(Self::open(heap, node)?.value(node)),
            Tag::Plain | Tag::Escaped => Ok(Value::String(node.text())),
            _ => Ok(scalar(heap, node)),
        }
    }

    /// The value of one of the document's nodes.
    #[inline(always)]
    pub(crate) fn value(&'a self, node: NodeRef<'a>) -> Value<'a> {
        match node.tag() {
            Tag::Plain | Tag::Escaped => Value::String(node.text()),
            Tag::Object => Value::Map(Map::json(self, node.index())),
            Tag::Array => Value::List(List::json(self, node.index())),
            _ => scalar(self.heap, node),
        }
    }

    /// Puts the value of one of the document's nodes where it is wanted. Each kind is written there by
    /// itself: a copy of what was written in parts would wait for them.
    #[inline(always)]
    pub(crate) fn put_value(&'a self, node: NodeRef<'a>, into: &mut Value<'a>) {
        match node.tag() {
            Tag::Plain => *into = Value::String(node.plain_text()),
            Tag::Escaped => *into = Value::String(node.text()),
            Tag::Object => *into = Value::Map(Map::json(self, node.index())),
            Tag::Array => *into = Value::List(List::json(self, node.index())),
            _ => put_scalar(self.heap, node, into),
        }
    }

    /// Whether any list or map of it was changed.
    #[inline]
    pub(crate) fn is_changed(&self) -> bool {
        self.is_changed.get()
    }

    #[inline]
    pub(crate) fn node(&self, index: u32) -> NodeRef<'a> {
        self.document.node(index)
    }

    /// The list that has taken the place of an array since it was changed.
    #[inline(always)]
    pub(super) fn changed_list(&self, index: u32) -> Option<&'a ListCell<'a>> {
        if !self.is_changed.get() {
            return None;
        }
        self.lists.borrow().get(&index).copied()
    }

    #[inline(always)]
    pub(super) fn changed_map(&self, index: u32) -> Option<&'a MapCell<'a>> {
        if !self.is_changed.get() {
            return None;
        }
        self.maps.borrow().get(&index).copied()
    }

    /// Puts a list in the place of an array.
    pub(super) fn change_list(
        &'a self,
        heap: &'a Heap<'a>,
        index: u32,
    ) -> Result<&'a ListCell<'a>, MethodError> {
        let items: Vec<Value<'a>> = self.node(index).items().map(|node| self.value(node)).collect();
        let cell = ListCell::keep(heap, items)?;
        self.is_changed.set(true);
        self.lists.borrow_mut().insert(index, cell);
        Ok(cell)
    }

    /// Puts a map in the place of an object.
    pub(super) fn change_map(
        &'a self,
        heap: &'a Heap<'a>,
        index: u32,
    ) -> Result<&'a MapCell<'a>, MethodError> {
        let cell = MapCell::keep(heap)?;
        for (name, node) in self.node(index).members() {
            cell.put(heap, Value::String(name), self.value(node))?;
        }
        cell.begin();
        self.is_changed.set(true);
        self.maps.borrow_mut().insert(index, cell);
        Ok(cell)
    }
}

/// The value of a number, a boolean or null.
fn scalar<'a>(heap: &'a Heap<'a>, node: NodeRef<'a>) -> Value<'a> {
    let mut value = Value::Null;
    put_scalar(heap, node, &mut value);
    value
}

#[inline(never)]
fn put_scalar<'a>(heap: &'a Heap<'a>, node: NodeRef<'a>, into: &mut Value<'a>) {
    match node.short_number() {
        Some(Number::Integer(integer)) => *into = Value::Integer(integer),
        Some(Number::Double(double)) => *into = Value::Double(double),
        _ => put_other(heap, node, into),
    }
}

/// The same of what is no short number.
#[inline(never)]
fn put_other<'a>(heap: &'a Heap<'a>, node: NodeRef<'a>, into: &mut Value<'a>) {
    *into = match node.number() {
        Some(Number::Integer(integer)) => Value::Integer(integer),
        Some(Number::Double(double)) => Value::Double(double),
        Some(Number::Long(long)) => Value::Long(long),
        Some(Number::Big(digits)) => big_integer(heap, digits),
        None => node.boolean().map_or(Value::Null, Value::Boolean),
    };
}

/// An integer of any size. Reading one of very many digits takes long, so it uses up the meter; what
/// it does not suffice for is null, and the rendering fails when it next asks the meter.
#[cold]
fn big_integer<'a>(heap: &'a Heap<'a>, digits: &str) -> Value<'a> {
    let time = digits.len().saturating_mul(digits.len()) / DIGITS_AT_ONCE;
    let read = || {
        heap.cells.meter.spend(time)?;
        heap.cells.keep_big_integer(digits.parse().unwrap_or_default()).map(Value::BigInteger)
    };
    read().unwrap_or_default()
}

/// So many digits squared are read in the time of a byte.
const DIGITS_AT_ONCE: usize = 256;

#[cfg(test)]
mod tests {
    use crate::{Bounds, Dialect, Globals, Heap, Template, Value};

    struct Body<'a>(Value<'a>);

    impl<'a> Globals<'a> for Body<'a> {
        fn put(&self, name: &str, into: &mut Value<'a>) {
            if name == "b" {
                *into = self.0;
            }
        }
    }

    #[test]
    fn documents_are_shared_values_that_may_change() {
        let check = |body: &str, template: &str, expected: &str| {
            let template = Template::parse(template, Dialect::Service).unwrap();
            let heap = Heap::default();
            let document = heap.document(body.to_owned()).unwrap();
            let body = Body(Value::json(&heap, document.root()).unwrap());
            let rendered = template.render(&heap, &body, &Bounds::default(), None);
            assert_eq!(rendered.unwrap(), expected);
        };
        let body = r#"{"l":[{"k":1},[2,"x/y"],null],"m":{"a":{"z":1.50}},"e":[]}"#;
        check(body, "$b", r#"{l=[{"k":1},[2,"x\/y"],null], m={a={z=1.5}}, e=[]}"#);
        check(
            body,
            "$b.l $b.l[0] $b.l[1][1] $b.l[-1]|",
            r#"[{"k":1},[2,"x\/y"],null] {k=1} x/y |"#,
        );
        check(body, "$b.l.add('n') $b.l", r#"true [{"k":1},[2,"x\/y"],null,"n"]"#);
        check(
            body,
            "#set($x = $b.l[0])#set($x.k = [7])$b.l $x",
            r#"[{"k":[7]},[2,"x\/y"],null] {k=[7]}"#,
        );
        check(body, "#set($b.m.a.n = 'v')$b.m $b.size()", "{a={z=1.5, n=v}} 3");
        check(
            body,
            "#foreach($x in $b.l)#if($foreach.first)#set($x.k = 2)#end$x;#end",
            r#"{k=2};[2,"x\/y"];;"#,
        );
        check(
            body,
            "#foreach($k in $b.keySet())$k#end $b.m.values() $b.entrySet().size()",
            "lme [{z=1.5}] 3",
        );
        check(body, "$b.l.subList(0, 2)", r#"[{k=1}, [2,"x\/y"]]"#);
        check(body, "#set($c = [$b.l[1], 1])$c", r#"[[2,"x\/y"], 1]"#);
        check(
            body,
            "$b.e.equals([]) #if($b.l[0] == {'k': 1})same#end $b.l[0].get('k')",
            "true same 1",
        );
        check(
            body,
            "$!b.remove('l')$!b.put('l', 1)$b",
            "[{\"k\":1},[2,\"x\\/y\"],null]{m={a={z=1.5}}, e=[], l=1}",
        );
    }
}
