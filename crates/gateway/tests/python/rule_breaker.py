"""A client that breaks the rules of HTTP/2 on purpose, with the library `h2` from PyPI.

    python3 rule_breaker.py PORT

Plays each case on a connection of its own and prints `CASE: OUTCOME`, where the outcome is how the
server took it: `answer STATUS`, `reset CODE`, `goaway CODE`, `closed`, or `silence`. After each case
another client asks for /mock; if it is not served, the outcome says so.
"""

import select
import socket
import sys

import h2.config
import h2.connection
import h2.events
import h2.exceptions
from hyperframe.frame import (
    ContinuationFrame,
    DataFrame,
    HeadersFrame,
    PingFrame,
    PushPromiseFrame,
    RstStreamFrame,
    SettingsFrame,
    WindowUpdateFrame,
)

PATIENCE = 20.0
CANCEL = 8
GET, POST = (":method", "GET"), (":method", "POST")
SCHEME, AUTHORITY = (":scheme", "http"), (":authority", "h")
MOCK, ECHO = (":path", "/mock"), (":path", "/a")


class Client:
    """One connection, which sends what it is told."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        config = h2.config.H2Configuration(
            client_side=True,
            header_encoding="utf-8",
            validate_outbound_headers=False,
            normalize_outbound_headers=False,
            validate_inbound_headers=False,
        )
        self.http = h2.connection.H2Connection(config=config)
        self.http.initiate_connection()
        self.flush()
        self.status = self.code = self.goodbye = None
        self.ended = self.acknowledged = self.is_closed = False

    def flush(self):
        self.raw(self.http.data_to_send())

    def raw(self, data):
        """Sends bytes; whether the server took them."""
        try:
            self.socket.sendall(data)
            return True
        except OSError:
            self.is_closed = True
            return False

    def frame(self, *frames):
        """Sends frames that the library would not."""
        return self.raw(b"".join(frame.serialize() for frame in frames))

    def headers(self, fields, ends=True, stream=1):
        self.http.send_headers(stream, fields, end_stream=ends)
        self.flush()

    def block(self, fields):
        """Fields for a frame of our own."""
        return self.http.encoder.encode(fields)

    def receive(self):
        """Reads once, and notes what came."""
        try:
            data = self.socket.recv(65536)
        except OSError:
            data = b""
        if not data:
            self.is_closed = True
            return
        try:
            events = self.http.receive_data(data)
        except h2.exceptions.ProtocolError:
            # Frames of ours that the library does not know of were answered.
            events = []
        for event in events:
            if isinstance(event, h2.events.ResponseReceived):
                self.status = dict(event.headers)[":status"]
            elif isinstance(event, h2.events.StreamEnded):
                self.ended = True
            elif isinstance(event, h2.events.StreamReset):
                self.code = int(event.error_code)
            elif isinstance(event, h2.events.ConnectionTerminated):
                self.goodbye = int(event.error_code)
            elif isinstance(event, h2.events.PingAckReceived):
                self.acknowledged = True
        if not self.is_closed and self.goodbye is None:
            try:
                self.flush()
            except h2.exceptions.ProtocolError:
                pass

    def has_news(self):
        return bool(select.select([self.socket], [], [], 0)[0])

    def outcome(self):
        """How the server took it, once a ping behind it is answered."""
        self.frame(PingFrame(0, b"the-end."))
        while not (self.is_closed or self.goodbye or self.code is not None):
            if self.acknowledged and self.ended:
                break
            self.receive()
        if self.goodbye:
            return f"goaway {self.goodbye}"
        if self.code is not None:
            return f"reset {self.code}"
        if self.status is not None:
            return f"answer {self.status}"
        return "closed" if self.is_closed else "silence"

    def flood(self, data, times):
        """Sends the same bytes again and again, and reads what comes, until the server ends it."""
        for _ in range(times):
            if self.is_closed or self.goodbye or not self.raw(data):
                break
            while not self.is_closed and self.has_news():
                self.receive()
        while not self.is_closed and self.goodbye is None and self.has_news():
            self.receive()


def fields(*given):
    """A case of one request with these fields."""
    return lambda client: client.headers(list(given))


def field(name, value):
    """A case of a proper request with one more field."""
    return fields(GET, SCHEME, AUTHORITY, ECHO, (name, value))


def content(length, *pieces):
    """A case of a body that is not as long as declared."""

    def play(client):
        client.headers([POST, SCHEME, AUTHORITY, ECHO, ("content-length", length)], ends=False)
        frames = [DataFrame(1, piece) for piece in pieces]
        frames[-1].flags.add("END_STREAM")
        client.frame(*frames)

    return play


def open_stream(client):
    client.headers([POST, SCHEME, AUTHORITY, ECHO], ends=False)


def after_end(make):
    """A case of a frame on a stream that its client has ended and whose answer is not there yet."""

    def play(client):
        # In one piece, so that nothing is answered between them.
        client.http.send_headers(1, [GET, SCHEME, AUTHORITY, ECHO], end_stream=True)
        client.raw(client.http.data_to_send() + make(client).serialize())

    return play


def then(*frames):
    """A case of frames on an open stream."""

    def play(client):
        open_stream(client)
        client.frame(*frames)

    return play


def trailers(given, ends):
    def play(client):
        open_stream(client)
        flags = ["END_HEADERS", "END_STREAM"] if ends else ["END_HEADERS"]
        client.frame(DataFrame(1, b"hello"), HeadersFrame(1, client.block(given), flags=flags))

    return play


def second(stream):
    """A case of a request on this stream, behind one on stream 5."""

    def play(client):
        client.headers([GET, SCHEME, AUTHORITY, MOCK], stream=5)
        data = client.block([GET, SCHEME, AUTHORITY, MOCK])
        client.frame(HeadersFrame(stream, data, flags=["END_HEADERS", "END_STREAM"]))
        client.outcome()

    return play


def body_beyond_windows(client):
    open_stream(client)
    piece = DataFrame(1, b"x" * 16384).serialize()
    client.flood(piece * 8, 100)


def rapid_reset(client):
    data = b""
    for stream in range(1, 4001, 2):
        block = client.block([GET, SCHEME, AUTHORITY, ECHO])
        head = HeadersFrame(stream, block, flags=["END_HEADERS", "END_STREAM"])
        data += head.serialize() + RstStreamFrame(stream, CANCEL).serialize()
    client.flood(data, 1)


def continuations(client):
    data = client.block([GET, SCHEME, AUTHORITY, ECHO])
    client.frame(HeadersFrame(1, data, flags=["END_STREAM"]))
    client.flood(ContinuationFrame(1, b"").serialize() * 100, 1000)


def broken_continuation(client):
    data = client.block([GET, SCHEME, AUTHORITY, ECHO])
    client.frame(HeadersFrame(1, data, flags=["END_STREAM"]), PingFrame(0, b"between."))


def header_bomb(client):
    fields = [GET, SCHEME, AUTHORITY, ECHO, ("x", "a" * 4000)]
    # Once in the table, a byte names it again.
    data = client.block(fields) + client.block([("x", "a" * 4000)] * 4000)
    flags = ["END_HEADERS", "END_STREAM"]
    first, rest = data[:16000], data[16000:]
    if rest:
        client.frame(HeadersFrame(1, first, flags=["END_STREAM"]))
        client.frame(ContinuationFrame(1, rest, flags=["END_HEADERS"]))
    else:
        client.frame(HeadersFrame(1, first, flags=flags))


def flood_of(frame):
    """A case of a flood of frames whose answers are read."""
    return lambda client: client.flood(frame.serialize() * 500, 1000)


CASES = {
    "nothing broken": fields(GET, SCHEME, AUTHORITY, MOCK),
    "Host instead of :authority": fields(GET, SCHEME, MOCK, ("host", "h")),
    "te: trailers": fields(GET, SCHEME, AUTHORITY, MOCK, ("te", "trailers")),
    "upper-case name": field("X-A", "1"),
    "empty name": field("", "1"),
    "name with a space": field("x a", "1"),
    "name with CR LF": field("x\r\nhost", "other"),
    "value with CR LF": field("x-a", "1\r\nhost: other"),
    "value with a second request": field("x-a", "1\r\n\r\nGET /b HTTP/1.1\r\nhost: h\r\n\r\n"),
    "value with LF": field("x-a", "1\nx-b: 2"),
    "value with NUL": field("x-a", "1\0"),
    "value behind a space": field("x-a", " 1"),
    "connection": field("connection", "close"),
    "keep-alive": field("keep-alive", "timeout=5"),
    "proxy-connection": field("proxy-connection", "keep-alive"),
    "transfer-encoding": field("transfer-encoding", "chunked"),
    "upgrade": field("upgrade", "websocket"),
    "te: gzip": field("te", "gzip"),
    "te: trailers, gzip": field("te", "trailers, gzip"),
    "no :method": fields(SCHEME, AUTHORITY, ECHO),
    "no :scheme": fields(GET, AUTHORITY, ECHO),
    "no :path": fields(GET, SCHEME, AUTHORITY),
    "neither :authority nor Host": fields(GET, SCHEME, ECHO),
    "two :method": fields(GET, GET, SCHEME, AUTHORITY, ECHO),
    "two :path": fields(GET, SCHEME, AUTHORITY, ECHO, (":path", "/b")),
    "two :authority": fields(GET, SCHEME, AUTHORITY, (":authority", "i"), ECHO),
    ":path behind a field": fields(GET, SCHEME, AUTHORITY, ("x-a", "1"), ECHO),
    ":status in a request": field(":status", "200"),
    "unknown pseudo-header field": field(":unknown", "1"),
    ":protocol unasked": field(":protocol", "websocket"),
    ":path empty": fields(GET, SCHEME, AUTHORITY, (":path", "")),
    ":path without a slash": fields(GET, SCHEME, AUTHORITY, (":path", "a")),
    ":path in absolute form": fields(GET, SCHEME, AUTHORITY, (":path", "http://other/a")),
    ":path with a request line": fields(
        GET, SCHEME, AUTHORITY, (":path", "/a HTTP/1.1\r\nhost: other\r\n\r\nGET /b")
    ),
    ":method with a request line": fields((":method", "GET /b HTTP/1.1\r\nx:"), SCHEME, AUTHORITY, ECHO),
    ":authority with CR LF": fields(GET, SCHEME, (":authority", "h\r\nx: y"), ECHO),
    ":authority with user information": fields(GET, SCHEME, (":authority", "u@h"), ECHO),
    ":scheme unknown": fields(GET, (":scheme", "ftp"), AUTHORITY, ECHO),
    ":authority and Host differ": field("host", "other"),
    "two Host": fields(GET, SCHEME, ECHO, ("host", "h"), ("host", "h")),
    "CONNECT": fields((":method", "CONNECT"), AUTHORITY),
    "CONNECT with :path": fields((":method", "CONNECT"), SCHEME, AUTHORITY, ECHO),
    "content-length of nothing": field("content-length", "5"),
    "content-length no number": field("content-length", "0x5"),
    "content-length with a sign": field("content-length", "+0"),
    "content-lengths that differ": fields(
        POST, SCHEME, AUTHORITY, ECHO, ("content-length", "0"), ("content-length", "5")
    ),
    "content too short": content("5", b"hell"),
    "content too long": content("5", b"hello", b"!"),
    "value of 20,000 bytes": field("x-a", "a" * 20_000),
    "fields in number": fields(
        GET, SCHEME, AUTHORITY, ECHO, *[(f"x-{number}", "") for number in range(200)]
    ),
    "header bomb": header_bomb,
    "DATA after END_STREAM": after_end(lambda _: DataFrame(1, b"more")),
    "HEADERS after END_STREAM": after_end(
        lambda client: HeadersFrame(1, client.block([("x", "y")]), flags=["END_HEADERS", "END_STREAM"])
    ),
    "DATA on an idle stream": then(DataFrame(7, b"x")),
    "trailers that do not end the stream": trailers([("x-a", "1")], False),
    "trailers with an upper-case name": trailers([("X-A", "1")], True),
    "a stream that is even": second(8),
    "a stream that is lower": second(3),
    "PUSH_PROMISE of a client": then(PushPromiseFrame(1, 2, b"", flags=["END_HEADERS"])),
    "a frame inside a head": broken_continuation,
    "CONTINUATION of nothing": then(ContinuationFrame(1, b"", flags=["END_HEADERS"])),
    "WINDOW_UPDATE of nothing": then(WindowUpdateFrame(1, 0)),
    "window of a stream overflows": then(WindowUpdateFrame(1, 2**31 - 1)),
    "window of the connection overflows": then(WindowUpdateFrame(0, 2**31 - 1)),
    "SETTINGS with a window of 2^31": then(SettingsFrame(0, {4: 2**31})),
    "SETTINGS with frames of a byte": then(SettingsFrame(0, {5: 1})),
    "a body beyond the windows": body_beyond_windows,
    "rapid reset": rapid_reset,
    "CONTINUATION flood": continuations,
    "SETTINGS flood": flood_of(SettingsFrame(0, {4: 65_535})),
    "PING flood": flood_of(PingFrame(0, b"are-you?")),
}


def is_served(port):
    client = Client(port)
    client.headers([GET, SCHEME, AUTHORITY, MOCK])
    return client.outcome() == "answer 202"


def main():
    port = int(sys.argv[1])
    for name, play in CASES.items():
        client = Client(port)
        play(client)
        outcome = client.outcome()
        client.socket.close()
        print(f"{name}: {outcome}{'' if is_served(port) else ', and others are not served'}", flush=True)


main()
