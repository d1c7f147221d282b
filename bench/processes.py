"""Processes the benchmark starts, what the kernel says about them, and their end by pid."""

import os
import resource
import signal
import socket
import subprocess
import time
from pathlib import Path

READY_TIMEOUT_S = 60
END_TRIES = 5
END_PATIENCE_S = 2


class BenchError(Exception):
    """What stops a benchmark, in words for the person who ran it."""


class Processes:
    """Starts processes on one core and ends every one of them, whatever happens between."""

    def __init__(self, core, folder):
        self.core = core
        self.folder = folder
        self.running = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for process in reversed(self.running):
            end(process)

    def start(self, name, argv, pinned=True):
        """Starts `argv` with its output in `<name>.log`; returns the Popen."""
        prefix = ["taskset", "-c", str(self.core)] if pinned else []
        with open(self.folder / f"{name}.log", "ab") as log:
            process = subprocess.Popen(
                prefix + [str(part) for part in argv],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.running.append(process)
        return process

    def end(self, process):
        """Ends one process before the others."""
        end(process)
        self.running.remove(process)


def end(process):
    """SIGTERM, some patience, SIGKILL; only ever to the pid that was started.

    The signal is repeated: nginx without a master can miss one that comes just before it waits.
    """
    for _ in range(END_TRIES):
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        try:
            process.wait(END_PATIENCE_S)
            return
        except subprocess.TimeoutExpired:
            continue
    process.kill()
    process.wait()


def free_ports(count):
    """Ports of 127.0.0.1 that nobody had a moment ago."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]
    finally:
        for each in sockets:
            each.close()


def raise_file_limit():
    """Open files up to the hard limit, for us and what we start; returns the limit."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard


def read_answer(connection):
    """One answer with Content-Length: its status and body."""
    head, body = read_head_and_body(connection)
    return int(head.split(b" ", 2)[1]), body


def read_head_and_body(connection):
    """One answer with Content-Length."""
    data = b""
    while b"\r\n\r\n" not in data:
        data += receive(connection)
    head, body = data.split(b"\r\n\r\n", 1)
    length = 0
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    while len(body) < length:
        body += receive(connection)
    return head, body


def receive(connection):
    data = connection.recv(65536)
    if not data:
        raise ConnectionError("closed before the answer was complete")
    return data


def first_answer(process, port, request, pause_s=0.01):
    """Waits until `port` answers `request`; its status and body."""
    deadline = time.monotonic() + READY_TIMEOUT_S
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise BenchError(f"{process.args} ended with {process.returncode} before it answered")
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=READY_TIMEOUT_S) as connection:
                connection.sendall(request)
                return read_answer(connection)
        except OSError:
            time.sleep(pause_s)
    raise BenchError(f"{process.args} gave no answer on port {port} in {READY_TIMEOUT_S} s")


def metric(port, name):
    """The value of a metric without labels."""
    with socket.create_connection(("127.0.0.1", port), timeout=READY_TIMEOUT_S) as connection:
        connection.sendall(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n")
        status, body = read_answer(connection)
    for line in body.decode().splitlines():
        if status == 200 and line.startswith(f"{name} "):
            return float(line.split(" ")[1])
    raise BenchError(f"there is no metric {name}")


def cpu_ns(pid):
    """CPU time of all threads so far.

    Source: Linux, Documentation/scheduler/sched-stats.rst, "/proc/<pid>/schedstat".
    """
    total = 0
    for task in os.scandir(f"/proc/{pid}/task"):
        total += int(Path(task.path, "schedstat").read_text().split()[0])
    return total


def rss_bytes(pid):
    """Resident memory as `/proc/PID/status` has it."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    raise BenchError(f"process {pid} has no VmRSS")
