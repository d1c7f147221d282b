"""A client over TLS that is slow on purpose.

    python3 slow_client.py PORT CA silent|head|body|h2-head|h2-body

Sends a part of a request, waits for what the server says to that, and prints it: the status of an
answer, or `goaway CODE`, or `closed`. Over HTTP/2 it uses the library `h2` from PyPI.
"""

import socket
import ssl
import sys

import h2.config
import h2.connection
import h2.events
from hyperframe.frame import HeadersFrame

PARTS = {
    "silent": b"",
    "head": b"GET /mock HTTP/1.1\r\nHost: a.example\r\nX-A",
    "body": b"POST /a HTTP/1.1\r\nHost: a.example\r\nContent-Length: 10\r\n\r\nhello",
}
FIELDS = [(":method", "POST"), (":scheme", "https"), (":authority", "a.example"), (":path", "/a")]


def over_http1(connection, part):
    connection.sendall(PARTS[part])
    answer = connection.recv(65536)
    return answer.split(b" ")[1].decode() if answer else "closed"


def over_http2(connection, part):
    http = h2.connection.H2Connection(h2.config.H2Configuration(header_encoding="utf-8"))
    http.initiate_connection()
    if part == "h2-body":
        http.send_headers(1, FIELDS)
        http.send_data(1, b"hello")
    data = http.data_to_send()
    if part == "h2-head":
        # A head without END_HEADERS: nothing may come between it and its rest.
        data += HeadersFrame(1, http.encoder.encode(FIELDS)).serialize()
    connection.sendall(data)
    while received := connection.recv(65536):
        for event in http.receive_data(received):
            if isinstance(event, h2.events.ResponseReceived):
                return dict(event.headers)[":status"]
            if isinstance(event, h2.events.ConnectionTerminated):
                return f"goaway {int(event.error_code)}"
        if part != "h2-head":
            connection.sendall(http.data_to_send())
    return "closed"


def main():
    port, authority, part = sys.argv[1:]
    context = ssl.create_default_context(cafile=authority)
    is_http2 = part.startswith("h2-")
    context.set_alpn_protocols(["h2" if is_http2 else "http/1.1"])
    raw = socket.create_connection(("127.0.0.1", int(port)), timeout=20)
    with context.wrap_socket(raw, server_hostname="a.example") as connection:
        print(over_http2(connection, part) if is_http2 else over_http1(connection, part))


main()
