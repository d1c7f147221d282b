//! YAML to a tree, from the events of the parser.

use std::borrow::Cow;
use std::collections::HashMap;

use granit_parser::{ErrorKind, Event, Marker, Parser, ScalarStyle, Tag, options};

use super::builder::{self, Builder, Complete, Key};
use super::{DEPTH, Node, Problem, Span, Value, scalar};

/// What one document takes from its events.
struct Reader<'t, 'p> {
    text: &'t str,
    builder: &'p mut Builder,
    /// Complete values by anchor.
    anchors: HashMap<usize, Complete>,
    problems: &'p mut Vec<Problem>,
}

/// Reads the one document of a text. What does not stop the reading is among the problems.
pub(super) fn parse(
    text: &str,
    builder: &mut Builder,
    problems: &mut Vec<Problem>,
) -> Result<Node, Problem> {
    let options = options! {
        emit_comments: false,
        flow_nesting_limit: DEPTH,
        block_nesting_limit: DEPTH,
    };
    let mut reader = Reader { text, builder, anchors: HashMap::new(), problems };
    let mut documents = 0;
    for event in Parser::new_from_str_with_options(text, options) {
        let (event, span) = event.map_err(|error| {
            let span = reader.span(*error.marker(), *error.marker());
            match error.kind() {
                ErrorKind::RecursionLimitExceeded => builder::too_deep(span),
                _ => Problem::new(span, "syntax", format!("not YAML: {}", error.info())),
            }
        })?;
        let span = reader.span(span.start, span.end);
        if matches!(event, Event::DocumentStart(..)) {
            documents += 1;
            if documents > 1 {
                let message = "the file has more than one YAML document";
                return Err(Problem::new(span, "syntax", message));
            }
            continue;
        }
        reader.event(event, span)?;
    }
    let start = Span { line: 1, column: 1, length: 1 };
    reader.builder.finish().ok_or_else(|| Problem::new(start, "empty", "the file is empty"))
}

