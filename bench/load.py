"""CPU a request under closed-loop load: interleaved rounds of wrk on the proxies' own core."""

import argparse
import functools
import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable

import peers
from figures import Row, Samples, Table, Verdict, row_of
from processes import BenchError, Processes, cpu_ns

BASES = ("nginx", "haproxy")
# Parses nothing: what is left is what the kernel takes, and no proxy can go below.
FLOOR = "relay"
# Connections to (base, at most) pairs: the targets of the first slice.
TARGETS = {
    64: [("nginx", 0.65), ("haproxy", 0.65)],
    1: [("nginx", 0.95)],
    256: [("nginx", 0.75)],
}


class Void(Exception):
    """A round with an error in it, which measures nothing."""


@dataclass
class Scenario:
    """One kind of load."""

    name: str
    title: str
    # What a target is of.
    figure: str
    # (core, seconds, peer) to completed requests; an error in it is Void.
    load: Callable
    # (base, at most) pairs.
    targets: list
    floor: bool = True
    # Starts the origin; returns its port.
    origin: Callable = peers.start_upstream
    # (processes, name, upstream, portico) to a proxy that answers.
    start: Callable = peers.start
    notes: list = field(default_factory=list)


def wrk(core, connections, seconds, url, more=(), environment=None):
    """Runs the load; returns completed requests. `more` is a script and its arguments."""
    argv = ["taskset", "-c", str(core), peers.tool("wrk"), "-t1", f"-c{connections}"]
    argv += [f"-d{seconds}s", "--timeout", "10s"]
    for name, value in peers.FIELDS.items():
        argv += ["-H", f"{name}: {value}"]
    script, arguments = (["-s", more[0]], ["--", *more[1:]]) if more else ([], [])
    argv += [*script, url, *arguments]
    argv = [str(part) for part in argv]
    done = subprocess.run(argv, capture_output=True, text=True, check=False, env=environment)
    return completed(done.stdout, done.returncode, done.stderr)


def completed(output, code=0, errors=""):
    """Completed requests by wrk's own count; any error it reports voids the round."""
    for trouble in ("Socket errors", "Non-2xx or 3xx responses"):
        if trouble in output:
            line = next(line for line in output.splitlines() if trouble in line)
            raise Void(line.strip())
    count = re.search(r"^\s*(\d+) requests in ", output, re.MULTILINE)
    if code != 0 or count is None or int(count[1]) == 0:
        raise Void(f"wrk ended with {code}: {errors.strip() or 'no request completed'}")
    return int(count[1])


def cost_us(peer, core, scenario, seconds):
    """The proxy's own CPU microseconds a completed request."""
    before = cpu_ns(peer.pid)
    requests = scenario.load(core, seconds, peer)
    return (cpu_ns(peer.pid) - before) / 1000 / requests


def steal_ticks(core):
    """Time the hypervisor gave to others, in hundredths of a second."""
    for line in Path("/proc/stat").read_text().splitlines():
        if line.startswith(f"cpu{core} "):
            return int(line.split()[8])
    return 0


def run(options, connections, say):
    """Small requests and answers over plain HTTP/1.1."""
    amount = f"{connections} connection{'' if connections == 1 else 's'}"
    load = lambda core, seconds, peer: wrk(core, connections, seconds, peer.url())
    title = f"CPU a request, {amount}"
    figure = "CPU a request against {base}, " + amount
    targets = TARGETS.get(connections, [])
    return measure(options, Scenario(f"c{connections}", title, figure, load, targets), say)


def access_log(options, say):
    """Small requests, and a line of an access log for each, in a file."""
    connections = 64
    names = [name for name in options.peers if name != "haproxy"]
    load = lambda core, seconds, peer: wrk(core, connections, seconds, peer.url())
    scenario = Scenario(
        "access-log",
        f"CPU a request with an access log in a file, {connections} connections",
        "CPU a request with an access log against {base}",
        load,
        [("nginx", 0.7)],
        floor=False,
        start=functools.partial(peers.start, log=True),
        notes=["nginx writes each line by itself, as it does without `buffer=`; the CPU of"
               " Portico's writer is Portico's. haproxy has no log in a file and is left out"],
    )  # fmt: skip
    return measure(argparse.Namespace(**{**vars(options), "peers": names}), scenario, say)


def measure(options, scenario, say):
    """One scenario: every peer warmed up, then measured in rounds."""
    names = [*options.peers, *([FLOOR] if scenario.floor else [])]
    with Processes(options.core, options.folder) as processes:
        upstream = scenario.origin(processes)
        running = [
            scenario.start(processes, name, upstream, options.portico) for name in names
        ]
        for peer in running:
            warm_up(options, scenario, peer)
        steal = steal_ticks(options.core)
        rounds, notes = [], [*scenario.notes]
        for number in range(1, options.rounds + 1):
            order = running if number % 2 else running[::-1]
            try:
                costs = {
                    peer.name: cost_us(peer, options.core, scenario, options.seconds)
                    for peer in order
                }
            except Void as error:
                notes.append(f"round {number} is void: {error}")
                say(notes[-1])
                continue
            rounds.append(costs)
            shown = ", ".join(f"{peer.name} {costs[peer.name]:.2f}" for peer in running)
            say(f"round {number}: {shown} us a request")
        steal = steal_ticks(options.core) - steal
    if not rounds:
        raise BenchError("every round was void")
    notes.append(f"{len(rounds)} rounds of {options.seconds} s; stolen from the core: {steal * 10} ms")
    return table(scenario, rounds, names, notes)


def warm_up(options, scenario, peer):
    try:
        scenario.load(options.core, 1, peer)
    except Void as error:
        raise BenchError(f"{peer.name} while warming up: {error}") from error


def table(scenario, rounds, names, notes):
    rows = []
    for name in names:
        ratios = {
            base: Samples([costs[name] / costs[base] for costs in rounds])
            for base in BASES
            if base in names and base != name
        }
        rows.append(Row(name, Samples([costs[name] for costs in rounds]), ratios))
    ours = row_of(rows, "portico")
    verdicts = [
        Verdict(scenario.figure.format(base=base), ours.ratios[base].median, limit)
        for base, limit in scenario.targets
        if ours and base in ours.ratios
    ]
    return Table(scenario.name, scenario.title, "CPU us a request", 2, rows, verdicts, notes)
