#!/usr/bin/env python3
"""Counts requests that fail while one Portico after the other takes over.

    python3 bench/handover.py target/release/portico --handovers 100 --clients 12

Clients ask without a pause, half of them on connections that they keep for as long as the server
does, half on a new one each time.
"""

import sys

sys.dont_write_bytecode = True

import argparse
import json
import tempfile
import time
from pathlib import Path

import openapi
from clients import REQUEST, Crowd
from processes import BenchError, Processes, first_answer, free_ports

TIMEOUT_S = 30


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
        (folder / "openapi.json").write_text(json.dumps(openapi.small("Handover")))
        gateway, management = free_ports(2)
        argv = [binary, "serve", folder / "openapi.json", "--data-dir", folder / "data"]
        argv += ["--listen", f"127.0.0.1:{gateway}", "--management", f"127.0.0.1:{management}"]
        with Processes(0, folder) as processes:
            current = processes.start("portico-0", argv, pinned=False)
            first_answer(current, gateway, REQUEST)
            with Crowd(gateway, clients) as crowd:
                began = time.monotonic()
                for number in range(1, handovers + 1):
                    # As many workers as before would hide that sockets are shared out anew.
                    workers = ["--workers", str(number % 3 + 1)]
                    current = take_over(processes, argv + workers, current, number)
                took = time.monotonic() - began
            return crowd, took


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("binary", type=Path)
    parser.add_argument("--handovers", type=int, default=100)
    parser.add_argument("--clients", type=int, default=12)
    options = parser.parse_args()
    try:
        crowd, took = run(options.binary.resolve(), options.handovers, options.clients)
    except BenchError as error:
        sys.exit(f"handover: {error}")
    what = f"{options.handovers} handovers in {took:.1f} s under {options.clients} clients"
    sys.exit(0 if crowd.report(what) else 1)


if __name__ == "__main__":
    main()
