"""A small HTTP client on the standard library, with one connection and a pace that all clients share."""

import http.client
import json
import ssl
import threading
import time
from typing import Any
from urllib.parse import urlsplit

TIMEOUT_S = 15.0
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class Offline(Exception):
    """The server did not answer."""


class Refused(Exception):
    """The server answered no."""

    def __init__(self, status: int, body: Any) -> None:
        super().__init__(f"{status}: {str(body)[:200]}")
        self.status = status


class Pace:
    """At most so many requests a second, over all threads."""

    def __init__(self, per_second: float) -> None:
        self._gap_s = 1.0 / per_second
        self._next_s = 0.0
        self._lock = threading.Lock()

    def wait(self) -> None:
        """Sleep until it is this request's turn."""
        with self._lock:
            now = time.monotonic()
            turn = max(self._next_s, now)
            self._next_s = turn + self._gap_s
        time.sleep(max(turn - now, 0.0))


class Client:
    """Speaks JSON to one server with fixed headers. Not for two threads at once."""

    def __init__(self, url: str, headers: dict[str, str], pace: Pace) -> None:
        self._parts = urlsplit(url)
        self._headers = {"Accept": "application/json", "Content-Type": "application/json", **headers}
        self._pace = pace
        self._connection: http.client.HTTPConnection | None = None

    def get(self, path: str) -> Any:
        """The decoded answer. Raises Offline, Refused."""
        return self._request("GET", path, None)

    def post(self, path: str, body: Any = None) -> Any:
        """The decoded answer. Raises Offline, Refused."""
        return self._request("POST", path, body or {})

    def patch(self, path: str, body: Any) -> Any:
        """The decoded answer. Raises Offline, Refused."""
        return self._request("PATCH", path, body)

    def _request(self, method: str, path: str, body: Any) -> Any:
        self._pace.wait()
        payload = None if body is None else json.dumps(body)
        try:
            status, answer = self._exchange(method, path, payload)
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise Offline(str(error)) from error
        if status >= 500:
            raise Offline(f"status {status}")
        decoded = json.loads(answer) if answer else None
        if status >= 400:
            raise Refused(status, decoded)
        return decoded

    def _exchange(self, method: str, path: str, payload: str | None) -> tuple[int, bytes]:
        """One try, and a second on a fresh connection when the server had closed an idle one."""
        for fresh in (self._connection is None, True):
            connection = self._open()
            try:
                connection.request(method, path, body=payload, headers=self._headers)
                response = connection.getresponse()
                return response.status, response.read()
            except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
                self.close()
                if fresh:
                    raise
        raise http.client.HTTPException("no answer")

    def _open(self) -> http.client.HTTPConnection:
        if self._connection is None:
            host, port = self._parts.hostname or "127.0.0.1", self._parts.port
            if self._parts.scheme == "https":
                context = _trusting() if host in LOOPBACK else ssl.create_default_context()
                self._connection = http.client.HTTPSConnection(host, port, timeout=TIMEOUT_S, context=context)
            else:
                self._connection = http.client.HTTPConnection(host, port, timeout=TIMEOUT_S)
        return self._connection

    def close(self) -> None:
        """Drop the connection; the next request opens another."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _trusting() -> ssl.SSLContext:
    """For this machine's own address only, where the certificate may be self-made."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
