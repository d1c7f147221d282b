"""TLS for the benchmark: a certificate of our own, and clients that all ask for the same."""

import os
import ssl
import subprocess

import peers
from processes import BenchError

CURVE = "P-256"
GROUP = "X25519"
SUITE = "TLS_AES_128_GCM_SHA256"
SETTINGS = f"TLS 1.3, {CURVE} certificate, {GROUP}, {SUITE}, session tickets as each has them"

# What OpenSSL's clients offer; servers can choose nothing else.
# Source: OpenSSL, config(5), "SSL Configuration".
CLIENTS = f"""openssl_conf = all
[all]
ssl_conf = ssl
[ssl]
system_default = clients
[clients]
MinProtocol = TLSv1.3
Ciphersuites = {SUITE}
Groups = {GROUP}
"""


def prepare(folder):
    """Writes certificate, key and the clients' settings into `folder`."""
    key, certificate = folder / "bench.key", folder / "bench.pem"
    argv = [peers.tool("openssl"), "req", "-x509", "-newkey", "ec", "-pkeyopt"]
    argv += [f"ec_paramgen_curve:{CURVE}", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    argv += ["-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", certificate]
    subprocess.run(argv, check=True, capture_output=True)
    # haproxy reads both from one file.
    (folder / "both.pem").write_bytes(certificate.read_bytes() + key.read_bytes())
    (folder / "clients.cnf").write_text(CLIENTS)


def environment(folder):
    """The environment in which a load generator offers only what is measured."""
    return {**os.environ, "OPENSSL_CONF": str(folder / "clients.cnf")}


def check(folder, peer):
    """Makes sure that a proxy negotiates what is said of it."""
    argv = [peers.tool("openssl"), "s_client", "-connect", f"127.0.0.1:{peer.tls_port}"]
    done = subprocess.run(
        argv, env=environment(folder), stdin=subprocess.DEVNULL, capture_output=True, text=True
    )
    for expected in (f"New, TLSv1.3, Cipher is {SUITE}", f"Server Temp Key: {GROUP}"):
        if expected not in done.stdout:
            raise BenchError(f"{peer.name} does not negotiate `{expected}`")


def client():
    """A client's context without a certificate to believe; it offers what is measured."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    return context
