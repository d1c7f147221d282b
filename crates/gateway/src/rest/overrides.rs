//! What templates override, as it is written into requests and answers.
//! Source: AWS, "Override your API's request and response parameters and status codes".

use std::collections::HashSet;

use portico_net::write_field;
use portico_snapshot::{Overrides, Plain, QueryPart, reserved};

use crate::fault::Fault;
use crate::rest::encode::{is_query_name, write_encoded};

/// Header fields that templates set, under the names that go out, with the values of each.
#[derive(Debug, Default)]
pub(crate) struct Fields(Vec<(Box<str>, Vec<Box<str>>)>);

impl Fields {
    /// Those of the request to the origin. Framing is the gateway's own, as it is for mappings.
    pub(crate) fn of_request(overrides: Option<&Overrides>) -> Result<Self, Fault> {
        let mut fields = Vec::new();
        for (name, value) in overrides.map(Overrides::request_headers).unwrap_or_default() {
            if reserved::is_framing(name) {
                let why = format!("a template overrides the header field {name}");
                return Err(Fault::Configuration(why));
            }
            if reserved::is_field_name(name) && reserved::reaches_origin(name) {
                fields.push((name.clone(), value.texts()));
            }
        }
        Self::once(fields)
    }

    /// Those of the answer to the client.
    pub(crate) fn of_answer(overrides: Option<&Overrides>) -> Result<Self, Fault> {
        let set = overrides.map(Overrides::response_headers).unwrap_or_default();
        let seen = |(name, value): &(Box<str>, Plain)| {
            let legal = Some(name).filter(|name| reserved::is_field_name(name))?;
            Some((reserved::name_for_client(legal)?.into(), value.texts()))
        };
        Self::once(set.iter().filter_map(seen).collect())
    }

    /// Each field may be overridden once. To templates, names that differ by case are different;
    /// a client that sends a field in small letters must not get it in beside that of a template.
    fn once(fields: Vec<(Box<str>, Vec<Box<str>>)>) -> Result<Self, Fault> {
        if fields.len() < 2 {
            return Ok(Self(fields));
        }
        let mut names = HashSet::new();
        for (name, _) in &fields {
            if !names.insert(name.to_ascii_lowercase()) {
                let name: String = name.chars().take(100).collect();
                let why = format!("templates override the header field {name} more than once");
                return Err(Fault::Configuration(why));
            }
        }
        Ok(Self(fields))
    }

    /// Whether the field with this name is overridden.
    #[inline]
    pub(crate) fn has(&self, name: &[u8]) -> bool {
        self.0.iter().any(|(set, _)| set.as_bytes().eq_ignore_ascii_case(name))
    }

    /// Calls `write` for each line. Several values are one line with commas (RFC 9110, section
    /// 5.3), except of the one field that cannot be written so.
    pub(crate) fn each(&self, mut write: impl FnMut(&[u8], &[u8])) {
        for (name, values) in &self.0 {
            if name.eq_ignore_ascii_case("set-cookie") {
                values.iter().for_each(|value| write(name.as_bytes(), value.as_bytes()));
            } else if !values.is_empty() {
                write(name.as_bytes(), values.join(",").as_bytes());
            }
        }
    }

    /// Writes them as lines of a head.
    pub(crate) fn write(&self, head: &mut Vec<u8>) {
        self.each(|name, value| write_field(name, value, head));
    }
}

/// Whether a template overrides a query parameter of the URI or of a mapping.
pub(crate) fn replaces(overrides: Option<&Overrides>, part: &QueryPart) -> bool {
    let set = overrides.map(Overrides::query).unwrap_or_default();
    set.iter().any(|(name, _)| is_query_name(part.name.as_bytes(), name))
}

/// Writes the query parameters that templates set, each of several values by itself.
pub(crate) fn write_query(
    overrides: Option<&Overrides>,
    head: &mut Vec<u8>,
    mut separate: impl FnMut(&mut Vec<u8>),
) {
    for (name, value) in overrides.map(Overrides::query).unwrap_or_default() {
        for text in value.texts() {
            separate(head);
            write_encoded(name.as_bytes(), head);
            head.push(b'=');
            write_encoded(text.as_bytes(), head);
        }
    }
}

