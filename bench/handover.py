#!/usr/bin/env python3
"""Counts requests that fail while one Portico after the other takes over.

    python3 bench/handover.py target/release/portico --handovers 100 --clients 12

Clients ask without a pause, half of them on connections that they keep for as long as the server
does, half on a new one each time. A request fails if its connection is refused, reset or closed
before its answer is complete, or if the answer is not 200. Nothing is tried again.
"""

import argparse
import socket
import sys
import tempfile
import threading
import time
from pathlib import Path

from processes import BenchError, Processes, first_answer, free_ports, read_answer

TIMEOUT_S = 30
REQUEST = b"GET /health HTTP/1.1\r\nHost: a\r\n\r\n"
DEFINITION = """openapi: 3.0.1
info: { title: Handover, version: "1" }
paths:
  /health:
    get:
      responses: { "200": { description: up } }
      x-amazon-apigateway-integration:
        type: mock
        requestTemplates: { application/json: '{"statusCode": 200}' }
        responses:
          default:
            statusCode: "200"
            responseTemplates: { application/json: '{"status": "ok"}' }
"""


class Client(threading.Thread):
    """Asks until it is told to stop, and counts."""

    def __init__(self, port, keeps, stop):
        super().__init__(daemon=True)
        self.port, self.keeps, self.stop = port, keeps, stop
        self.answered, self.failures = 0, []
        self.connection = None

    def run(self):
        while not self.stop.is_set():
            try:
                self.ask()
                self.answered += 1
            except (OSError, ValueError) as error:
                self.failures.append(f"{type(error).__name__}: {error}")
                self.close()
        self.close()

    def ask(self):
        if self.connection is None:
            self.connection = socket.create_connection(("127.0.0.1", self.port), TIMEOUT_S)
        self.connection.sendall(REQUEST)
        status, ends = self.answer()
        if ends or not self.keeps:
            self.close()
        if status != 200:
            raise ValueError(f"answered {status}")

    def answer(self):
        """The status, and whether the server ends the connection."""
        seen = Tee(self.connection)
        status, _ = read_answer(seen)
        return status, b"connection: close" in seen.data.split(b"\r\n\r\n")[0].lower()

    def close(self):
        if self.connection is not None:
            self.connection.close()
            self.connection = None


class Tee:
    """A connection that keeps what was received."""

    def __init__(self, connection):
        self.connection, self.data = connection, b""

    def recv(self, size):
        data = self.connection.recv(size)
        self.data += data
        return data


def take_over(processes, argv, current, number):
    """Starts a successor and waits for the end of its predecessor."""
    successor = processes.start(f"portico-{number}", argv + ["--takeover"], pinned=False)
    deadline = time.monotonic() + TIMEOUT_S
    while current.poll() is None:
        if successor.poll() is not None or time.monotonic() > deadline:
            raise BenchError(f"handover {number} failed: see portico-{number}.log")
        time.sleep(0.005)
    if current.returncode != 0:
        raise BenchError(f"the predecessor of handover {number} ended with {current.returncode}")
    processes.running.remove(current)
    return successor


def run(binary, handovers, clients):
    """The clients, after so many handovers, and the seconds they took."""
    with tempfile.TemporaryDirectory(prefix="portico-handover-") as folder:
        folder = Path(folder)
        (folder / "openapi.yaml").write_text(DEFINITION)
        gateway, management = free_ports(2)
        argv = [binary, "serve", folder / "openapi.yaml", "--data-dir", folder / "data"]
        argv += ["--listen", f"127.0.0.1:{gateway}", "--management", f"127.0.0.1:{management}"]
        with Processes(0, folder) as processes:
            current = processes.start("portico-0", argv, pinned=False)
            first_answer(current, gateway, REQUEST)
            stop = threading.Event()
            threads = [Client(gateway, number % 2 == 0, stop) for number in range(clients)]
            for thread in threads:
                thread.start()
            began = time.monotonic()
            try:
                for number in range(1, handovers + 1):
                    # As many workers as before would hide that sockets are shared out anew.
                    workers = ["--workers", str(number % 3 + 1)]
                    current = take_over(processes, argv + workers, current, number)
            finally:
                took = time.monotonic() - began
                stop.set()
                for thread in threads:
                    thread.join(TIMEOUT_S)
            return threads, took


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("binary", type=Path)
    parser.add_argument("--handovers", type=int, default=100)
    parser.add_argument("--clients", type=int, default=12)
    options = parser.parse_args()
    try:
        clients, took = run(options.binary.resolve(), options.handovers, options.clients)
    except BenchError as error:
        sys.exit(f"handover: {error}")
    failures = [failure for client in clients for failure in client.failures]
    answered = sum(client.answered for client in clients)
    for failure in sorted(set(failures)):
        print(f"{failures.count(failure):6} x {failure}")
    print(
        f"{options.handovers} handovers in {took:.1f} s under {options.clients} clients: "
        f"{answered} requests answered, {len(failures)} failed"
    )
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
