//! What `serve` prints once it really listens: what is served, where, by what, and how to stop.

use std::fmt::Write;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use portico_snapshot::{Origin, RestStage};

use crate::report::plural;
use crate::telemetry::Explain;
use crate::terminal::printable;

/// An example origin that is being served.
#[derive(Clone, Debug)]
pub(crate) struct ServedOrigin {
    pub(crate) address: SocketAddr,
    pub(crate) directory: PathBuf,
    pub(crate) files: usize,
}

/// Everything the banner tells.
pub(crate) struct Banner<'a> {
    /// What is served; a single one answers at the root, too.
    pub(crate) apis: Vec<ServedApi<'a>>,
    pub(crate) gateway: SocketAddr,
    pub(crate) tls: Option<SocketAddr>,
    pub(crate) management: SocketAddr,
    pub(crate) explain: &'a Explain,
    pub(crate) workers: usize,
    pub(crate) origins: Vec<&'a ServedOrigin>,
    /// For example `examples/bookstore/portico.toml`.
    pub(crate) config: Option<String>,
    /// For example `1 warning in openapi.yaml`; none without warnings.
    pub(crate) warnings: Vec<String>,
}

/// An API that is served.
pub(crate) struct ServedApi<'a> {
    pub(crate) stage: &'a RestStage,
    pub(crate) resources: usize,
    /// For example `1 method answers 500: GET /books (authorizer)`; `None` without such methods.
    pub(crate) refused: Option<String>,
}

/// Origins that are listed; the rest is counted.
const ORIGINS_MAX: usize = 20;

const BOLD: &str = "\x1b[1m";
const CYAN: &str = "\x1b[36m";
const YELLOW: &str = "\x1b[33m";
const DIM: &str = "\x1b[2m";
const RESET: &str = "\x1b[0m";

impl Banner<'_> {
    /// The lines of the banner, with an empty one around it.
    pub(crate) fn render(&self, colours: bool) -> String {
        let paint = |style: &str, text: &str| match colours && !text.is_empty() {
            true => format!("{style}{text}{RESET}"),
            false => text.to_owned(),
        };
        let mut out = String::from("\n");
        let title = paint(BOLD, concat!("portico ", env!("CARGO_PKG_VERSION")));
        // Writing to a String cannot fail.
        let _ = writeln!(out, "  {title}\n");
        for (label, value, note) in self.rows() {
            let label = paint(DIM, &format!("{label:<12}"));
            let value = match (value.starts_with("http"), note.is_empty()) {
                (true, true) => paint(CYAN, &value),
                (true, false) => paint(CYAN, &format!("{value:<24} ")),
                (false, _) => value,
            };
            let _ = writeln!(out, "  {label}{value}{}", paint(DIM, &note));
        }
        let refused = self.apis.iter().filter_map(|api| api.refused.as_ref());
        let refused = refused.map(|refused| ("refused", refused));
        let warnings = self.warnings.iter().map(|warnings| ("warnings", warnings));
        for (label, text) in refused.chain(warnings) {
            let label = paint(DIM, &format!("{label:<12}"));
            let _ = writeln!(out, "  {label}{}", paint(YELLOW, text));
        }
        out.push_str("\n  Ctrl-C stops it, after what is on its way.\n\n");
        out
    }

    /// Which requests are explained.
    fn explained(&self) -> Option<String> {
        match (self.explain.key(), self.explain.is_always()) {
            (Some(key), _) => Some(format!("x-portico-explain: {key}")),
            (None, true) => Some("every request; for development".to_owned()),
            (None, false) => None,
        }
    }

    /// Label, value and note of each line.
    fn rows(&self) -> Vec<(&'static str, String, String)> {
        let host = reachable(self.gateway);
        let root = format!("http://{host}/");
        // Whoever opened it up should see so at each start.
        let exposed = |address: SocketAddr| match address.ip().is_loopback() {
            true => "",
            false => "open to other machines",
        };
        let row = |label, value: String, note: &str| (label, value, note.to_owned());
        let mut gateway = vec![row("gateway", root, exposed(self.gateway))];
        if let Some(address) = self.tls {
            let root = format!("https://{}/", reachable(address));
            gateway.push(row("  with TLS", root, exposed(address)));
        }
        let mut rows = Vec::new();
        if let [api] = &*self.apis {
            rows.push(row("API", api.described(), ""));
            rows.append(&mut gateway);
            rows.extend(api.addresses(self.gateway).map(|(label, url)| row(label, url, "")));
        }
        // Of several none answers at the root.
        rows.append(&mut gateway);
        for api in self.apis.iter().filter(|_| self.apis.len() > 1) {
            rows.push(row("API", api.described(), ""));
            rows.extend(api.addresses(self.gateway).map(|(label, url)| row(label, url, "")));
        }
        let mut origins: Vec<&Origin> = Vec::new();
        for origin in self.apis.iter().flat_map(|api| &api.stage.origins) {
            if !origins.contains(&origin) {
                origins.push(origin);
            }
        }
        let more = origins.len().saturating_sub(ORIGINS_MAX);
        for (index, origin) in origins.into_iter().take(ORIGINS_MAX).enumerate() {
            let label = if index == 0 { "origin" } else { "" };
            let authority = origin.authority();
            let served = self.origins.iter().find(|served| served.address.to_string() == authority);
            let note = served.map_or(String::new(), |served| {
                let files = plural(served.files, "file");
                format!("{files} of {}, played by Portico", served.directory.display())
            });
            rows.push((label, format!("{}://{authority}/", origin.scheme()), note));
        }
        if more > 0 {
            rows.push(row("", format!("and {more} more"), ""));
        }
        let management = format!("http://{}/", reachable(self.management));
        rows.push(row("management", management, "healthz, readyz, metrics"));
        rows.extend(self.explained().map(|text| row("explain", text, "")));
        rows.push(row("workers", self.workers.to_string(), ""));
        rows.extend(self.config.clone().map(|config| row("config", config, "")));
        rows
    }
}

