//! `portico routes`: every method of definitions, with what answers it and who may call it.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use portico_model::{
    Allow, Authorization, Deployment, HttpMethod, Integration, IntegrationType, KINDS, Method,
    Stage,
};
use serde_json::{Value, json};

use crate::check;
use crate::cli::{Format, Routes};
use crate::definition::Compiled;
use crate::report::Refusal;
use crate::terminal::{self, printable};

const BOLD: &str = "\x1b[1m";
const YELLOW: &str = "\x1b[33m";
const RESET: &str = "\x1b[0m";

/// One row of the table.
struct Route {
    method: HttpMethod,
    path: String,
    integration: String,
    guards: Vec<String>,
    /// Why the method answers 500, if it does.
    refused: Option<String>,
}

/// The routes of one definition.
struct Table<'a> {
    file: &'a Path,
    /// Id and title.
    api: (String, String),
    stage: String,
    routes: Vec<Route>,
}

/// Prints the routes of every file; whether none has an error.
pub(crate) fn run(routes: &Routes) -> bool {
    let mut sound = true;
    let mut tables = Vec::new();
    for path in &routes.definitions {
        match table(path, routes) {
            Ok(table) => tables.push(table),
            Err(refusal) => {
                terminal::eprint(&refusal.render(terminal::stderr_colours()));
                sound = false;
            }
        }
    }
    match routes.format {
        Format::Human => {
            let colours = terminal::stdout_colours();
            let several = routes.definitions.len() > 1;
            let text: Vec<_> = tables.iter().map(|table| table.render(several, colours)).collect();
            terminal::print(&text.join("\n"));
        }
        Format::Json => {
            let files: Vec<Value> = tables.iter().map(Table::document).collect();
            terminal::print(&format!("{:#}\n", json!({ "files": files })));
        }
    }
    sound
}

/// What could be allowed is no error here: the table shows which methods it concerns.
fn everything() -> Allow {
    let mut allow = Allow::default();
    for kind in KINDS.iter().filter(|kind| kind.may_be_allowed) {
        let known = allow.insert(kind.name);
        debug_assert_eq!(known, Ok(()), "{}", kind.name);
    }
    allow
}

fn table<'a>(file: &'a Path, flags: &Routes) -> Result<Table<'a>, Refusal> {
    let loaded = check::load(file, &flags.staging, |choices| choices.allow = everything());
    let (compiled, chosen) = loaded?;
    let Compiled { stage, deployment: Some(deployment), refused, report, .. } = compiled else {
        return Err(Refusal::Report(compiled.report));
    };
    if stage.is_none() {
        return Err(Refusal::Report(report));
    }
    let refused = refused.into_iter().map(|refused| ((refused.path, refused.method), refused.why));
    let refused: BTreeMap<_, _> = refused.collect();
    let mut routes = Vec::new();
    for resource in &deployment.resources {
        let path = resource.path.as_str().to_owned();
        for method in &resource.methods {
            routes.push(Route {
                method: method.http_method,
                integration: integration(&method.integration, &chosen.stage),
                guards: guards(&deployment, method),
                refused: refused.get(&(path.clone(), method.http_method)).cloned(),
                path: path.clone(),
            });
        }
    }
    routes.sort_by(|a, b| (&a.path, a.method).cmp(&(&b.path, b.method)));
    let api = (deployment.api.id.as_str().to_owned(), deployment.api.name);
    Ok(Table { file, api, stage: chosen.name.as_str().to_owned(), routes })
}

