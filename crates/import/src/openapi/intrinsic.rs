//! Functions of CloudFormation inside a definition: `Ref`, `Fn::GetAtt`, `Fn::Sub`, `Fn::Join`, and
//! the names of the account that AWS's import replaces in every text.
//!
//! A function whose values are known becomes its text, at its own place. Any other stays as it is,
//! and is reported where a text is expected: a definition may also show one as an example.
//! Source: AWS CloudFormation, "Intrinsic function reference", "Pseudo parameters reference";
//! API Gateway, "Import a REST API".

use std::borrow::Cow;
use std::collections::BTreeMap;

use portico_model::limits::DEFINITION_BYTES;

use super::options::Options;
use crate::tree::{Mapping, Member, Node, Value};

mod evaluation;
mod partition;

pub(super) use evaluation::Evaluation;
use partition::Partition;

/// Bytes that functions and names may become in one definition.
const EVALUATED_BYTES: usize = 4 * DEFINITION_BYTES;

/// The values of names.
#[derive(Clone, Copy)]
pub(super) struct Values<'v> {
    set: &'v BTreeMap<String, String>,
    account_id: &'v str,
    region: &'v str,
}

/// Why a function has no text.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Unresolved {
    /// Nothing says what this name stands for.
    Missing(String),
    /// This function is not evaluated here.
    Function(String),
    /// This function is not called as it has to be.
    Malformed(String),
    /// What the definition's functions become is too long.
    Long,
}

impl<'v> Values<'v> {
    pub(super) fn new(options: &Options<'v>) -> Self {
        let Options { set, account_id, region, .. } = *options;
        Self { set, account_id, region }
    }

    fn get(&self, name: &str) -> Result<&'v str, Unresolved> {
        let own = self.set.get(name).map(String::as_str);
        let pseudo = || match name {
            "AWS::AccountId" => Some(self.account_id),
            "AWS::Region" => Some(self.region),
            "AWS::Partition" => Some(Partition::of(self.region).name),
            "AWS::URLSuffix" => Some(Partition::of(self.region).url_suffix),
            _ => None,
        };
        own.or_else(pseudo).ok_or_else(|| Unresolved::Missing(name.to_owned()))
    }

    /// Why a value is a function without a text; `None` when it is no function.
    pub(super) fn unresolved(&self, value: &Value) -> Option<Unresolved> {
        let (name, argument) = function(value)?;
        Some(self.evaluate(name, argument).err().unwrap_or(Unresolved::Long))
    }

    /// The text of a function whose arguments have been evaluated as far as that goes.
    fn evaluate(&self, name: &str, argument: &Node) -> Result<String, Unresolved> {
        let malformed = || Unresolved::Malformed(name.to_owned());
        match (name, &argument.value) {
            ("Ref", Value::String(name)) => self.get(name).map(str::to_owned),
            ("Fn::GetAtt", Value::String(name)) => self.get(name).map(str::to_owned),
            ("Fn::GetAtt", Value::Sequence(items)) => {
                let [resource, attribute] = &**items else { return Err(malformed()) };
                let (resource, attribute) = (self.text(resource)?, self.text(attribute)?);
                self.get(&format!("{resource}.{attribute}")).map(str::to_owned)
            }
            ("Fn::Sub", Value::String(text)) => self.substitute(text, &Mapping::default()),
            ("Fn::Sub", Value::Sequence(items)) => match &**items {
                [Node { value: Value::String(text), .. }] => {
                    self.substitute(text, &Mapping::default())
                }
                [
                    Node { value: Value::String(text), .. },
                    Node { value: Value::Mapping(names), .. },
                ] => self.substitute(text, names),
                _ => Err(malformed()),
            },
            ("Fn::Join", Value::Sequence(items)) => {
                let [separator, Node { value: Value::Sequence(parts), .. }] = &**items else {
                    return Err(malformed());
                };
                let separator = self.text(separator)?;
                let mut joined = String::new();
                for (index, part) in parts.iter().enumerate() {
                    if index > 0 {
                        push(&mut joined, &separator)?;
                    }
                    push(&mut joined, &self.text(part)?)?;
                }
                Ok(joined)
            }
            ("Ref" | "Fn::GetAtt" | "Fn::Sub" | "Fn::Join", _) => Err(malformed()),
            _ => Err(Unresolved::Function(name.to_owned())),
        }
    }

    /// The text of an argument.
    fn text<'n>(&self, node: &'n Node) -> Result<Cow<'n, str>, Unresolved> {
        match &node.value {
            Value::String(text) | Value::Number(text) => Ok(Cow::Borrowed(text)),
            Value::Bool(value) => Ok(Cow::Borrowed(if *value { "true" } else { "false" })),
            value => match function(value) {
                Some((name, argument)) => self.evaluate(name, argument).map(Cow::Owned),
                None => Err(Unresolved::Malformed(format!("a function over {}", value.noun()))),
            },
        }
    }

    /// `Fn::Sub`: `${Name}` and `${Name.Attribute}` become values, `${!Text}` becomes `${Text}`.
    fn substitute(&self, text: &str, names: &Mapping) -> Result<String, Unresolved> {
        let mut result = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            let Some((name, after)) = after.split_once('}') else { break };
            push(&mut result, before)?;
            match (name.strip_prefix('!'), names.get(name.trim())) {
                (Some(literal), _) => push(&mut result, &format!("${{{literal}}}"))?,
                (None, Some(member)) => push(&mut result, &self.text(&member.node)?)?,
                (None, None) => push(&mut result, self.get(name.trim())?)?,
            }
            rest = after;
        }
        push(&mut result, rest)?;
        Ok(result)
    }
}

