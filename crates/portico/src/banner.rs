//! What `serve` prints once it really listens: what is served, where, by what, and how to stop.

use std::fmt::Write;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use portico_snapshot::RestStage;

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
    pub(crate) stage: &'a RestStage,
    pub(crate) resources: usize,
    pub(crate) gateway: SocketAddr,
    pub(crate) tls: Option<SocketAddr>,
    pub(crate) management: SocketAddr,
    pub(crate) workers: usize,
    pub(crate) origins: Vec<&'a ServedOrigin>,
    /// For example `examples/bookstore/portico.toml`.
    pub(crate) config: Option<String>,
    /// For example `1 warning in openapi.yaml`; `None` without warnings.
    pub(crate) warnings: Option<String>,
}

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
        if let Some(warnings) = &self.warnings {
            let _ = writeln!(out, "  {}{}", paint(DIM, "warnings    "), paint(YELLOW, warnings));
        }
        out.push_str("\n  Ctrl-C stops it, after what is on its way.\n\n");
        out
    }

    /// Label, value and note of each line.
    fn rows(&self) -> Vec<(&'static str, String, String)> {
        let stage = self.stage;
        let (api, name) = (&stage.api_id, &stage.stage);
        let host = reachable(self.gateway);
        let port = self.gateway.port();
        let root = format!("http://{host}/");
        let by_path = format!("http://{host}/_aws/execute-api/{api}/{name}/");
        let by_host = format!("http://{api}.execute-api.localhost:{port}/{name}/");
        let resources = count(self.resources, "resource");
        let methods = count(stage.methods.len(), "method");
        let title = printable(&stage.api_name);
        let described = format!("{title}, id {api}, stage {name}: {resources}, {methods}");
        // Whoever opened it up should see so at each start.
        let exposed = |address: SocketAddr| match address.ip().is_loopback() {
            true => "",
            false => "open to other machines",
        };
        let row = |label, value: String, note: &str| (label, value, note.to_owned());
        let mut rows = vec![
            row("API", described, ""),
            row("gateway", root, exposed(self.gateway)),
            row("  by path", by_path, ""),
            row("  by host", by_host, ""),
        ];
        if let Some(address) = self.tls {
            let root = format!("https://{}/", reachable(address));
            rows.insert(2, row("  with TLS", root, exposed(address)));
        }
        for (index, origin) in stage.origins.iter().enumerate() {
            let label = if index == 0 { "origin" } else { "" };
            let authority = origin.authority();
            let served = self.origins.iter().find(|served| served.address.to_string() == authority);
            let note = served.map_or(String::new(), |served| {
                let files = count(served.files, "file");
                format!("{files} of {}, played by Portico", served.directory.display())
            });
            rows.push((label, format!("{}://{authority}/", origin.scheme()), note));
        }
        let management = format!("http://{}/", reachable(self.management));
        rows.push(row("management", management, "healthz, readyz, metrics"));
        rows.push(row("workers", self.workers.to_string(), ""));
        rows.extend(self.config.clone().map(|config| row("config", config, "")));
        rows
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

fn count(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use portico_model::RestApiId;
    use portico_snapshot::Origin;

    use super::*;

    fn render(gateway: &str, title: &str, colours: bool) -> String {
        let id = RestApiId::derive("openapi.yaml", "Bookstore");
        let stage = RestStage {
            origins: vec![Origin { host: "127.0.0.1".into(), port: 9911, tls: None }],
            ..RestStage::empty(id, title, "local".parse().unwrap())
        };
        let served = ServedOrigin {
            address: "127.0.0.1:9911".parse().unwrap(),
            directory: "backend".into(),
            files: 1,
        };
        let banner = Banner {
            stage: &stage,
            resources: 2,
            gateway: gateway.parse().unwrap(),
            tls: Some("127.0.0.1:8443".parse().unwrap()),
            management: "[::1]:4566".parse().unwrap(),
            workers: 2,
            origins: vec![&served],
            config: Some("portico.toml".to_owned()),
            warnings: Some("1 warning in openapi.yaml".to_owned()),
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
