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


def request_bytes(target=TARGET, method="GET"):
    """The measured request as a client of our own sends it."""
    lines = [f"{method} {target} HTTP/1.1", "Host: 127.0.0.1"]
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
    # Where it speaks TLS, if it does.
    tls_port: int | None = None

    def url(self):
        """The measured target over plain HTTP."""
        return f"http://127.0.0.1:{self.port}{TARGET}"

    def tls_url(self):
        """The measured target over TLS."""
        return f"https://127.0.0.1:{self.tls_port}{TARGET}"

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


def start_origin(processes, answer_bytes, held=1):
    """Starts the origin of bodies and bursts; returns its port."""
    (port,) = free_ports(1)
    argv = [compiled("origin", processes.folder), port, answer_bytes, held]
    first_answer(processes.start("origin", argv), port, request_bytes())
    return port


# How a peer is told to speak TLS, HTTP/2 included, beside plain HTTP.
TLS_LINES = {
    "nginx": "listen 127.0.0.1:{port} ssl http2 backlog=4096;"
    " ssl_certificate {folder}/bench.pem; ssl_certificate_key {folder}/bench.key;"
    " ssl_protocols TLSv1.3;",
    "haproxy": "bind 127.0.0.1:{port} ssl crt {folder}/both.pem alpn h2,http/1.1"
    " ssl-min-ver TLSv1.3",
}


# A line for each request, of the same variables in the same form.
NGINX_FORMAT = (
    "$remote_addr - $remote_user [$time_local] \"$request\" $status $body_bytes_sent"
    " $request_id $request_time $upstream_status $upstream_response_time"
)
PORTICO_FORMAT = (
    "$context.identity.sourceIp - $context.identity.user [$context.requestTime]"
    ' "$context.httpMethod $context.path $context.protocol" $context.status'
    " $context.responseLength $context.requestId $context.responseLatency"
    " $context.integrationStatus $context.integrationLatency"
)


def command(name, folder, port, upstream, portico, tls_port=None, log=False):
    """Writes the proxy's configuration into `folder` and returns its command line."""
    if name == "portico":
        definition = folder / "api.json"
        definition.write_text(json.dumps(openapi.definition(upstream)))
        argv = portico_command(portico, definition, folder / "portico-data", port)
        if log:
            return argv + portico_log(folder)
        return argv + portico_tls(folder, tls_port) if tls_port else argv
    if name == "relay":
        return [compiled("relay", folder), port, upstream]
    kind = {"nginx": "nginx.conf", "haproxy": "haproxy.cfg"}[name]
    text = (HERE / f"{kind}.in").read_text()
    tls = TLS_LINES[name].format(port=tls_port, folder=folder) if tls_port else ""
    marks = {"@PORT@": port, "@UPSTREAM@": upstream, "@DIR@": folder, "@TLS@": tls}
    for mark, value in marks.items():
        text = text.replace(mark, str(value))
    if log and name == "nginx":
        line = f"log_format bench '{NGINX_FORMAT}'; access_log {folder}/nginx-access.log bench;"
        text = text.replace("access_log off;", line)
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


def portico_tls(folder, port):
    """The flags that name a configuration with TLS in it."""
    config = folder / "portico.toml"
    files = f'{{ certificate = "{folder}/bench.pem", key = "{folder}/bench.key" }}'
    config.write_text(f'[tls]\nlisten = "127.0.0.1:{port}"\ncertificates = [{files}]\n')
    return ["--config", config]


def portico_log(folder):
    """The flags that name a configuration with an access log in it."""
    config = folder / "portico.toml"
    settings = f'destinationArn = "{folder}/portico-access.log"\nformat = \'{PORTICO_FORMAT}\'\n'
    config.write_text(f"[stages.local.accessLogSettings]\n{settings}")
    return ["--config", config]


def start(
    processes, name, upstream, portico, wrapper=(), tls=False, answer_bytes=BODY_BYTES, log=False
):
    """Starts one proxy and checks that it hands the measured request on."""
    port, tls_port = free_ports(2)
    tls_port = tls_port if tls else None
    configured = command(name, processes.folder, port, upstream, portico, tls_port, log)
    argv = [*wrapper, *configured]
    process = processes.start(name, argv)
    try:
        status, body = first_answer(process, port, request_bytes())
    except BenchError as error:
        log = (processes.folder / f"{name}.log").read_text(errors="replace")
        raise BenchError(f"{error}; its output ends:\n{log[-2000:]}") from error
    if status != 200 or len(body) != answer_bytes:
        raise BenchError(f"{name} answers {status} with {len(body)} bytes, not the upstream's 200")
    return Running(name, process, port, tls_port)
