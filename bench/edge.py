"""The edge under load: TLS, handshakes, HTTP/2, and long bodies both ways."""

import functools
import re
import subprocess
import sys

import load
import peers
import tls

CONNECTIONS = 64
BODY_CONNECTIONS = 16
H2_CONNECTIONS, H2_STREAMS = 16, 4
SIZES = {"64k": (64 * 1024, "64 KiB"), "1m": (1024 * 1024, "1 MiB")}


def over_tls(options, name, title, figure, make, targets, say):
    """A scenario whose clients speak TLS."""
    tls.prepare(options.folder)
    started = functools.partial(peers.start, tls=True)

    def start(*arguments):
        peer = started(*arguments)
        tls.check(options.folder, peer)
        return peer

    environment = tls.environment(options.folder)
    scenario = load.Scenario(
        name, title, figure + " against {base}", make(environment), targets,
        floor=False, start=start, notes=[tls.SETTINGS],
    )  # fmt: skip
    return load.measure(options, scenario, say)


def requests(options, say):
    """Keep-alive requests."""

    def make(environment):
        return lambda core, seconds, peer: load.wrk(
            core, CONNECTIONS, seconds, peer.tls_url(), environment=environment
        )

    title = f"TLS: CPU a keep-alive request, {CONNECTIONS} connections"
    figure = "CPU a keep-alive request over TLS"
    return over_tls(options, "tls", title, figure, make, [("nginx", 0.65)], say)


def handshakes(options, say):
    """Full handshakes, one request each."""

    def make(environment):
        def run(core, seconds, peer):
            argv = ["taskset", "-c", str(core), sys.executable, "-B", peers.HERE / "handshakes.py"]
            argv += [peer.tls_port, seconds]
            return counted([str(part) for part in argv], environment, r"^(\d+)$")

        return run

    title = "TLS: CPU a full handshake with one request, 4 connections"
    figure = "CPU a full handshake with one request"
    return over_tls(options, "handshake", title, figure, make, [("nginx", 0.65)], say)


def h2(options, say):
    """HTTP/2 over TLS."""

    def make(environment):
        def run(core, seconds, peer):
            argv = ["taskset", "-c", str(core), peers.tool("h2load")]
            argv += [f"-c{H2_CONNECTIONS}", f"-m{H2_STREAMS}", "-t1", f"-D{seconds}"]
            argv += [f"--groups={tls.GROUP}", f"--tls13-ciphers={tls.SUITE}"]
            for name, value in peers.FIELDS.items():
                argv += ["-H", f"{name}: {value}"]
            argv.append(peer.tls_url())
            return counted(argv, environment, r"^status codes: (\d+) 2xx, 0 3xx, 0 4xx, 0 5xx$")

        return run

    amount = f"{H2_CONNECTIONS} connections of {H2_STREAMS} streams"
    title = f"HTTP/2 over TLS: CPU a request, {amount}"
    figure = f"CPU a request over HTTP/2, {amount},"
    targets = [("nginx", 1.0), ("haproxy", 1.0)]
    return over_tls(options, "h2", title, figure, make, targets, say)


def counted(argv, environment, pattern):
    """Runs a load generator; the number in the line of its output that says all went well."""
    done = subprocess.run(argv, capture_output=True, text=True, check=False, env=environment)
    count = re.search(pattern, done.stdout, re.MULTILINE)
    if done.returncode != 0 or count is None or int(count[1]) == 0:
        said = (done.stderr.strip() or done.stdout.strip()).splitlines()
        raise load.Void(f"{argv[3]} ended with {done.returncode}: {' '.join(said[-4:])}")
    return int(count[1])


def bodies(options, say, way, size):
    """Long bodies in one direction over HTTP/1.1."""
    count, text = SIZES[size]
    answer_bytes = count if way == "download" else peers.BODY_BYTES
    script = () if way == "download" else (peers.HERE / "upload.lua", count)
    scenario = load.Scenario(
        f"{way}-{size}",
        f"HTTP/1.1: CPU {'an' if way == 'upload' else 'a'} {way} of {text},"
        f" {BODY_CONNECTIONS} connections",
        f"CPU a {text} {way} against {{base}}",
        lambda core, seconds, peer: load.wrk(core, BODY_CONNECTIONS, seconds, peer.url(), script),
        [("nginx", 1.0)],
        origin=functools.partial(peers.start_origin, answer_bytes=answer_bytes),
        start=functools.partial(peers.start, answer_bytes=answer_bytes),
        notes=["nothing is spooled: nginx has proxy_request_buffering off and"
               " proxy_max_temp_file_size 0, its other buffers and haproxy's are the defaults"],
    )  # fmt: skip
    return load.measure(options, scenario, say)


SCENARIOS = {
    "tls": requests,
    "handshake": handshakes,
    "h2": h2,
    **{
        f"{way}-{size}": functools.partial(bodies, way=way, size=size)
        for way in ("download", "upload")
        for size in SIZES
    },
}
