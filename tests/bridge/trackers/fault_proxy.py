"""A proxy that loses answers. It knows HTTP and nothing of Jira, but for which request to hurt."""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

CREATE_PATH = "/issue"
SEARCH_PATH = "/search"


class FaultProxy(ThreadingHTTPServer):
    """Forwards to `upstream`. `faults` are taken in turn, one per creation.

    `cut`: forward, then drop the connection. `lost`: drop it without forwarding. `502`: forward,
    then answer 502. `503`: forward, then answer 503 with Retry-After. `429`: refuse without
    forwarding. `ok`: nothing. Until `blind_until` (monotonic) searches find nothing.
    """

    daemon_threads = True

    def __init__(self, upstream: str) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.upstream = urlsplit(upstream)
        self.faults: list[str] = []
        self.blind_until = 0.0

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    """One request."""

    server: FaultProxy

    def log_message(self, *args: object) -> None:
        """Silent."""

    def do_GET(self) -> None:
        """Served as any other."""
        self.serve()

    def do_POST(self) -> None:
        """Served as any other."""
        self.serve()

    def serve(self) -> None:
        """Forwards, or hurts."""
        path = urlsplit(self.path).path
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if path.endswith(SEARCH_PATH) and time.monotonic() < self.server.blind_until:
            self.answer(200, json.dumps({"issues": [], "total": 0}).encode())
            return
        creates = self.command == "POST" and path.endswith(CREATE_PATH)
        self.hurt(self.server.faults.pop(0) if creates and self.server.faults else "ok", body)

    def hurt(self, fault: str, body: bytes) -> None:
        """Does one fault."""
        if fault == "429":
            self.answer(429, b"{}", {"Retry-After": "1"})
            return
        if fault == "lost":
            self.drop()
            return
        status, answer = self.forward(body)
        if fault == "cut":
            self.drop()
        elif fault == "502":
            self.answer(502, b"bad gateway")
        elif fault == "503":
            self.answer(503, b"{}", {"Retry-After": "1"})
        else:
            self.answer(status, answer)

    def forward(self, body: bytes) -> tuple[int, bytes]:
        """What the real one answers."""
        connection = http.client.HTTPConnection(self.server.upstream.netloc, timeout=20)
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        connection.request(self.command, self.path, body or None, headers)
        found = connection.getresponse()
        status, answer = found.status, found.read()
        connection.close()
        return status, answer

    def answer(self, status: int, body: bytes, extra: dict[str, str] | None = None) -> None:
        """Sends a whole answer."""
        self.send_response(status)
        headers = {"Content-Type": "application/json", "Content-Length": str(len(body))}
        for name, value in {**headers, **(extra or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def drop(self) -> None:
        """Ends the connection without an answer."""
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)


@contextlib.contextmanager
def running(upstream: str) -> Iterator[FaultProxy]:
    """The proxy, while the block runs."""
    proxy = FaultProxy(upstream)
    thread = threading.Thread(target=proxy.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        proxy.shutdown()
        proxy.server_close()
        thread.join(5)
