//! Methods that are served, but not as their definition has them: each answers 500.

use portico_model::HttpMethod;
use portico_snapshot::{Integration, RestStage};

use crate::report::plural;
use crate::terminal::printable;

/// How many are named where there is one line for all.
const NAMED_MAX: usize = 5;

/// What is said before the kinds of what a method asks for.
const CANNOT_RUN: &str = "what cannot run here: ";

/// A method that answers an error instead of what it asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RefusedMethod {
    pub(crate) method: HttpMethod,
    pub(crate) path: String,
    /// For example `authorizer, request-validator`.
    pub(crate) why: String,
}

/// The methods of a stage that answer an error.
pub(crate) fn methods(stage: &RestStage) -> Vec<RefusedMethod> {
    let refused = stage.methods.iter().filter_map(|method| match &method.integration {
        Integration::Broken(why) => Some(RefusedMethod {
            method: method.http_method,
            path: method.resource_path.to_string(),
            why: why.strip_prefix(CANNOT_RUN).unwrap_or(why).to_owned(),
        }),
        _ => None,
    });
    refused.collect()
}

/// For example `2 methods answer 500: GET /books (authorizer), POST /books (authorizer)`; `None` if
/// there is none.
pub(crate) fn line(refused: &[RefusedMethod]) -> Option<String> {
    if refused.is_empty() {
        return None;
    }
    let named = refused.iter().take(NAMED_MAX);
    let named = named.map(|RefusedMethod { method, path, why }| {
        format!("{method} {} ({})", printable(path), printable(why))
    });
    let answer = if refused.len() == 1 { "answers" } else { "answer" };
    let count = plural(refused.len(), "method");
    let mut line = format!("{count} {answer} 500: {}", named.collect::<Vec<_>>().join(", "));
    if let Some(more) = refused.len().checked_sub(NAMED_MAX).filter(|more| *more > 0) {
        line.push_str(&format!(" and {more} more; `portico routes` has all"));
    }
    Some(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_are_named_and_the_rest_is_counted() {
        let method = |number: usize| RefusedMethod {
            method: "GET".parse().unwrap(),
            path: format!("/{number}\u{1b}"),
            why: "authorizer".to_owned(),
        };
        let line = |count: usize| line(&(0..count).map(method).collect::<Vec<_>>());
        assert_eq!(line(0), None);
        assert_eq!(line(1).unwrap(), "1 method answers 500: GET /0\\u{1b} (authorizer)");
        let six = line(6).unwrap();
        assert!(six.starts_with("6 methods answer 500: GET /0"), "{six}");
        assert!(
            six.ends_with("/4\\u{1b} (authorizer) and 1 more; `portico routes` has all"),
            "{six}"
        );
    }
}
