"""Replaces the certificate 100 times under load and counts the requests that fail: none may.

    python3 bench/reloads.py [--portico target/release/portico] [--reloads 100]

Half of the clients keep their connection, half make a new one for each request. A reload counts
when a new connection has shown the new certificate.
"""

import argparse
import os
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from processes import BenchError, Processes, first_answer, free_ports, read_answer

ROOT = Path(__file__).resolve().parent.parent
TIMEOUT_S = 10
REQUEST = b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"
DEFINITION = """openapi: 3.0.1
info: { title: Reloads, version: "1" }
paths:
  /health:
    get:
      responses: { "200": { description: up } }
      x-amazon-apigateway-integration:
        type: mock
        requestTemplates: { application/json: '{"statusCode": 200}' }
        responses: { default: { statusCode: "200" } }
"""


class Load:
    """Clients that ask until they are stopped, and what became of their requests."""

    def __init__(self, port, clients):
        self.port = port
        self.stopped = threading.Event()
        self.lock = threading.Lock()
        self.answered = 0
        self.failures = []
        bodies = [self.keep, self.anew] * clients
        self.threads = [threading.Thread(target=body) for body in bodies]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.stopped.set()
        for thread in self.threads:
            thread.join()

    def connect(self):
        return connect(self.port)

    def keep(self):
        """Every request on one connection; it is opened again only after a failure."""
        while not self.stopped.is_set():
            try:
                with self.connect() as connection:
                    while not self.stopped.is_set():
                        self.ask(connection)
            except (OSError, ValueError, IndexError) as error:
                self.fail("kept connection", error)

    def anew(self):
        """A connection for every request."""
        while not self.stopped.is_set():
            try:
                with self.connect() as connection:
                    self.ask(connection)
            except (OSError, ValueError, IndexError) as error:
                self.fail("new connection", error)

    def ask(self, connection):
        connection.sendall(REQUEST)
        status, _ = read_answer(connection)
        if status != 200:
            raise ValueError(f"status {status}")
        with self.lock:
            self.answered += 1

    def fail(self, what, error):
        with self.lock:
            self.failures.append(f"{what}: {error!r}")


def connect(port):
    """A TLS connection that believes any certificate: which one it is, is looked at elsewhere."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    plain = socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT_S)
    return context.wrap_socket(plain, server_hostname="localhost")


def certificate(folder, name):
    """Makes a certificate and returns it as clients see it."""
    files = ["-keyout", folder / f"{name}.key", "-out", folder / f"{name}.pem"]
    kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    subject = ["-subj", f"/CN={name}", "-addext", "subjectAltName=DNS:localhost"]
    argv = ["openssl", "req", "-x509", *kind, *subject, *files]
    subprocess.run(argv, check=True, capture_output=True)
    return ssl.PEM_cert_to_DER_cert((folder / f"{name}.pem").read_text())


def put(folder, name):
    """Replaces the files in use by these, each by a rename."""
    for end in ("key", "pem"):
        shutil.copy(folder / f"{name}.{end}", folder / f"next.{end}")
        os.replace(folder / f"next.{end}", folder / f"used.{end}")


def wait_until_used(port, expected):
    """Waits until new connections get this certificate, from every worker as far as is seen."""
    deadline = time.monotonic() + TIMEOUT_S
    same = 0
    while same < 3:
        with connect(port) as connection:
            same = same + 1 if connection.getpeercert(binary_form=True) == expected else 0
        if time.monotonic() > deadline:
            raise BenchError("a new certificate was not in use in time")


def start(processes, portico):
    """Starts portico; returns its TLS port."""
    folder = processes.folder
    (folder / "openapi.yaml").write_text(DEFINITION)
    files = 'certificate = "used.pem", key = "used.key"'
    (folder / "portico.toml").write_text(f"[tls]\ncertificates = [{{ {files} }}]\n")
    plain, tls, management = free_ports(3)
    argv = [portico, "serve", folder / "openapi.yaml"]
    argv += ["--listen", f"127.0.0.1:{plain}", "--tls-listen", f"127.0.0.1:{tls}"]
    argv += ["--management", f"127.0.0.1:{management}", "--workers", "2"]
    process = processes.start("portico", argv, pinned=False)
    first_answer(process, plain, REQUEST)
    return tls


def run(options, folder):
    """Whether no request failed."""
    shown = {name: certificate(folder, name) for name in ("one", "two")}
    put(folder, "one")
    with Processes(0, folder) as processes:
        port = start(processes, options.portico)
        with Load(port, options.clients) as load:
            for number in range(options.reloads):
                name = ("two", "one")[number % 2]
                put(folder, name)
                wait_until_used(port, shown[name])
    for failure in load.failures[:10]:
        print(failure)
    print(f"{options.reloads} reloads, {load.answered} requests answered, {len(load.failures)} failed")
    return not load.failures and load.answered > 0


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    parser.add_argument("--portico", type=Path, default=target / "release/portico")
    parser.add_argument("--reloads", type=int, default=100, help="how often (100)")
    parser.add_argument("--clients", type=int, default=4, help="clients of each kind (4)")
    options = parser.parse_args()
    options.portico = options.portico.resolve()
    if not options.portico.is_file():
        sys.exit(f"{options.portico} is not there; cargo build --release makes it")
    with tempfile.TemporaryDirectory(prefix="portico-reloads-") as folder:
        try:
            return 0 if run(options, Path(folder)) else 1
        except BenchError as error:
            sys.exit(str(error))


if __name__ == "__main__":
    sys.exit(main())
