"""The origin and the proxies in front of it: how each is configured and started."""

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import openapi
from processes import BenchError, first_answer, free_ports

HERE = Path(__file__).resolve().parent
TARGET = "/v1/svc17/items/8f3a2c/parts/42?verbose=1"
FIELDS = {
    "Accept": "application/json",
    "Authorization": "Bearer " + "0123456789abcdef" * 8,
}
BODY_BYTES = 200


def request_bytes(target=TARGET):
    """The measured request as a client of our own sends it."""
    lines = [f"GET {target} HTTP/1.1", "Host: 127.0.0.1"]
    lines += [f"{name}: {value}" for name, value in FIELDS.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def tool(name):
    """Where an installed program is; Debian keeps servers outside users' paths."""
    path = shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    if path is None:
        raise BenchError(f"`{name}` is not installed; `.ci/setup bench` installs it")
    return path


@dataclass
class Running:
    """A proxy that answers."""

    name: str
    process: object
    port: int

    @property
    def pid(self):
        return self.process.pid


def compiled(name, folder):
    """Builds one of the C programs beside this file; returns its path."""
    binary = folder / name
    source = HERE / f"{name}.c"
    subprocess.run([tool("cc"), "-O2", "-w", "-o", binary, source], check=True)
    return binary


def start_upstream(processes):
    """Starts the origin; returns its port."""
    (port,) = free_ports(1)
    process = processes.start("upstream", [compiled("upstream", processes.folder), port])
    first_answer(process, port, request_bytes())
    return port


def command(name, folder, port, upstream, portico):
    """Writes the proxy's configuration into `folder` and returns its command line."""
    if name == "portico":
        definition = folder / "api.json"
        definition.write_text(json.dumps(openapi.definition(upstream)))
        return portico_command(portico, definition, folder / "portico-data", port)
    if name == "relay":
        return [compiled("relay", folder), port, upstream]
    kind = {"nginx": "nginx.conf", "haproxy": "haproxy.cfg"}[name]
    text = (HERE / f"{kind}.in").read_text()
    for mark, value in {"@PORT@": port, "@UPSTREAM@": upstream, "@DIR@": folder}.items():
        text = text.replace(mark, str(value))
    (folder / kind).write_text(text)
    if name == "nginx":
        return [tool("nginx"), "-p", folder, "-e", folder / "nginx.err", "-c", folder / kind]
    return [tool("haproxy"), "-db", "-f", folder / kind]


def portico_command(portico, definition, data, port):
    """One worker, both ports on loopback."""
    (management,) = free_ports(1)
    return [
        portico, "serve", definition,
        "--listen", f"127.0.0.1:{port}",
        "--management", f"127.0.0.1:{management}",
        "--data-dir", data,
        "--workers", "1",
    ]  # fmt: skip


def start(processes, name, upstream, portico, wrapper=()):
    """Starts one proxy and checks that it hands the measured request on."""
    (port,) = free_ports(1)
    argv = [*wrapper, *command(name, processes.folder, port, upstream, portico)]
    process = processes.start(name, argv)
    try:
        status, body = first_answer(process, port, request_bytes())
    except BenchError as error:
        log = (processes.folder / f"{name}.log").read_text(errors="replace")
        raise BenchError(f"{error}; its output ends:\n{log[-2000:]}") from error
    if status != 200 or len(body) != BODY_BYTES:
        raise BenchError(f"{name} answers {status} with {len(body)} bytes, not the upstream's 200")
    return Running(name, process, port)
