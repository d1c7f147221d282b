"""Many connections that never speak: what each costs, and whether others are served meanwhile.

    python3 bench/silent.py [--portico target/release/portico] [--connections 20000]

Three crowds, each against a fresh process: on the plain port, on the TLS port, and on the TLS port
with the first byte of a handshake. While a crowd comes and stays, another client connects again and
again and asks for one answer. It prints bytes of RSS a connection and what became of that client.
"""

import argparse
import json
import multiprocessing
import os
import platform
import re
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from idle import settled_rss
from machine import said
from processes import BenchError, Processes, raise_file_limit

ROOT = Path(__file__).resolve().parent.parent
CROWDS = 4
READY_TIMEOUT_S = 60
STAY_S = 5
# What a process needs beside its connections.
SPARE_FILES = 200
FIRST_BYTE = b"\x16"

DEFINITION = {
    "openapi": "3.0.1",
    "info": {"title": "Silent", "version": "1"},
    "paths": {
        "/health": {
            "get": {
                "responses": {"200": {"description": "up"}},
                "x-amazon-apigateway-integration": {
                    "type": "mock",
                    "requestTemplates": {"application/json": '{"statusCode": 200}'},
                    "responses": {"default": {"statusCode": "200"}},
                },
            }
        }
    },
}

CONFIGURATION = """
[tls]
listen = "127.0.0.1:0"
certificates = [{{ certificate = "a.pem", key = "a.key" }}]
[limits]
connections = {connections}
# Longer than the measurement: what is measured is there.
idle-seconds = 600
tls-handshake-seconds = 600
"""


class Gateway:
    """A running Portico and its addresses, as its banner tells them."""

    def __init__(self, processes, folder, binary, connections):
        (folder / "openapi.json").write_text(json.dumps(DEFINITION))
        (folder / "portico.toml").write_text(CONFIGURATION.format(connections=connections))
        addresses = ["--listen", "127.0.0.1:0", "--management", "127.0.0.1:0"]
        argv = [binary, "serve", folder / "openapi.json", *addresses]
        self.log = folder / "portico.log"
        self.log.unlink(missing_ok=True)
        self.process = processes.start("portico", argv, pinned=False)
        deadline = time.monotonic() + READY_TIMEOUT_S
        while "Ctrl-C" not in (banner := self.log.read_text()):
            if time.monotonic() > deadline or self.process.poll() is not None:
                raise BenchError(f"portico does not start: {banner}")
            time.sleep(0.05)
        self.plain, self.tls, self.management = (
            int(re.search(rf"{label}\s+https?://127\.0\.0\.1:(\d+)", banner)[1])
            for label in ("gateway", "with TLS", "management")
        )

    def metric(self, name):
        url = f"http://127.0.0.1:{self.management}/metrics"
        text = urllib.request.urlopen(url, timeout=30).read().decode()
        return int(re.search(rf"^{re.escape(name)} (\d+)$", text, re.MULTILINE)[1])


def crowd(number, port, count, first, pipe):
    """Opens connections from an address of its own, and holds them until it is told to end."""
    raise_file_limit()
    held = []
    for _ in range(count):
        try:
            source = (f"127.0.0.{2 + number}", 0)
            connection = socket.create_connection(("127.0.0.1", port), 30, source)
            connection.sendall(first)
            held.append(connection)
        except OSError:
            # Turned away: the crowd was too large.
            pass
    pipe.send(len(held))
    pipe.recv()


def other(port, uses_tls, stop, pipe):
    """Another client: a new connection and one request, again and again."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    served, failed, slowest = 0, [], 0.0
    while not stop.is_set():
        begun = time.monotonic()
        try:
            with socket.create_connection(("127.0.0.1", port), 30) as raw:
                connection = context.wrap_socket(raw) if uses_tls else raw
                connection.sendall(b"GET /health HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
                answer = connection.recv(65536)
            if not answer.startswith(b"HTTP/1.1 200 "):
                raise OSError("closed without an answer")
            served += 1
        except OSError as error:
            failed.append(str(error))
        slowest = max(slowest, time.monotonic() - begun)
        time.sleep(0.01)
    pipe.send((served, failed, slowest))


def measure(gateway, uses_tls, first, count):
    """One crowd: how many connections are held, RSS a connection, and what others saw."""
    port = gateway.tls if uses_tls else gateway.plain
    before = settled_rss(gateway.process.pid)
    stop, ours = multiprocessing.Event(), multiprocessing.Pipe()
    witness = multiprocessing.Process(target=other, args=(port, uses_tls, stop, ours[1]))
    witness.start()
    crowds = []
    for number in range(CROWDS):
        here, there = multiprocessing.Pipe()
        arguments = (number, port, count // CROWDS, first, there)
        process = multiprocessing.Process(target=crowd, args=arguments)
        process.start()
        crowds.append((process, here))
    opened = sum(pipe.recv() for _, pipe in crowds)
    time.sleep(STAY_S)
    held = gateway.metric("portico_connections_open")
    hits = gateway.metric('portico_limit_hits_total{limit="connections"}')
    after = settled_rss(gateway.process.pid)
    stop.set()
    seen = ours[0].recv()
    for process, pipe in crowds:
        pipe.send(None)
        process.join()
    witness.join()
    return opened, held, hits, (after - before) / max(held, 1), after, seen


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--portico", type=Path, default=ROOT / "target/release/portico")
    parser.add_argument("--connections", type=int, default=20_000)
    options = parser.parse_args()
    files = raise_file_limit()
    limit = min(options.connections, files - SPARE_FILES)
    commit = said(["git", "rev-parse", "--short=12", "HEAD"], ROOT)
    print(f"{platform.platform()}, {os.cpu_count()} cores, commit {commit or 'unknown'}")
    print(f"{options.portico}: {said([options.portico, '--version'])}")
    print(f"{files} descriptors a process, limits.connections = {limit}")
    unharmed = True
    kinds = [("plain", False, b""), ("tls", True, b""), ("tls, one byte", True, FIRST_BYTE)]
    for name, uses_tls, first in kinds:
        with tempfile.TemporaryDirectory() as path, Processes(0, Path(path)) as processes:
            folder = Path(path)
            files = ["-keyout", folder / "a.key", "-out", folder / "a.pem"]
            curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
            make = ["openssl", "req", "-x509", "-nodes", "-subj", "/CN=h", *curve, *files]
            subprocess.run(make, check=True, capture_output=True)
            gateway = Gateway(processes, folder, options.portico.resolve(), limit)
            crowded = measure(gateway, uses_tls, first, options.connections)
        opened, held, hits, cost, rss, (served, failed, slowest) = crowded
        print(
            f"{name}: {opened:,} connections opened, {held:,} held, {hits:,} times over the limit;"
            f" {cost:,.0f} bytes each, {rss / 1e6:,.1f} MB in all;"
            f" others: {served:,} served, {len(failed)} failed, slowest {slowest:.3f} s"
        )
        for error in sorted(set(failed)):
            print(f"  {failed.count(error)} x {error}")
        unharmed = unharmed and not failed and served > 0
    return 0 if unharmed else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except BenchError as error:
        sys.exit(f"silent: {error}")