impl Unresolved {
    /// Message and help.
    pub(super) fn explain(&self) -> (String, String) {
        match self {
            Self::Missing(name) if name.starts_with("stageVariables.") => (
                format!("\"{name}\" has no value: inside Fn::Sub it is no stage variable"),
                format!("write ${{!{name}}}, which becomes ${{{name}}}"),
            ),
            Self::Missing(name) => {
                (format!("\"{name}\" has no value"), format!("give it with --set {name}=VALUE"))
            }
            Self::Function(name) => (
                format!("{name} is a function of CloudFormation that nothing evaluates here"),
                "write the value itself; Ref, Fn::GetAtt, Fn::Sub and Fn::Join are evaluated"
                    .into(),
            ),
            Self::Malformed(what) => (
                format!("{what} is not called as CloudFormation has it"),
                "compare it with CloudFormation's reference of intrinsic functions".into(),
            ),
            Self::Long => (
                format!("what functions stand for is longer than {EVALUATED_BYTES} bytes in all"),
                "write shorter values".into(),
            ),
        }
    }
}

/// Appends within the limit.
fn push(text: &mut String, part: &str) -> Result<(), Unresolved> {
    if text.len() + part.len() > EVALUATED_BYTES {
        return Err(Unresolved::Long);
    }
    text.push_str(part);
    Ok(())
}

/// The function that a mapping calls, and its argument.
fn function(value: &Value) -> Option<(&str, &Node)> {
    let Value::Mapping(members) = value else { return None };
    let [Member { key, node, .. }] = &***members else { return None };
    let is_function = match &node.value {
        Value::String(_) => &**key == "Ref",
        // A member called `Ref` that is no text is somebody's own.
        _ => false,
    };
    (is_function || key.starts_with("Fn::")).then_some((key, node))
}

/// Whether a mapping calls a function.
pub(super) fn is_function(value: &Value) -> bool {
    function(value).is_some()
}

