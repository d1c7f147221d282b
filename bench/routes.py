#!/usr/bin/env python3
"""Measures what many routes cost: a request, a reload, a start, and how soon a change is live.

    python3 bench/routes.py [--portico target/release/portico] [--only request]...
"""

import sys

sys.dont_write_bytecode = True

import argparse
import os
import re
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

import openapi
import peers
from clients import REQUEST
from definition_reloads import start
from figures import Samples, Verdict
from processes import BenchError, Processes, first_answer, free_ports, read_answer

ROOT = Path(__file__).resolve().parent.parent
FEW_ROUTES, MANY_ROUTES = 100, 10_000
WARM, COUNTED = 500, 3000
DOCUMENT_BYTES = 2_000_000
RELOADS, CHANGES, STARTS = 20, 50, 10
POLL_S = 0.0002


def request(options, processes_folder):
    """Instructions a request with many routes, against few. Started and warm; then counted."""
    costs = {}
    for routes in (FEW_ROUTES, MANY_ROUTES):
        with Processes(options.core, processes_folder) as processes:
            costs[routes] = counted(options, processes, routes)
        print(f"  {routes:,} routes: {costs[routes]:,.0f} instructions a request")
    ratio = costs[MANY_ROUTES] / costs[FEW_ROUTES]
    return [Verdict(f"instructions a request, {MANY_ROUTES:,} routes to {FEW_ROUTES}", ratio, 1.1)]


def counted(options, processes, routes):
    upstream = peers.start_upstream(processes)
    folder = processes.folder
    definition, counts = folder / "api.json", folder / f"callgrind.{routes}"
    definition.write_text(openapi.as_json(openapi.definition(upstream, routes)))
    (port,) = free_ports(1)
    argv = peers.portico_command(options.portico, definition, folder / "data", port)
    wrapper = [peers.tool("valgrind"), "--tool=callgrind", f"--callgrind-out-file={counts}"]
    process = processes.start("portico", [*wrapper, *argv])
    first_answer(process, port, peers.request_bytes())
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        ask(connection, WARM)
        control("--zero", process.pid)
        ask(connection, COUNTED)
        control("--dump", process.pid)
    dump = counts.with_name(f"{counts.name}.1").read_text()
    total = re.search(r"^(?:summary|totals): (\d+)", dump, re.MULTILINE)
    if total is None:
        raise BenchError("callgrind wrote no total")
    return int(total[1]) / COUNTED


def ask(connection, requests):
    for _ in range(requests):
        connection.sendall(peers.request_bytes())
        if read_answer(connection)[0] != 200:
            raise BenchError("portico did not answer 200 under callgrind")


def control(order, pid):
    """Has callgrind do something with what it has counted."""
    argv = [peers.tool("callgrind_control"), order, str(pid)]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    if done.returncode != 0 or "OK" not in done.stdout:
        raise BenchError(f"callgrind_control {order}: {done.stdout}{done.stderr}")


def reload(options, folder):
    """Reading, compiling and handing over 10,000 routes, as portico tells it."""
    texts = [openapi.as_json(openapi.definition(9, MANY_ROUTES, word)) for word in "ab"]
    times = []
    with Processes(options.core, folder) as processes:
        gateway = start(processes, options.portico, texts[0])
        for number in range(1, RELOADS + 1):
            gateway.write(texts[number % 2])
            gateway.wait_for(number + 1)
            times.append(gateway.reload_ms())
    size = len(texts[0]) / 1e6
    print(f"  {MANY_ROUTES:,} routes, {size:.1f} MB of JSON: {Samples(times).text(0)} ms")
    return [Verdict(f"ms to compile and swap {MANY_ROUTES:,} routes", Samples(times).median, 300)]


def load(options, folder):
    """From exec to the first answer with a document of 2 MB, JSON and YAML."""
    verdicts = []
    for name, write in (("JSON", openapi.as_json), ("YAML", openapi.as_yaml)):
        text = openapi.of_size(DOCUMENT_BYTES, write)
        definition = folder / f"api.{name.lower()}"
        definition.write_text(text)
        times = [start_ms(options, definition, folder) for _ in range(STARTS)]
        size = len(text) / 1e6
        print(f"  {size:.2f} MB of {name}: {Samples(times).text(0)} ms to the first answer")
        verdicts.append(Verdict(f"ms to load 2 MB of {name}", Samples(times).median, 1000))
    return verdicts


def start_ms(options, definition, folder):
    (port,) = free_ports(1)
    argv = peers.portico_command(options.portico, definition, folder / "data", port)
    with Processes(options.core, folder) as processes:
        begin = time.monotonic()
        process = processes.start("portico", argv, pinned=False)
        first_answer(process, port, REQUEST, POLL_S)
        took = (time.monotonic() - begin) * 1000
    shutil.rmtree(folder / "data", ignore_errors=True)
    return took


def live(options, folder):
    """From the write of a small file to the first answer of what it says."""
    times = []
    with Processes(options.core, folder) as processes:
        gateway = start(processes, options.portico, openapi.as_json(openapi.small("Live")), 1)
        for number in range(CHANGES):
            word = f"changed-{number}"
            text = openapi.as_json(openapi.small("Live", word))
            begin = time.monotonic()
            gateway.write(text)
            with socket.create_connection(("127.0.0.1", gateway.port), timeout=60) as connection:
                while True:
                    connection.sendall(REQUEST)
                    if word.encode() in read_answer(connection)[1]:
                        break
            times.append((time.monotonic() - begin) * 1000)
            # The next change is one of its own, as somebody's who writes a file.
            time.sleep(0.05)
    print(f"  a change is live after {Samples(times).text(1)} ms")
    return [Verdict("ms from the write of a file until it is served, at most", max(times), 200)]


PARTS = {"request": request, "reload": reload, "load": load, "live": live}


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    parser.add_argument("--portico", type=Path, default=target / "release/portico")
    parser.add_argument("--core", type=int, default=0, help="core of what is counted (0)")
    parser.add_argument("--only", action="append", choices=PARTS, help="may be repeated")
    options = parser.parse_args()
    options.portico = options.portico.resolve()
    if not options.portico.is_file():
        sys.exit(f"{options.portico} is not there; cargo build --release makes it")
    verdicts = []
    for name in options.only or PARTS:
        print(name, flush=True)
        with tempfile.TemporaryDirectory(prefix="portico-routes-") as folder:
            try:
                verdicts += PARTS[name](options, Path(folder))
            except BenchError as error:
                sys.exit(f"routes: {error}")
    for verdict in verdicts:
        print(verdict.line())
    return 0 if all(verdict.passed for verdict in verdicts) else 1


if __name__ == "__main__":
    sys.exit(main())
