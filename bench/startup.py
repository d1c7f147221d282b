"""Time from exec to the first answer of the bookstore, and of a clean release build."""

import shutil
import subprocess
import time

import peers
from figures import Row, Samples, Table, Verdict
from processes import BenchError, Processes, first_answer, free_ports

STARTS = 20
START_TARGET_MS = 50
BUILD_TARGET_S = 360
POLL_S = 0.0002


def run(options, say):
    """Median of 20 starts on all cores, as a user starts it."""
    definition = options.root / "examples/bookstore/openapi.yaml"
    if "portico" not in options.peers:
        raise BenchError("portico is not there to start")
    request = f"GET {options.start_path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()
    times = []
    for number in range(STARTS):
        (port,) = free_ports(1)
        data = options.folder / f"start-{number}"
        argv = peers.portico_command(options.portico, definition, data, port)
        with Processes(options.core, options.folder) as processes:
            begin = time.monotonic()
            process = processes.start("start", argv, pinned=False)
            status, _ = first_answer(process, port, request, POLL_S)
            times.append((time.monotonic() - begin) * 1000)
        if status != 200:
            raise BenchError(f"the bookstore answers {status} to GET {options.start_path}")
        shutil.rmtree(data, ignore_errors=True)
    say(f"portico: first answers after {', '.join(f'{t:.1f}' for t in times)} ms")
    figure = Samples(times)
    verdict = Verdict("ms from exec to the first answer", figure.median, START_TARGET_MS)
    notes = [f"{STARTS} starts, GET {options.start_path}, the starting of the process included"]
    title = "First answer of the bookstore"
    return Table("start", title, "ms", 1, [Row("portico", figure)], [verdict], notes)


def build(options, say):
    """A clean release build into a folder of its own; what is downloaded does not count."""
    target = options.folder / "build"
    shutil.rmtree(target, ignore_errors=True)
    subprocess.run(["cargo", "fetch", "--locked"], cwd=options.root, check=True)
    say("building from nothing, this takes minutes")
    begin = time.monotonic()
    argv = ["cargo", "build", "--release", "--locked", "--target-dir", target]
    done = subprocess.run(argv, cwd=options.root, capture_output=True, text=True, check=False)
    seconds = time.monotonic() - begin
    shutil.rmtree(target, ignore_errors=True)
    if done.returncode != 0:
        raise BenchError(f"the build failed:\n{done.stderr[-2000:]}")
    verdict = Verdict("seconds of a clean release build", seconds, BUILD_TARGET_S)
    row = Row("portico", Samples([seconds]))
    return Table("build", "Clean release build", "s", 0, [row], [verdict])
