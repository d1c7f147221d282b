"""Clients that ask without a pause, and count what becomes of their requests."""

import socket
import threading

from processes import read_head_and_body

TIMEOUT_S = 30
REQUEST = b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"


def connect_plain(port):
    return socket.create_connection(("127.0.0.1", port), TIMEOUT_S)


class Client(threading.Thread):
    """Asks until it is told to stop. Nothing is tried again.

    A request fails if its connection is refused, reset or closed before its answer is complete, or
    if the answer is not 200.
    """

    def __init__(self, port, keeps, stop, connect=connect_plain):
        super().__init__(daemon=True)
        self.port, self.keeps, self.stop, self.connect = port, keeps, stop, connect
        self.answered, self.failures = 0, []
        self.connection = None

    def run(self):
        while not self.stop.is_set():
            try:
                self.ask()
                self.answered += 1
            except (OSError, ValueError, IndexError) as error:
                kind = "kept" if self.keeps else "new"
                self.failures.append(f"{kind} connection: {type(error).__name__}: {error}")
                self.close()
        self.close()

    def ask(self):
        if self.connection is None:
            self.connection = self.connect(self.port)
        self.connection.sendall(REQUEST)
        head, _ = read_head_and_body(self.connection)
        if not self.keeps or b"connection: close" in head.lower():
            self.close()
        status = int(head.split(b" ", 2)[1])
        if status != 200:
            raise ValueError(f"answered {status}")

    def close(self):
        if self.connection is not None:
            self.connection.close()
            self.connection = None


class Crowd:
    """So many clients, half of which keep their connection for as long as the server does."""

    def __init__(self, port, count, connect=connect_plain):
        self.stop = threading.Event()
        self.clients = [
            Client(port, number % 2 == 0, self.stop, connect) for number in range(count)
        ]

    def __enter__(self):
        for client in self.clients:
            client.start()
        return self

    def __exit__(self, *_):
        self.stop.set()
        for client in self.clients:
            client.join(TIMEOUT_S)

    @property
    def answered(self):
        return sum(client.answered for client in self.clients)

    @property
    def failures(self):
        return [failure for client in self.clients for failure in client.failures]

    def report(self, what):
        """Prints how often what failed, and a sentence; whether nothing did."""
        failures = self.failures
        for failure in sorted(set(failures)):
            print(f"{failures.count(failure):6} x {failure}")
        print(f"{what}: {self.answered} requests answered, {len(failures)} failed")
        return not failures and self.answered > 0
