#!/usr/bin/env python3
"""Measures Portico against nginx and haproxy doing the same header work. See bench/README.md.

    python3 bench/run.py [--scenario c64]... [--rounds 5] [--seconds 3] [--json OUT]

Scenarios: c64, c1, c256 (CPU a request under wrk), access-log (the same with a log), tls, handshake,
h2, download-64k, download-1m, upload-64k, upload-1m (the same at the edge), idle (memory a connection), burst-memory (memory after
5,000 requests at once), start (time to the first answer), templates (CPU a rendering of a mapping
template, against Velocity 1.7 and velocityjs), instructions (callgrind), validation (of a body),
build (clean release build).
"""

import sys

sys.dont_write_bytecode = True

import argparse
import json
import os
import shutil
import signal
import subprocess
import tempfile
from datetime import datetime, timezone
from pathlib import Path

import burst
import edge
import idle
import instructions
import load
import machine
import startup
import templates
import validation
from processes import BenchError

ROOT = Path(__file__).resolve().parent.parent
SCENARIOS = {
    "c64": lambda options, say: load.run(options, 64, say),
    "c1": lambda options, say: load.run(options, 1, say),
    "c256": lambda options, say: load.run(options, 256, say),
    "access-log": load.access_log,
    **edge.SCENARIOS,
    "idle": idle.run,
    "burst-memory": burst.run,
    "start": startup.run,
    "templates": templates.run,
    "instructions": instructions.run,
    "validation": validation.run,
    "build": startup.build,
}
DEFAULT = ["c64", "c1", "c256", "access-log", *edge.SCENARIOS, "idle", "burst-memory", "start",
           "templates"]
NEED_PORTICO = {"start"}


def arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--scenario", action="append", choices=SCENARIOS, help="may be repeated; default: "
        + " ".join(DEFAULT)
    )
    parser.add_argument("--rounds", type=int, default=5, help="rounds of those with CPU a request (5)")
    parser.add_argument("--seconds", type=int, default=3, help="seconds a round (3)")
    parser.add_argument("--core", type=int, default=0, help="core that everything shares (0)")
    target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    parser.add_argument("--portico", type=Path, default=target / "release/portico")
    parser.add_argument("--start-path", default="/books", help="path that `start` asks for")
    parser.add_argument("--json", type=Path, metavar="OUT", help="also write every value there")
    parser.add_argument("--markdown", type=Path, metavar="OUT", help="also write the tables there")
    options = parser.parse_args()
    options.root = ROOT
    options.scenario = options.scenario or DEFAULT
    options.portico = options.portico.resolve()
    options.peers = ["nginx", "haproxy"]
    if options.portico.is_file():
        options.peers.append("portico")
    return options


def main():
    options = arguments()
    if shutil.which("taskset") is None:
        raise BenchError("`taskset` is not installed; Debian has it in util-linux")
    work = ROOT / "bench/.work"
    work.mkdir(exist_ok=True)
    options.folder = Path(tempfile.mkdtemp(prefix="run-", dir=work))
    say = lambda line: print(f"  {line}", flush=True)
    started = datetime.now(timezone.utc).strftime("%Y-%m-%d %H:%M UTC")
    facts = {"date": started, **machine.facts(options)}
    for name, value in facts.items():
        print(f"{name:9} {value}", flush=True)
    if "portico" not in options.peers:
        print(f"SKIPPED: portico: {options.portico} is not there; cargo build --release makes it")
    tables, failed = [], []
    try:
        for scenario in options.scenario:
            print(f"\n{scenario}", flush=True)
            if scenario in NEED_PORTICO and "portico" not in options.peers:
                say("SKIPPED: portico is not there")
                continue
            try:
                tables.append(SCENARIOS[scenario](options, say))
            except BenchError as error:
                failed.append(scenario)
                say(f"FAILED: {error}")
                continue
            for verdict in tables[-1].verdicts:
                say(verdict.line())
    finally:
        shutil.rmtree(options.folder, ignore_errors=True)
    report(options, facts, tables)
    if failed:
        raise BenchError(f"not measured: {', '.join(failed)}")


def report(options, facts, tables):
    """The tables on standard output, and where the options ask for them."""
    lines = [f"- {name}: {value}" for name, value in facts.items()]
    text = "\n".join(lines) + "\n\n" + "\n".join(table.markdown() for table in tables)
    print("\n" + text, end="")
    if options.markdown:
        options.markdown.write_text(text)
    if options.json:
        data = {"facts": facts, "tables": [table.data() for table in tables]}
        options.json.write_text(json.dumps(data, indent=1) + "\n")


def interrupted(*_):
    """Once only: a second Ctrl-C would cut the cleaning up short."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


if __name__ == "__main__":
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, interrupted)
    try:
        main()
    except KeyboardInterrupt:
        sys.exit("\nbench: interrupted; what was started has ended")
    except (BenchError, subprocess.CalledProcessError) as error:
        sys.exit(f"bench: {error}")
