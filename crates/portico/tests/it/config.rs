//! portico.toml as `serve` and `check` meet it.

use std::os::unix::fs::PermissionsExt;

use portico_testkit::http::{Connection, get};

use crate::support::{Directory, MOCK, Running, proxy_to, run_in};

#[test]
fn a_wrong_key_is_shown_where_it_stands() {
    let directory = Directory::with(&[
        ("openapi.yaml", MOCK),
        ("portico.toml", "# settings\nlisten = \"127.0.0.1:0\"\nworkes = 2\n"),
    ]);
    for command in ["serve", "check"] {
        let (status, _, err) = run_in(&directory.path(""), &[command, "openapi.yaml"]);
        assert_eq!(status.code(), Some(1));
        assert!(err.contains("--> portico.toml:3:1") && err.contains("workes = 2"), "{err}");
        assert!(err.contains("1 error in portico.toml"), "{err}");
    }
}

#[test]
fn a_named_file_that_is_missing_is_an_error() {
    let directory = Directory::with(&[("openapi.yaml", MOCK)]);
    let args = ["serve", "openapi.yaml", "--config", "prod.toml"];
    let (status, _, err) = run_in(&directory.path(""), &args);
    assert_eq!(status.code(), Some(1));
    assert!(err.starts_with("error: there is no file prod.toml"), "{err}");
}

#[test]
fn a_stage_that_is_not_in_the_file_is_an_error() {
    let directory = Directory::with(&[
        ("openapi.yaml", MOCK),
        ("portico.toml", "[stages.dev]\n[stages.prod]\n"),
    ]);
    let check = |args: &[&str], words: &str| {
        let (status, _, err) = run_in(&directory.path(""), args);
        assert_eq!(status.code(), Some(1));
        assert!(err.contains(words) && err.contains("dev, prod"), "{err}");
    };
    check(&["check", "openapi.yaml"], "portico.toml has several stages");
    check(&["check", "openapi.yaml", "--stage", "prdo"], "portico.toml has no stage prdo");
    let (status, out, err) =
        run_in(&directory.path(""), &["check", "openapi.yaml", "--stage", "dev"]);
    assert_eq!(status.code(), Some(0), "{out}{err}");
}

#[test]
fn a_problem_of_the_stage_is_shown_in_the_configuration() {
    let config = "[stages.local]\nmethodSettings.\"*/*\".throttlingRateLimit = nan\n";
    let directory = Directory::with(&[("openapi.yaml", MOCK), ("portico.toml", config)]);
    let (status, _, err) = run_in(&directory.path(""), &["check", "openapi.yaml"]);
    assert_eq!(status.code(), Some(1), "{err}");
    assert!(err.contains("--> portico.toml:2:"), "{err}");
}

#[test]
fn flags_win_over_the_file_and_paths_are_relative_to_it() {
    let definition = MOCK.replace(
        "paths:",
        "paths:\n  /books:\n    get:\n      responses: {}\n      x-amazon-apigateway-integration:\n        \
         type: http_proxy\n        httpMethod: GET\n        \
         uri: http://${stageVariables.shop}/books\n",
    );
    let config = "stage = \"blue\"\nworkers = 1\nlisten = \"192.0.2.1:1\"\n\
                  [[origin]]\ndirectory = \"data\"\nvariable = \"shop\"\n";
    let directory = Directory::with(&[
        ("openapi.yaml", &definition),
        ("etc/portico.toml", config),
        ("etc/data/books.json", "[1]"),
    ]);
    let config = directory.path("etc/portico.toml");
    let args = ["--config", config.to_str().unwrap(), "--stage", "green"];
    let running = Running::serve(&directory.path("openapi.yaml"), &args);
    let banner = running.banner.join("\n");
    assert!(banner.contains("stage green") && banner.contains("workers     1"), "{banner}");
    assert_eq!(get(running.gateway, "/books").text(), "[1]");
}