/// Whether a mapping calls a function that can stand for a mapping too.
pub(super) fn is_call(value: &Value) -> bool {
    function(value).is_some_and(|(name, _)| name != "Ref")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::openapi::options::NoFiles;
    use crate::tree;

    #[test]
    fn functions_become_their_text() {
        let set = [("Host", "h"), ("R.Arn", "arn:x"), ("AWS::StackName", "s"), ("R.A.B", "deep")];
        let set = set.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        let mut files = NoFiles;
        let options = Options { set: &set, ..Options::new(&mut files) };
        let values = Values::new(&options);
        let check = |yaml: &str, expected: &str| {
            let text = format!("v: {yaml}\n");
            let (root, findings) = tree::read(&"a.yaml".into(), text.as_bytes(), &mut 0);
            assert!(findings.is_empty(), "{findings:?}");
            let root = Evaluation::new(values).tree(root.unwrap());
            let Value::Mapping(members) = &root.value else { panic!("{root:?}") };
            let found = match members.get("v").map(|member| &member.node.value) {
                None => "gone".to_owned(),
                Some(Value::String(text)) => text.to_string(),
                Some(value) => {
                    values.unresolved(value).map_or(value.noun().to_owned(), |why| why.explain().0)
                }
            };
            assert_eq!(found, expected, "{yaml}");
        };
        check("{Ref: Host}", "h");
        check("!Ref Host", "h");
        check("{Ref: AWS::Region}", "us-east-1");
        check("!Ref AWS::StackName", "s");
        check("!Ref AWS::URLSuffix", "amazonaws.com");
        check("!Ref AWS::NoValue", "gone");
        check("[!Ref AWS::NoValue]", "a list");
        check("{Fn::GetAtt: [R, Arn]}", "arn:x");
        check("{Fn::GetAtt: R.Arn}", "arn:x");
        check("!GetAtt R.Arn", "arn:x");
        check("!GetAtt [R, A.B]", "deep");
        check("{Fn::Sub: 'http://${Host}/{id}'}", "http://h/{id}");
        check(
            "!Sub '${R.Arn}:${AWS::Partition}:${!stageVariables.v}'",
            "arn:x:aws:${stageVariables.v}",
        );
        check("!Sub ['${a}-${b}', {a: !Ref Host, b: 7}]", "h-7");
        check("!Sub 'open ${Host'", "open ${Host");
        check("!Join [':', [a, !Ref Host, !Sub '${Host}', 1]]", "a:h:h:1");
        check("!Join ['', []]", "");
        check(
            "'x ${AWS::Region} ${AWS::AccountId} ${AWS::StackName} ${b}'",
            "x us-east-1 000000000000 ${AWS::StackName} ${b}",
        );
        check("'${${AWS::Region}'", "${us-east-1");
        check("{Ref: {type: string}}", "a mapping");
        check("{Ref: a, b: c}", "a mapping");
        check("!Ref None", "\"None\" has no value");
        check("!Join ['', [!Sub '${None.Arn}']]", "\"None.Arn\" has no value");
        check(
            "!Sub '${stageVariables.v}'",
            "\"stageVariables.v\" has no value: inside Fn::Sub it is no stage variable",
        );
        check(
            "!Select [0, [a]]",
            "Fn::Select is a function of CloudFormation that nothing evaluates here",
        );
        check(
            "!Join ['', [!Select [0, [a]]]]",
            "Fn::Select is a function of CloudFormation that nothing evaluates here",
        );
        check(
            "{Fn::Nonsense: 1}",
            "Fn::Nonsense is a function of CloudFormation that nothing evaluates here",
        );
        check("{Fn::Sub: {a: b}}", "Fn::Sub is not called as CloudFormation has it");
        check("{Fn::Join: [a]}", "Fn::Join is not called as CloudFormation has it");
        check("{Fn::GetAtt: [a]}", "Fn::GetAtt is not called as CloudFormation has it");
    }

    #[test]
    fn what_functions_become_has_a_limit() {
        let long = "x".repeat(1_000_000);
        let uses = "${a}".repeat(100_000);
        let text =
            format!("a: &a {long}\nb: !Sub ['{uses}', {{a: *a}}]\nc: !Join ['', [*a, *a]]\n");
        let (root, _) = tree::read(&"a.yaml".into(), text.as_bytes(), &mut 0);
        let mut files = NoFiles;
        let values = Values::new(&Options::new(&mut files));
        let root = Evaluation::new(values).tree(root.unwrap());
        let Value::Mapping(members) = &root.value else { panic!("{root:?}") };
        let why = values.unresolved(&members.get("b").unwrap().node.value);
        assert_eq!(why, Some(Unresolved::Long));
        assert_eq!(members.get("c").unwrap().node.value.noun(), "a string");
    }
}
