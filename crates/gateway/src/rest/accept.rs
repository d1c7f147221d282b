//! Which of several templates a client gets.

use portico_net::{Name, RequestHead};

/// The template for the client's first `Accept`, else the one for JSON, else the first. The order
/// of preference is not recorded: it is decided here and nowhere else.
pub(crate) fn choose<'t, T>(
    head: &RequestHead,
    templates: &'t [(Box<str>, T)],
) -> Option<&'t (Box<str>, T)> {
    let accept = head.known(Name::Accept).unwrap_or_default();
    let accept = accept.split(|byte| b",;".contains(byte)).next().unwrap_or_default().trim_ascii();
    let of_type = |wanted: &[u8]| {
        templates.iter().find(|(name, _)| name.as_bytes().eq_ignore_ascii_case(wanted))
    };
    of_type(accept).or_else(|| of_type(b"application/json")).or(templates.first())
}