/// Writes what a template gives a variable of the URI; false if none does.
pub(crate) fn write_variable(
    overrides: Option<&Overrides>,
    name: &str,
    head: &mut Vec<u8>,
) -> bool {
    let Some(value) = overrides.and_then(|overrides| overrides.path(name)) else { return false };
    write_encoded(value.texts().join(",").as_bytes(), head);
    true
}

/// The status of the answer: the one that templates set, or else `mapped`.
pub(crate) fn status(overrides: Option<&Overrides>, mapped: u16) -> Result<u16, Fault> {
    match overrides.and_then(Overrides::status).unwrap_or(mapped) {
        // AWS lets a document or a template name one, but no answer ends with it (RFC 9110,
        // section 15.2).
        status if status < 200 => {
            Err(Fault::Configuration(format!("an answer cannot have the status {status}")))
        }
        status => Ok(status),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Plain {
        Plain::Text(text.into())
    }

    fn overrides(place: &str, members: Vec<(Box<str>, Plain)>) -> Overrides {
        let members = vec![(place.into(), Plain::Map(members))];
        Overrides { request: members.clone(), response: members }
    }

    #[test]
    fn fields_are_written_as_lines() {
        let check = |name: &str, value: Plain, sent: Option<&str>, answered: &str| {
            let overrides = overrides("header", vec![(name.into(), value)]);
            let show = |fields: &Fields| {
                let mut head = Vec::new();
                fields.write(&mut head);
                String::from_utf8(head).unwrap()
            };
            let of_request = Fields::of_request(Some(&overrides));
            assert_eq!(of_request.ok().as_ref().map(show).as_deref(), sent, "{name}");
            let of_answer = Fields::of_answer(Some(&overrides)).unwrap();
            assert_eq!(show(&of_answer), answered, "{name}");
        };
        check("X-A", text("1"), Some("X-A: 1\r\n"), "X-A: 1\r\n");
        let list = || Plain::List(vec![text("a"), text("b")], false);
        check("X-A", list(), Some("X-A: a,b\r\n"), "X-A: a,b\r\n");
        let cookies = "Set-Cookie: a\r\nSet-Cookie: b\r\n";
        check("Set-Cookie", list(), Some(cookies), cookies);
        check("X-A", Plain::Null, Some(""), "");
        check("X-A", text(""), Some("X-A: \r\n"), "X-A: \r\n");
        check("X-A", text("a\r\nX-B: c"), Some(""), "");
        check("X A", text("1"), Some(""), "");
        check("X-A: 1\r\nX-B", text("1"), Some(""), "");
        check("Content-Length", text("1"), None, "x-amzn-Remapped-Content-Length: 1\r\n");
        check("transfer-encoding", text("chunked"), None, "");
        check("TE", text("1"), Some(""), "");
        check("Server", text("1"), Some("Server: 1\r\n"), "x-amzn-Remapped-Server: 1\r\n");
    }

    #[test]
    fn a_field_is_overridden_once_in_whatever_case() {
        let check = |names: &[&str], sent: bool, answered: bool| {
            let set = names.iter().map(|name| ((*name).into(), text("1"))).collect();
            let overrides = overrides("header", set);
            assert_eq!(Fields::of_request(Some(&overrides)).is_ok(), sent, "{names:?}");
            assert_eq!(Fields::of_answer(Some(&overrides)).is_ok(), answered, "{names:?}");
        };
        check(&["Authorization", "authorization"], false, false);
        check(&["X-A", "X-B", "x-A"], false, false);
        check(&["Server", "x-amzn-remapped-server"], true, false);
        check(&["TE", "te"], true, true);
        check(&["X-A", "X-B"], true, true);
        check(&[], true, true);
    }

    #[test]
    fn a_status_of_an_interim_answer_ends_nothing() {
        let check = |written: i32, expected: Option<u16>| {
            let response = vec![("status".into(), Plain::Integer(written))];
            let overrides = Overrides { response, ..Overrides::default() };
            assert_eq!(status(Some(&overrides), 200).ok(), expected, "{written}");
        };
        check(404, Some(404));
        check(600, Some(200));
        check(100, None);
        assert!(status(None, 101).is_err() && status(None, 201).is_ok());
    }
}
