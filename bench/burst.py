"""Memory after a burst: many requests at once, which the origin answers when all are in."""

import selectors
import socket
import time

import idle
import peers
import tls
from figures import Row, Samples, Table, Verdict
from processes import BenchError, Processes, raise_file_limit, rss_bytes

REQUESTS = 5000
ANSWER_BYTES = 48 * 1024
WITHIN_S = 30
TARGET_MB = 60
BURST_TIMEOUT_S = 120
PAUSE_S = 0.5
MB = 1e6
# haproxy's configuration lets 4,000 requests through to the origin, which waits for 5,000.
LEFT_OUT = {"haproxy"}


class Client:
    """One connection without blocking: its request, then its answer, over TLS or not."""

    def __init__(self, port, number, context):
        plain = idle.connect(port, number)
        plain.setblocking(False)
        self.shaken = context is None
        self.socket = plain
        if context:
            wrapped = context.wrap_socket(plain, do_handshake_on_connect=False)
            self.socket = wrapped
        self.sent = False
        self.received = b""
        self.missing = None

    def step(self):
        """Goes as far as it can; whether the answer is complete."""
        try:
            if not self.shaken:
                self.socket.do_handshake()
                self.shaken = True
            if not self.sent:
                # A fresh connection has room for so few bytes.
                self.socket.sendall(peers.request_bytes(peers.TARGET + "&hold=1"))
                self.sent = True
            while self.missing != 0:
                self.take(self.socket.recv(65536))
        except (BlockingIOError, tls.ssl.SSLWantReadError):
            return False
        return True

    def take(self, data):
        if not data:
            raise BenchError("a connection was closed before its answer was complete")
        if self.missing is None:
            self.received += data
            head, blank, body = self.received.partition(b"\r\n\r\n")
            if not blank:
                return
            if not head.startswith(b"HTTP/1.1 200"):
                raise BenchError(f"the burst was answered {head[:60]!r}")
            self.missing, data = ANSWER_BYTES, body
        self.missing -= len(data)


def burst(port, context):
    """All requests at once; the connections, answered and open."""
    clients, selector = [], selectors.DefaultSelector()
    try:
        for number in range(REQUESTS):
            client = Client(port, number, context)
            clients.append(client)
            selector.register(client.socket, selectors.EVENT_READ, client)
            client.step()
            settle(selector, 0)
        deadline = time.monotonic() + BURST_TIMEOUT_S
        while selector.get_map():
            settle(selector, 1)
            if time.monotonic() > deadline:
                raise BenchError(f"{len(selector.get_map())} requests are not answered")
        return clients
    except BaseException:
        close(clients)
        raise
    finally:
        selector.close()


def settle(selector, timeout):
    for key, _ in selector.select(timeout):
        if key.data.step():
            selector.unregister(key.fileobj)


def close(clients):
    for client in clients:
        client.socket.close()


def measure(peer, over_tls):
    """RSS in MB: at its peak, while the clients are idle, and `WITHIN_S` after at the latest."""
    port, context = (peer.tls_port, tls.client()) if over_tls else (peer.port, None)
    clients = burst(port, context)
    ended = time.monotonic()
    peak = rss_bytes(peer.pid)
    close(clients)
    low, at = peak, 0.0
    while time.monotonic() - ended < WITHIN_S:
        time.sleep(PAUSE_S)
        now = rss_bytes(peer.pid)
        if now < low:
            low, at = now, time.monotonic() - ended
        if low <= TARGET_MB * MB:
            break
    return peak / MB, low / MB, at


def run(options, say):
    """One pass each over HTTP/1.1, plain and with TLS."""
    if raise_file_limit() < 2 * REQUESTS + idle.SPARE_FILES:
        raise BenchError(f"needs {2 * REQUESTS + idle.SPARE_FILES} open files: raise `ulimit -Hn`")
    tls.prepare(options.folder)
    rows, notes, verdicts = [], [], []
    for name in options.peers:
        if name in LEFT_OUT:
            continue
        for over_tls in (False, True):
            with Processes(options.core, options.folder) as processes:
                origin = peers.start_origin(processes, ANSWER_BYTES, REQUESTS)
                peer = peers.start(
                    processes, name, origin, options.portico, tls=True, answer_bytes=ANSWER_BYTES
                )
                peak, low, at = measure(peer, over_tls)
            shown = f"{name}{' over TLS' if over_tls else ''}"
            notes.append(f"{shown}: {peak:.1f} MB when the last answer was in; {low:.1f} MB after {at:.1f} s")
            say(notes[-1])
            rows.append(Row(shown, Samples([low])))
    for row in rows:
        if row.peer.startswith("portico"):
            text = f"RSS in MB within {WITHIN_S} s after a burst, {row.peer}"
            verdicts.append(Verdict(text, row.figure.median, TARGET_MB))
    notes.append(
        f"{REQUESTS} connections, a request on each, answers of {ANSWER_BYTES // 1024} KiB that the"
        " origin holds until all requests are in"
    )
    return Table("burst-memory", "RSS after a burst", "MB", 1, rows, verdicts, notes)
