"""Memory of idle keep-alive connections, each of which has had one answer."""

import socket
import time

import peers
from figures import Row, Samples, Table, Verdict, row_of
from processes import BenchError, Processes, raise_file_limit, read_answer, rss_bytes

CONNECTIONS = 9000
TARGET_BYTES = 3072
# Descriptors beside the connections themselves: logs, upstream pool, the interpreter.
SPARE_FILES = 1000
SETTLE_TIMEOUT_S = 5


def connect(port, number):
    """A connection from one of several loopback addresses, so that ports do not run out."""
    source = f"127.0.0.{2 + number % 4}"
    return socket.create_connection(("127.0.0.1", port), timeout=30, source_address=(source, 0))


def settled_rss(pid):
    """Resident memory once two looks 200 ms apart agree."""
    deadline = time.monotonic() + SETTLE_TIMEOUT_S
    last = rss_bytes(pid)
    while time.monotonic() < deadline:
        time.sleep(0.2)
        now = rss_bytes(pid)
        if now == last:
            break
        last = now
    return last


def measure(peer, count):
    """Bytes of RSS a connection."""
    request = peers.request_bytes()
    before = settled_rss(peer.pid)
    connections = []
    try:
        for number in range(count):
            connection = connect(peer.port, number)
            connections.append(connection)
            connection.sendall(request)
            status, _ = read_answer(connection)
            if status != 200:
                raise BenchError(f"{peer.name} answered {status} on connection {number}")
        after = settled_rss(peer.pid)
        connections[0].sendall(request)
        if read_answer(connections[0])[0] != 200:
            raise BenchError(f"{peer.name} forgot its first connection")
        return (after - before) / count
    finally:
        for connection in connections:
            connection.close()


def run(options, say):
    """One pass each: a fresh process, one request before, 9,000 connections after."""
    if raise_file_limit() < CONNECTIONS + SPARE_FILES:
        raise BenchError(f"needs {CONNECTIONS + SPARE_FILES} open files: raise `ulimit -Hn`")
    rows = []
    for name in options.peers:
        with Processes(options.core, options.folder) as processes:
            upstream = peers.start_upstream(processes)
            peer = peers.start(processes, name, upstream, options.portico)
            cost = measure(peer, CONNECTIONS)
        say(f"{name}: {cost:,.0f} bytes a connection")
        rows.append(Row(name, Samples([cost])))
    ours = row_of(rows, "portico")
    text = "RSS bytes an idle connection"
    verdicts = [Verdict(text, ours.figure.median, TARGET_BYTES)] if ours else []
    notes = [
        f"{CONNECTIONS} connections, one request each, RSS after less RSS before",
        "nginx lays out its table of 16,384 connections when it starts; a difference of RSS does not"
        " show that part",
    ]
    title = "Idle keep-alive connections"
    return Table("idle", title, "RSS bytes a connection", 0, rows, verdicts, notes)