/// For example `http_proxy GET http://127.0.0.1:9000/books` or `mock 200`.
fn integration(integration: &Integration, stage: &Stage) -> String {
    let Integration { kind, uri, http_method, responses, .. } = integration;
    let kind = match kind {
        IntegrationType::Http => "http",
        IntegrationType::HttpProxy => "http_proxy",
        IntegrationType::Mock => "mock",
        IntegrationType::Aws => "aws",
        IntegrationType::AwsProxy => "aws_proxy",
    };
    let mut text = kind.to_owned();
    if integration.kind == IntegrationType::Mock {
        let default = responses.iter().find(|response| response.selection_pattern.is_none());
        text.extend(default.map(|response| format!(" {}", response.status_code)));
        return text;
    }
    text.push_str(&format!(" {}", http_method.as_deref().unwrap_or("ANY")));
    if let Some(uri) = uri {
        let mut uri = uri.clone();
        for (name, value) in &stage.variables {
            uri = uri.replace(&format!("${{stageVariables.{name}}}"), value);
        }
        text.push_str(&format!(" {uri}"));
    }
    text
}

/// What stands between a client and the integration.
fn guards(deployment: &Deployment, method: &Method) -> Vec<String> {
    let mut guards = Vec::new();
    if deployment.refusals.contains(&"resource-policy") {
        guards.push("policy".to_owned());
    }
    match &method.authorization {
        Authorization::None => {}
        Authorization::AwsIam => guards.push("iam".to_owned()),
        Authorization::Custom { authorizer } => guards.push(format!("authorizer {authorizer}")),
        Authorization::CognitoUserPools { authorizer, scopes } => {
            let scopes = scopes.iter().map(|scope| format!(" {scope}")).collect::<String>();
            guards.push(format!("user pool {authorizer}{scopes}"));
        }
    }
    if method.api_key_required {
        guards.push("api key".to_owned());
    }
    if let Some(validator) = &method.request_validator {
        guards.push(format!("validator {validator}"));
    }
    guards
}

impl Table<'_> {
    fn render(&self, several: bool, colours: bool) -> String {
        let paint = |style: &str, text: &str| match colours {
            true => format!("{style}{text}{RESET}"),
            false => text.to_owned(),
        };
        let mut out = String::new();
        // Writing to a String cannot fail.
        if several {
            let Self { file, api: (id, title), stage, .. } = self;
            let title = printable(title);
            let _ = writeln!(out, "{}: {title}, id {id}, stage {stage}", file.display());
        }
        let rows = self.routes.iter().map(|route| {
            let guards = if route.guards.is_empty() { "-".into() } else { route.guards.join(", ") };
            let answer = match &route.refused {
                Some(why) => format!("refused: {why}"),
                None => route.integration.clone(),
            };
            let cells = [route.method.as_str(), &route.path, &answer, &guards];
            (cells.map(|cell| printable(cell).into_owned()), route.refused.is_some())
        });
        let rows: Vec<_> = rows.collect();
        let head = ["METHOD", "PATH", "INTEGRATION", "GUARDS"];
        let width = |column: usize| {
            let cells = rows.iter().map(|(cells, _)| cells[column].chars().count());
            cells.chain([head[column].len()]).max().unwrap_or_default()
        };
        let widths = [0, 1, 2].map(width);
        let line = |cells: [&str; 4], style: Option<&str>| {
            let [method, path, answer, guards] = cells;
            let [first, second, third] = widths;
            let line = format!("{method:first$}  {path:second$}  {answer:third$}  {guards}");
            style.map_or_else(|| line.clone(), |style| paint(style, &line))
        };
        let _ = writeln!(out, "{}", line(head, Some(BOLD)));
        for (cells, is_refused) in &rows {
            let cells = [0, 1, 2, 3].map(|column| cells[column].as_str());
            let _ = writeln!(out, "{}", line(cells, is_refused.then_some(YELLOW)));
        }
        out
    }

    fn document(&self) -> Value {
        let routes = self.routes.iter().map(|route| {
            json!({
                "method": route.method.as_str(),
                "path": route.path,
                "integration": route.integration,
                "guards": route.guards,
                "refused": route.refused,
            })
        });
        let (id, title) = &self.api;
        json!({
            "file": self.file.display().to_string(),
            "api": id,
            "title": title,
            "stage": self.stage,
            "routes": routes.collect::<Vec<_>>(),
        })
    }
}