impl Reader<'_, '_> {
    fn event(&mut self, event: Event<'_>, span: Span) -> Result<(), Problem> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                self.scalar(&text, style, anchor, tag.as_deref(), span)
            }
            Event::Alias(anchor) => self.alias(anchor, span),
            Event::SequenceStart(_, anchor, tag) => self.begin(false, anchor, tag, span),
            Event::MappingStart(_, anchor, tag) => self.begin(true, anchor, tag, span),
            Event::SequenceEnd | Event::MappingEnd => {
                if let Some(complete) = self.builder.end(self.problems)? {
                    self.remember(complete);
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn begin(
        &mut self,
        is_mapping: bool,
        anchor: usize,
        tag: Option<Cow<'_, Tag>>,
        span: Span,
    ) -> Result<(), Problem> {
        if self.builder.expects_key() {
            // Going on would take the collection's content for keys of the one around it.
            return Err(Problem::new(span, "syntax", "a key is a scalar, not a collection"));
        }
        let expected = if is_mapping { "map" } else { "seq" };
        let function = tag.as_deref().and_then(function);
        if let Some(tag) = tag
            && function.is_none()
            && tag.original() != "!"
            && tag.core_suffix() != Some(expected)
        {
            self.refuse_tag(&tag, span);
        }
        self.builder.begin(is_mapping, function, anchor, span)
    }

    fn scalar(
        &mut self,
        text: &str,
        style: ScalarStyle,
        anchor: usize,
        tag: Option<&Tag>,
        span: Span,
    ) -> Result<(), Problem> {
        if let Some(name) = tag.and_then(function)
            && !self.builder.expects_key()
        {
            let node = builder::wrap(name, Node { value: Value::String(text.into()), span });
            self.remember(Complete { node: node.clone(), anchor, nodes: 3 });
            return self.builder.value(node, 3, self.problems);
        }
        let value = self.resolve(text, style, tag, span);
        let is_merge = text == "<<" && style == ScalarStyle::Plain && tag.is_none();
        let node = Node { value, span };
        self.remember(Complete { node: node.clone(), anchor, nodes: 1 });
        if !self.builder.expects_key() {
            return self.builder.value(node, 1, self.problems);
        }
        let key = if is_merge { Key::Merge(span) } else { Key::Name(text.into(), span) };
        self.builder.key(key, span)
    }

    fn alias(&mut self, anchor: usize, span: Span) -> Result<(), Problem> {
        let Some(Complete { node, nodes, .. }) = self.anchors.get(&anchor).cloned() else {
            return Err(Problem::new(span, "syntax", "an alias inside the value it stands for"));
        };
        if !self.builder.expects_key() {
            let depth = self.builder.depth() + depth(&node);
            if depth > DEPTH {
                return Err(builder::too_deep(span));
            }
            return self.builder.value(node, nodes, self.problems);
        }
        match node.value {
            Value::String(text) | Value::Number(text) => {
                self.builder.key(Key::Name(text, span), span)
            }
            _ => {
                let message = "an alias in place of a key stands for a string or a number";
                self.problems.push(Problem::new(span, "syntax", message));
                self.builder.key(Key::Unusable, span)
            }
        }
    }

    fn resolve(&mut self, text: &str, style: ScalarStyle, tag: Option<&Tag>, span: Span) -> Value {
        let plain = || scalar::resolve(text);
        let Some(tag) = tag else {
            return if style == ScalarStyle::Plain { plain() } else { Value::String(text.into()) };
        };
        if tag.original() == "!" {
            return Value::String(text.into());
        }
        let value = match tag.core_suffix() {
            Some("str") => return Value::String(text.into()),
            Some("int" | "float") if scalar::is_number(text) => {
                return Value::Number(text.into());
            }
            Some("bool") => Some(plain()).filter(|value| matches!(value, Value::Bool(_))),
            Some("null") => Some(plain()).filter(|value| matches!(value, Value::Null)),
            _ => None,
        };
        value.unwrap_or_else(|| {
            self.refuse_tag(tag, span);
            Value::String(text.into())
        })
    }

    fn refuse_tag(&mut self, tag: &Tag, span: Span) {
        let message = format!("the tag {} has no meaning here", tag.original());
        self.problems.push(Problem::new(span, "yaml-tag", message).help("remove it"));
    }

    fn remember(&mut self, complete: Complete) {
        if complete.anchor != 0 {
            self.anchors.insert(complete.anchor, complete);
        }
    }

    /// The first line of what two marks enclose.
    fn span(&self, start: Marker, end: Marker) -> Span {
        let length = if start.line() == end.line() {
            end.col().saturating_sub(start.col())
        } else {
            let rest = start.byte_offset().and_then(|at| self.text.get(at..)).unwrap_or_default();
            rest.lines().next().unwrap_or_default().chars().count()
        };
        let number = |value: usize| u32::try_from(value).unwrap_or(u32::MAX);
        Span {
            line: number(start.line().max(1)),
            column: number(start.col() + 1),
            length: number(length.max(1)),
        }
    }
}

/// The long name of the function of CloudFormation that a tag calls: `!Sub x` is `{Fn::Sub: x}`.
/// Source: AWS CloudFormation, "Intrinsic function reference".
fn function(tag: &Tag) -> Option<&'static str> {
    const LONG: &[&str] = &[
        "Ref",
        "Condition",
        "Fn::And",
        "Fn::Base64",
        "Fn::Cidr",
        "Fn::Equals",
        "Fn::FindInMap",
        "Fn::ForEach",
        "Fn::GetAZs",
        "Fn::GetAtt",
        "Fn::If",
        "Fn::ImportValue",
        "Fn::Join",
        "Fn::Length",
        "Fn::Not",
        "Fn::Or",
        "Fn::Select",
        "Fn::Split",
        "Fn::Sub",
        "Fn::ToJsonString",
        "Fn::Transform",
    ];
    let tag = tag.original();
    let short = tag.strip_prefix('!')?;
    LONG.iter().copied().find(|long| long.strip_prefix("Fn::").unwrap_or(long) == short)
}

/// How many collections stand inside one another in a value. The value is complete, so its own
/// depth is within the limit.
fn depth(node: &Node) -> usize {
    match &node.value {
        Value::Sequence(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        Value::Mapping(members) => {
            1 + members.iter().map(|member| depth(&member.node)).max().unwrap_or(0)
        }
        _ => 0,
    }
}