impl ServedApi<'_> {
    /// For example `Bookstore, id epdjebpoxk, stage local: 2 resources, 3 methods`.
    fn described(&self) -> String {
        let stage = self.stage;
        let resources = plural(self.resources, "resource");
        let methods = plural(stage.methods.len(), "method");
        let (title, id, name) = (printable(&stage.api_name), &stage.api_id, &stage.stage);
        format!("{title}, id {id}, stage {name}: {resources}, {methods}")
    }

    /// Where it answers under its own name.
    fn addresses(&self, gateway: SocketAddr) -> [(&'static str, String); 2] {
        let (api, name) = (&self.stage.api_id, &self.stage.stage);
        let (host, port) = (reachable(gateway), gateway.port());
        [
            ("  by path", format!("http://{host}/_aws/execute-api/{api}/{name}/")),
            ("  by host", format!("http://{api}.execute-api.localhost:{port}/{name}/")),
        ]
    }
}

/// The address a client on this machine can use: `0.0.0.0` is none.
fn reachable(address: SocketAddr) -> String {
    match (address.ip().is_unspecified(), address.ip()) {
        (true, IpAddr::V4(_)) => format!("127.0.0.1:{}", address.port()),
        (true, IpAddr::V6(_)) => format!("[::1]:{}", address.port()),
        (false, _) => address.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use portico_model::RestApiId;

    use super::*;

    fn stage(file: &str, title: &str) -> RestStage {
        let id = RestApiId::derive(file, "Bookstore");
        RestStage {
            origins: vec![Origin { host: "127.0.0.1".into(), port: 9911, tls: None }],
            ..RestStage::empty(id, title, "local".parse().unwrap())
        }
    }

    fn render(gateway: &str, title: &str, colours: bool) -> String {
        render_all(gateway, &[stage("openapi.yaml", title)], colours)
    }

    fn render_all(gateway: &str, stages: &[RestStage], colours: bool) -> String {
        let explain = Explain::default();
        let served = ServedOrigin {
            address: "127.0.0.1:9911".parse().unwrap(),
            directory: "backend".into(),
            files: 1,
        };
        let banner = Banner {
            apis: stages
                .iter()
                .map(|stage| ServedApi { stage, resources: 2, refused: None })
                .collect(),
            gateway: gateway.parse().unwrap(),
            tls: Some("127.0.0.1:8443".parse().unwrap()),
            management: "[::1]:4566".parse().unwrap(),
            explain: &explain,
            workers: 2,
            origins: vec![&served],
            config: Some("portico.toml".to_owned()),
            warnings: vec!["1 warning in openapi.yaml".to_owned()],
        };
        banner.render(colours)
    }

    #[test]
    fn every_line_is_aligned() {
        let shown = render("127.0.0.1:8080", "Bookstore", false);
        let expected = concat!(
            "\n  portico ",
            env!("CARGO_PKG_VERSION"),
            "\n\n",
            "  API         Bookstore, id epdjebpoxk, stage local: 2 resources, 0 methods\n",
            "  gateway     http://127.0.0.1:8080/\n",
            "    with TLS  https://127.0.0.1:8443/\n",
            "    by path   http://127.0.0.1:8080/_aws/execute-api/epdjebpoxk/local/\n",
            "    by host   http://epdjebpoxk.execute-api.localhost:8080/local/\n",
            "  origin      http://127.0.0.1:9911/   1 file of backend, played by Portico\n",
            "  management  http://[::1]:4566/       healthz, readyz, metrics\n",
            "  workers     2\n",
            "  config      portico.toml\n",
            "  warnings    1 warning in openapi.yaml\n",
            "\n  Ctrl-C stops it, after what is on its way.\n\n",
        );
        assert_eq!(shown, expected);
    }

    #[test]
    fn several_apis_have_their_own_addresses_and_share_the_rest() {
        let stages = [stage("books.yaml", "Books"), stage("pets.yaml", "Pets")];
        let shown = render_all("127.0.0.1:8080", &stages, false);
        for stage in &stages {
            let id = &stage.api_id;
            for url in [
                format!("http://127.0.0.1:8080/_aws/execute-api/{id}/local/"),
                format!("http://{id}.execute-api.localhost:8080/local/"),
            ] {
                assert_eq!(shown.matches(&url).count(), 1, "{url} in {shown}");
            }
        }
        for (words, times) in [("API  ", 2), ("Books, id", 1), ("Pets, id", 1), ("9911", 1)] {
            assert_eq!(shown.matches(words).count(), times, "{words} in {shown}");
        }
    }

    #[test]
    fn an_open_gateway_is_shown_with_an_address_that_can_be_reached() {
        let shown = render("0.0.0.0:80", "a", false);
        assert!(shown.contains("http://127.0.0.1:80/     open to other machines"), "{shown}");
        assert!(render("[::]:80", "a", false).contains("http://[::1]:80/"));
    }

    #[test]
    fn nothing_in_a_title_steers_the_terminal() {
        assert!(!render("127.0.0.1:8080", "a\u{1b}[31m", false).contains('\u{1b}'));
        assert!(render("127.0.0.1:8080", "a", true).contains(CYAN));
    }
}
