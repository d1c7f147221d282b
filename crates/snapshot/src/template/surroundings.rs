//! What a template can ask of the request it is rendered for. A worker asks its request itself; what
//! leaves the worker, and what the command line reads from a file, is plain data.

use crate::{CONTEXT_MEMBERS, ContextMember, ContextMembers, ContextVariable};

/// Where a parameter of a request stands; also its key in `$input.params()`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ParameterPlace {
    /// A variable of the resource's path.
    Path,
    QueryString,
    Header,
}

impl ParameterPlace {
    /// In the order of `$input.params()`, which is also that in which a name alone is looked for.
    pub const ALL: [Self; 3] = [Self::Path, Self::QueryString, Self::Header];

    /// For example `querystring`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Path => "path",
            Self::QueryString => "querystring",
            Self::Header => "header",
        }
    }
}

/// What a rendering asks of its request.
pub trait Surroundings {
    /// Shows the value of a variable, if the request has one.
    fn show_context(&self, variable: &ContextVariable, show: &mut dyn FnMut(&[u8]));

    /// Shows the name and the value of each parameter in the client's order, as text: query
    /// parameters are decoded. Of several values of one name the last one counts.
    fn each_parameter(&self, place: ParameterPlace, show: &mut dyn FnMut(&[u8], &[u8]));
}

/// The surroundings of a request by themselves.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PlainSurroundings {
    pub context: Vec<(ContextVariable, Box<[u8]>)>,
    pub parameters: Vec<Parameter>,
}

/// A parameter of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    pub place: ParameterPlace,
    pub name: Box<[u8]>,
    pub value: Box<[u8]>,
}

impl PlainSurroundings {
    /// A copy of everything that a template can ask for.
    pub fn of(surroundings: &dyn Surroundings) -> Self {
        let mut plain = Self::default();
        plain.copy_context(surroundings, CONTEXT_MEMBERS);
        for place in ParameterPlace::ALL {
            surroundings.each_parameter(place, &mut |name, value| {
                let (name, value) = (name.into(), value.into());
                plain.parameters.push(Parameter { place, name, value });
            });
        }
        plain
    }

    fn copy_context(&mut self, from: &dyn Surroundings, members: ContextMembers) {
        for member in members.iter() {
            match member {
                ContextMember::Value(_, variable) => {
                    from.show_context(variable, &mut |value| {
                        self.context.push((variable.clone(), value.into()));
                    });
                }
                ContextMember::Map(_, members) => self.copy_context(from, *members),
                ContextMember::Empty(_) => {}
            }
        }
    }
}

impl Surroundings for PlainSurroundings {
    fn show_context(&self, variable: &ContextVariable, show: &mut dyn FnMut(&[u8])) {
        if let Some((_, value)) = self.context.iter().find(|(known, _)| known == variable) {
            show(value);
        }
    }

    fn each_parameter(&self, place: ParameterPlace, show: &mut dyn FnMut(&[u8], &[u8])) {
        let here = self.parameters.iter().filter(|parameter| parameter.place == place);
        here.for_each(|parameter| show(&parameter.name, &parameter.value));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_answers_as_the_original() {
        let parameter = |place, name: &[u8], value: &[u8]| Parameter {
            place,
            name: name.into(),
            value: value.into(),
        };
        let original = PlainSurroundings {
            context: vec![
                (ContextVariable::Stage, (*b"prod").into()),
                (ContextVariable::IdentitySourceIp, (*b"203.0.113.7").into()),
            ],
            parameters: vec![
                parameter(ParameterPlace::Path, b"id", b"7"),
                parameter(ParameterPlace::QueryString, b"a", b"1"),
                parameter(ParameterPlace::QueryString, b"a", b"2"),
                parameter(ParameterPlace::Header, b"Accept", b"*/*"),
            ],
        };
        assert_eq!(PlainSurroundings::of(&original), original);
        let mut shown = Vec::new();
        for variable in [ContextVariable::Stage, ContextVariable::ApiId] {
            original.show_context(&variable, &mut |value| shown.push(value.to_vec()));
        }
        assert_eq!(shown, [b"prod"]);
    }
}
