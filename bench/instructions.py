"""User instructions a request: callgrind, a fixed number of requests, start-up cancelled."""

import re
import socket

import peers
from figures import Row, Samples, Table
from processes import BenchError, Processes, read_answer

# The cost a request is the difference between the two runs.
FEW, MANY = 1000, 3000


def run(options, say):
    """Every peer twice, one connection, one request after the other."""
    rows = []
    for name in options.peers:
        few, many = (counted(options, name, requests) for requests in (FEW, MANY))
        cost = (many - few) / (MANY - FEW)
        say(f"{name}: {cost:,.0f} instructions a request")
        rows.append(Row(name, Samples([cost])))
    for row in rows:
        if row.peer != "nginx" and rows[0].peer == "nginx":
            row.ratios["nginx"] = Samples([row.figure.median / rows[0].figure.median])
    notes = [f"callgrind, one connection, ({MANY} requests less {FEW}) / {MANY - FEW}"]
    title = "User instructions a request"
    return Table("instructions", title, "instructions", 0, rows, [], notes)


def counted(options, name, requests):
    """Instructions of the whole life of a proxy that answers `requests` requests."""
    counts = options.folder / f"callgrind.{name}.{requests}"
    wrapper = [peers.tool("valgrind"), "--tool=callgrind", f"--callgrind-out-file={counts}"]
    with Processes(options.core, options.folder) as processes:
        upstream = peers.start_upstream(processes)
        peer = peers.start(processes, name, upstream, options.portico, wrapper)
        with socket.create_connection(("127.0.0.1", peer.port), timeout=60) as connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for _ in range(requests):
                connection.sendall(peers.request_bytes())
                if read_answer(connection)[0] != 200:
                    raise BenchError(f"{name} did not answer 200 under callgrind")
        processes.end(peer.process)
    total = re.search(r"^(?:summary|totals): (\d+)", counts.read_text(), re.MULTILINE)
    if total is None:
        raise BenchError(f"callgrind wrote no total for {name}")
    return int(total[1])
