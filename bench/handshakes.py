#!/usr/bin/env python3
"""Makes full TLS handshakes for a while, one request on each: wrk would resume its sessions.

    OPENSSL_CONF=clients.cnf python3 handshakes.py PORT SECONDS

Prints how many were answered 200. Four threads, each with one connection at a time.
"""

import socket
import sys
import threading
import time

import peers
import tls

THREADS = 4
REQUEST = peers.request_bytes().replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")


def one(context, port):
    """One connection from its first byte to its last."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as plain:
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with context.wrap_socket(plain, server_hostname="localhost") as connection:
            assert not connection.session_reused, "a session was resumed"
            connection.sendall(REQUEST)
            data = b""
            while piece := connection.recv(65536):
                data += piece
            assert data.startswith(b"HTTP/1.1 200"), data[:200]
            assert len(data.split(b"\r\n\r\n", 1)[1]) == peers.BODY_BYTES


def main():
    port, seconds = int(sys.argv[1]), float(sys.argv[2])
    deadline = time.monotonic() + seconds
    context = tls.client()
    counts, failures = [0] * THREADS, []

    def repeat(number):
        try:
            while time.monotonic() < deadline and not failures:
                one(context, port)
                counts[number] += 1
        except (OSError, AssertionError) as error:
            failures.append(f"{type(error).__name__}: {error}")

    threads = [threading.Thread(target=repeat, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        sys.exit(f"handshakes: {failures[0]}")
    print(sum(counts))


if __name__ == "__main__":
    main()
