//! `#literal`: a body that must parse and is printed as written, or nearly so.

use super::directive::Word;
use super::text::Nodes;
use super::{Fault, Parser};

impl Parser<'_, '_> {
    /// Behind `#literal`.
    pub(super) fn literal(&mut self, start: usize, nodes: &mut Nodes) -> Result<(), Fault> {
        let head = self.at;
        if self.head(Word { name: "literal", end: head })?.is_none() {
            return self.fault_at(start, "expected `(`");
        }
        let argument = self.text[head..self.at].trim_matches(['(', ')', ' ', '\t', '\n', '\r']);
        let inside = self.at;
        self.body(start)?;
        let body = &self.text[inside..self.at];
        let end = body.rfind("#end").max(body.rfind("#{end}")).unwrap_or(body.len());
        match (argument, &body[..end]) {
            ("", "") => self.fault_at(start, "`#literal` without a body"),
            ("", body) => {
                print_body(body.strip_suffix('$').unwrap_or(body), nodes);
                Ok(())
            }
            (argument, _) => {
                nodes.text(argument);
                Ok(())
            }
        }
    }
}

/// Comments lose what they say, and what is escaped its backslashes.
fn print_body(body: &str, nodes: &mut Nodes) {
    let mut rest = body;
    while let Some(at) = rest.find(['#', '\\']) {
        nodes.text(&rest[..at]);
        rest = &rest[at..];
        let slashes = rest.len() - rest.trim_start_matches('\\').len();
        let behind = &rest[slashes..];
        let length = if slashes > 0 {
            let escaped = behind.starts_with('$') || (slashes % 2 == 1 && behind.starts_with('#'));
            nodes.text(if escaped { "" } else { &rest[..slashes] });
            slashes
        } else if rest.starts_with("##") {
            nodes.text("##");
            rest.find(['\n', '\r']).unwrap_or(rest.len())
        } else if rest.starts_with("#*") {
            rest.find("*#").map_or(rest.len(), |end| end + 2)
        } else {
            nodes.text("#");
            1
        };
        rest = &rest[length..];
    }
    nodes.text(rest);
}
