"""Definitions that are replaced under load: failed requests, stalls, and how long a reload takes."""

import os
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import openapi
import peers
from clients import REQUEST, TIMEOUT_S, Crowd
from figures import Samples, Verdict
from processes import BenchError, Processes, first_answer, free_ports, metric

HERE = Path(__file__).resolve().parent
STALL_MS = 20
COMPILE_MS = 300
CONNECTIONS = 32
PAUSE_MS = 4
# Long enough for what happens once a second.
QUIET_S = 20


@dataclass
class Gateway:
    """A portico with a definition that can be replaced."""

    port: int
    management: int
    folder: Path

    def write(self, text):
        """Replaces the definition, by a rename."""
        (self.folder / "next").write_text(text)
        os.replace(self.folder / "next", self.folder / "openapi.json")

    def revision(self):
        return metric(self.management, "portico_snapshot_revision")

    def wait_for(self, revision):
        deadline = time.monotonic() + TIMEOUT_S
        while self.revision() < revision:
            if time.monotonic() > deadline:
                raise BenchError(f"revision {revision} was not served in time: see portico.log")
            time.sleep(0.02)

    def reload_ms(self):
        """Reading, compiling and handing over the last one, as portico tells it."""
        return metric(self.management, "portico_reload_duration_seconds") * 1000


def start(processes, portico, text, workers=2):
    """Starts portico with this definition."""
    folder = processes.folder
    (folder / "openapi.json").write_text(text)
    port, management = free_ports(2)
    argv = [portico, "serve", folder / "openapi.json", "--workers", workers]
    argv += ["--listen", f"127.0.0.1:{port}", "--management", f"127.0.0.1:{management}"]
    first_answer(processes.start("portico", argv, pinned=False), port, REQUEST)
    return Gateway(port, management, folder)


class Stalls:
    """wrk for as long as this is open, or so many seconds."""

    def __init__(self, gateway, seconds):
        argv = [peers.tool("wrk"), "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--timeout", "5s"]
        argv += ["-s", HERE / "stalls.lua", f"http://127.0.0.1:{gateway.port}/health"]
        argv = [str(part) for part in [*argv, "--", PAUSE_MS]]
        self.process = subprocess.Popen(argv, stdout=subprocess.PIPE, text=True)

    def is_running(self):
        return self.process.poll() is None

    def result(self):
        """Longest latency and that of 999 in 1000, in ms; requests, and errors."""
        output, _ = self.process.communicate()
        line = next((line for line in output.splitlines() if line.startswith("stalls ")), None)
        if self.process.returncode != 0 or line is None:
            raise BenchError(f"wrk ended with {self.process.returncode}: {output}")
        longest, most, requests, errors = (float(part) for part in line.split()[1:])
        return longest / 1000, most / 1000, int(requests), int(errors)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.is_running():
            self.process.terminate()
            self.process.wait()


def run(options, folder):
    """Whether no request failed and none waited for long."""
    texts = [openapi.as_json(openapi.definition(9, options.resources, word)) for word in "ab"]
    with Processes(0, folder) as processes:
        gateway = start(processes, options.portico, texts[0])
        with Crowd(gateway.port, options.clients) as crowd:
            with Stalls(gateway, QUIET_S) as stalls:
                quiet = stalls.result()
            took, longest, errors, reloads = [], [], 0, 0
            while reloads < options.reloads:
                with Stalls(gateway, QUIET_S) as stalls:
                    while stalls.is_running() and reloads < options.reloads:
                        reloads += 1
                        gateway.write(texts[reloads % 2])
                        gateway.wait_for(reloads + 1)
                        took.append(gateway.reload_ms())
                    result = stalls.result()
                longest.append(result[0])
                errors += result[3]
    print(f"longest latency without reloads: {quiet[0]:.1f} ms, 99.9 %: {quiet[1]:.1f} ms")
    print(f"longest latency with reloads, by {QUIET_S} s: {Samples(longest).text(1)} ms")
    print(f"a reload of {options.resources:,} resources: {Samples(took).text(0)} ms")
    verdicts = [
        Verdict("ms a request waited at most", max(longest), STALL_MS),
        Verdict("ms to read, compile and hand over", Samples(took).median, COMPILE_MS),
        Verdict("failed requests of wrk", errors + quiet[3], 0),
    ]
    for verdict in verdicts:
        print(verdict.line())
    good = crowd.report(f"{options.reloads} reloads")
    return good and all(verdict.passed for verdict in verdicts)
