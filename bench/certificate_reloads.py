"""Certificates that are replaced under load."""

import json
import os
import shutil
import socket
import ssl
import subprocess
import time

import openapi
from clients import REQUEST, TIMEOUT_S, Crowd
from processes import BenchError, Processes, first_answer, free_ports


def connect(port):
    """A TLS connection that believes any certificate: which one it is, is looked at elsewhere."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    plain = socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT_S)
    return context.wrap_socket(plain, server_hostname="localhost")


def certificate(folder, name):
    """Makes a certificate and returns it as clients see it."""
    files = ["-keyout", folder / f"{name}.key", "-out", folder / f"{name}.pem"]
    kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    subject = ["-subj", f"/CN={name}", "-addext", "subjectAltName=DNS:localhost"]
    argv = ["openssl", "req", "-x509", *kind, *subject, *files]
    subprocess.run(argv, check=True, capture_output=True)
    return ssl.PEM_cert_to_DER_cert((folder / f"{name}.pem").read_text())


def put(folder, name):
    """Replaces the files in use by these, each by a rename."""
    for end in ("key", "pem"):
        shutil.copy(folder / f"{name}.{end}", folder / f"next.{end}")
        os.replace(folder / f"next.{end}", folder / f"used.{end}")


def wait_until_used(port, expected):
    """Waits until new connections get this certificate, from every worker as far as is seen."""
    deadline = time.monotonic() + TIMEOUT_S
    same = 0
    while same < 3:
        with connect(port) as connection:
            same = same + 1 if connection.getpeercert(binary_form=True) == expected else 0
        if time.monotonic() > deadline:
            raise BenchError("a new certificate was not in use in time")


def start(processes, portico):
    """Starts portico; returns its TLS port."""
    folder = processes.folder
    (folder / "openapi.json").write_text(json.dumps(openapi.small("Reloads")))
    files = 'certificate = "used.pem", key = "used.key"'
    (folder / "portico.toml").write_text(f"[tls]\ncertificates = [{{ {files} }}]\n")
    plain, tls, management = free_ports(3)
    argv = [portico, "serve", folder / "openapi.json"]
    argv += ["--listen", f"127.0.0.1:{plain}", "--tls-listen", f"127.0.0.1:{tls}"]
    argv += ["--management", f"127.0.0.1:{management}", "--workers", "2"]
    process = processes.start("portico", argv, pinned=False)
    first_answer(process, plain, REQUEST)
    return tls


def run(options, folder):
    """Whether no request failed."""
    shown = {name: certificate(folder, name) for name in ("one", "two")}
    put(folder, "one")
    with Processes(0, folder) as processes:
        port = start(processes, options.portico)
        with Crowd(port, options.clients, connect) as crowd:
            for number in range(options.reloads):
                name = ("two", "one")[number % 2]
                put(folder, name)
                wait_until_used(port, shown[name])
    return crowd.report(f"{options.reloads} reloads")