#[test]
fn an_origin_may_not_lead_out_of_its_directory() {
    let directory = Directory::with(&[
        ("openapi.yaml", MOCK),
        ("portico.toml", "[[origin]]\ndirectory = \"data\"\n"),
        ("data/books.json", "[1]"),
        ("secret.json", "1"),
    ]);
    std::os::unix::fs::symlink("../secret.json", directory.path("data/secret.json")).unwrap();
    let args = ["serve", "openapi.yaml", "--listen", "127.0.0.1:0", "--management", "127.0.0.1:0"];
    let (status, _, err) = run_in(&directory.path(""), &args);
    assert_eq!(status.code(), Some(1));
    assert!(err.contains("secret.json leads out of it"), "{err}");
}

#[test]
fn the_data_directory_is_made_for_this_user_alone() {
    let directory = Directory::with(&[("openapi.yaml", MOCK)]);
    let definition = directory.path("openapi.yaml");
    let data = directory.path("data");
    let running = Running::serve(&definition, &["--data-dir", data.to_str().unwrap()]);
    assert_eq!(get(running.gateway, "/health").status, 200);
    assert_eq!(std::fs::metadata(data).unwrap().permissions().mode() & 0o777, 0o700);
    let args = ["serve", "openapi.yaml", "--data-dir", "openapi.yaml"];
    let (status, _, err) = run_in(&directory.path(""), &args);
    assert_eq!(status.code(), Some(1));
    assert!(err.starts_with("error: openapi.yaml is not a directory"), "{err}");
}

#[test]
fn an_origin_is_reached_over_its_socket() {
    let directory = Directory::with(&[("portico.toml", ""), ("www/books", "[1]")]);
    let path = directory.path("orders.sock");
    let server = "import http.server, socketserver, sys\n\
        class Handler(http.server.SimpleHTTPRequestHandler):\n\
        \x20   def address_string(self): return 'a socket'\n\
        server = socketserver.UnixStreamServer(sys.argv[1], Handler)\n\
        print('listening', flush=True)\n\
        server.serve_forever()\n";
    let mut command = std::process::Command::new("python3");
    command.args(["-c", server]).arg(&path).current_dir(directory.path("www"));
    let mut server = portico_testkit::process::Process::spawn(&mut command);
    server.wait_for("socket", |line| (line.text() == "listening").then_some(()));

    let definition = proxy_to("127.0.0.1:1".parse().expect("an address"));
    let definition = definition.replace("127.0.0.1:1", "orders.invalid");
    std::fs::write(directory.path("openapi.yaml"), definition).expect("writable");
    let addresses = format!(
        "[upstream.addresses]\n\"orders.invalid:80\" = \"unix:{}\"\n\"other:80\" = \"10.0.0.7:80\"\n",
        path.display()
    );
    std::fs::write(directory.path("portico.toml"), addresses).expect("writable");
    let running = Running::serve(&directory.path("openapi.yaml"), &[]);
    assert_eq!(get(running.gateway, "/books").text(), "[1]");
    running.process.signal("TERM");
    let (_, lines) = running.process.finish();
    let warned = lines.iter().any(|line| line.text().contains("no integration calls other:80"));
    assert!(warned, "{lines:?}");
}

#[test]
fn a_listener_of_its_own_wants_proxy_headers() {
    let config =
        "[client-address]\ntrusted-proxies = [\"127.0.0.1\"]\nproxy-protocol = [\"listen\"]\n";
    let directory = Directory::with(&[("openapi.yaml", MOCK), ("portico.toml", config)]);
    let running = Running::serve(&directory.path("openapi.yaml"), &[]);
    let mut client = Connection::open(running.gateway);
    client.send("PROXY TCP4 192.0.2.1 198.51.100.7 4711 443\r\n");
    client.send("GET /health HTTP/1.1\r\nHost: h\r\n\r\n");
    assert_eq!(client.answer("GET").status, 200);
    drop(running);

    let config = config.replace("\"listen\"", "\"tls.listen\"");
    let directory = Directory::with(&[("openapi.yaml", MOCK), ("portico.toml", &config)]);
    let args = ["serve", "openapi.yaml", "--listen", "127.0.0.1:0", "--management", "127.0.0.1:0"];
    let (status, _, err) = run_in(&directory.path(""), &args);
    assert_eq!(status.code(), Some(1));
    assert!(err.contains("proxy-protocol names tls.listen, and there is no TLS"), "{err}");
}
