//! Overrides: what templates say beside their text, as plain data, so that a response template
//! reads what the request template wrote, on whatever thread each of them is rendered.
//! Source: AWS, "Override your API's request and response parameters and status codes".

/// `$context.requestOverride` and `$context.responseOverride` as the templates so far have left
/// them; members without a meaning of their own are kept, too.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Overrides {
    pub request: Members,
    pub response: Members,
}

/// A map by its keys.
pub type Members = Vec<(Box<str>, Plain)>;

/// A value of a template that outlives its rendering.
#[derive(Clone, Debug, PartialEq)]
pub enum Plain {
    Null,
    Boolean(bool),
    Integer(i32),
    Long(i64),
    Double(f64),
    Text(Box<str>),
    /// Its items, and whether it prints as JSON: it came from there.
    List(Vec<Plain>, bool),
    Map(Members),
}

impl Overrides {
    /// Whether no template has written anything.
    pub fn is_empty(&self) -> bool {
        let is_empty = |members: &Members| {
            members.iter().all(|(_, value)| matches!(value, Plain::Map(inner) if inner.is_empty()))
        };
        is_empty(&self.request) && is_empty(&self.response)
    }

    /// Header fields of the integration's request.
    pub fn request_headers(&self) -> &[(Box<str>, Plain)] {
        members(&self.request, "header")
    }

    /// Query parameters of the integration's request, not encoded.
    pub fn query(&self) -> &[(Box<str>, Plain)] {
        members(&self.request, "querystring")
    }

    /// Variables of the integration's URI, not encoded.
    pub fn paths(&self) -> &[(Box<str>, Plain)] {
        members(&self.request, "path")
    }

    /// The value of one of them.
    pub fn path(&self, name: &str) -> Option<&Plain> {
        member(self.paths(), name)
    }

    /// The status of the client's answer, if what was written is one: an integer from 100 to 599,
    /// or its digits.
    pub fn status(&self) -> Option<u16> {
        let status = match member(&self.response, "status")? {
            Plain::Integer(status) => u16::try_from(*status).ok(),
            Plain::Long(status) => u16::try_from(*status).ok(),
            Plain::Text(digits) if digits.bytes().all(|b| b.is_ascii_digit()) => {
                digits.parse().ok()
            }
            _ => None,
        };
        status.filter(|status| (100..=599).contains(status))
    }

    /// Header fields of the client's answer.
    pub fn response_headers(&self) -> &[(Box<str>, Plain)] {
        members(&self.response, "header")
    }
}

impl Plain {
    /// Its texts: those of a list one by one; none of a map and of null.
    pub fn texts(&self) -> Vec<Box<str>> {
        match self {
            Self::List(values, _) => values.iter().filter_map(Self::text).collect(),
            single => single.text().into_iter().collect(),
        }
    }

    fn text(&self) -> Option<Box<str>> {
        Some(match self {
            Self::Null | Self::List(..) | Self::Map(_) => return None,
            Self::Boolean(value) => value.to_string().into(),
            Self::Integer(value) => value.to_string().into(),
            Self::Long(value) => value.to_string().into(),
            Self::Text(text) => text.clone(),
            Self::Double(value) => {
                let mut text = String::new();
                portico_vtl::write_double(*value, &mut text);
                text.into()
            }
        })
    }
}

fn member<'m>(members: &'m [(Box<str>, Plain)], name: &str) -> Option<&'m Plain> {
    members.iter().find(|(known, _)| **known == *name).map(|(_, value)| value)
}

fn members<'m>(of: &'m [(Box<str>, Plain)], name: &str) -> &'m [(Box<str>, Plain)] {
    match member(of, name) {
        Some(Plain::Map(members)) => members,
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_is_a_status() {
        let check = |written: Plain, expected: Option<u16>| {
            let response = vec![("status".into(), written.clone())];
            let overrides = Overrides { response, ..Overrides::default() };
            assert_eq!(overrides.status(), expected, "{written:?}");
        };
        check(Plain::Integer(444), Some(444));
        check(Plain::Long(201), Some(201));
        check(Plain::Text("503".into()), Some(503));
        check(Plain::Integer(99), None);
        check(Plain::Integer(600), None);
        check(Plain::Integer(-200), None);
        check(Plain::Text("+20".into()), None);
        check(Plain::Text("".into()), None);
        check(Plain::Double(200.0), None);
        check(Plain::Boolean(true), None);
        check(Plain::Null, None);
        check(Plain::List(vec![Plain::Integer(200)], false), None);
    }

    #[test]
    fn a_list_is_several_values() {
        let check = |written: Plain, expected: &[&str]| {
            assert_eq!(written.texts().iter().map(|it| &**it).collect::<Vec<_>>(), expected);
        };
        let text = |text: &str| Plain::Text(text.into());
        check(text("a"), &["a"]);
        check(Plain::List(vec![text("a"), Plain::Integer(1), Plain::Null], false), &["a", "1"]);
        check(Plain::Double(1.5), &["1.5"]);
        check(Plain::Null, &[]);
        check(Plain::Map(vec![("a".into(), text("b"))]), &[]);
    }

    #[test]
    fn parts_are_found() {
        let header = Plain::Map(vec![("X-A".into(), Plain::Integer(1))]);
        let overrides = Overrides {
            request: vec![("header".into(), header.clone()), ("path".into(), Plain::Null)],
            response: vec![("custom".into(), header)],
        };
        assert_eq!(overrides.request_headers(), [("X-A".into(), Plain::Integer(1))]);
        assert_eq!((overrides.path("a"), overrides.query()), (None, &[][..]));
        assert_eq!((overrides.response_headers(), overrides.status()), (&[][..], None));
        assert!(!overrides.is_empty() && Overrides::default().is_empty());
    }
}
