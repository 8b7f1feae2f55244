"""Many phones: keep-alive connections that each post one fix, wait for the answer, and post the next.

A process of its own, so that its work is not the door's. Reads its orders as JSON from stdin:
{"port", "tokens", "connections", "warm_up_s", "seconds"}, and prints {"fixes", "seconds", "p50_ms", "p99_ms", "other"}.
A fix counts when the answer says that it was stored; every other answer is counted in `other`.
"""

import json
import selectors
import socket
import sys
import time
from dataclasses import dataclass
from itertools import cycle, islice

STORED = b'{"stored":1,'
HEAD = b"POST /gps/fixes HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nAuthorization: Bearer "


@dataclass(slots=True)
class Phone:
    """One connection and the fix that it waits for."""

    socket: socket.socket
    head: bytes
    number: int
    sent_at: float = 0.0

    def post(self) -> None:
        """Send the next fix, as small as phones send them."""
        body = b'{"recorded_at":%.6f,"lat":%.6f,"lon":%.6f,"speed_mps":8.3,"heading_deg":41.5,"accuracy_m":6.2}' % (
            time.time(),
            -3.79 - self.number * 1e-5,
            102.26 + self.number * 1e-5,
        )
        self.sent_at = time.perf_counter()
        self.socket.send(self.head + b"%d\r\n\r\n" % len(body) + body)


def connect(port: int, tokens: list[str], connections: int) -> list[Phone]:
    """Connections, one after the other over the tokens."""
    phones = []
    for number, token in enumerate(islice(cycle(tokens), connections)):
        connection = socket.create_connection(("127.0.0.1", port))
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        head = HEAD + token.encode() + b"\r\nContent-Length: "
        phones.append(Phone(connection, head, number))
    return phones


def drive(phones: list[Phone], *, warm_up_s: float, seconds: float) -> tuple[list[float], int, float]:
    """Latencies of stored fixes in seconds, how many answers said something else, and the time it took."""
    selector = selectors.EpollSelector()
    for phone in phones:
        selector.register(phone.socket, selectors.EVENT_READ, phone)
        phone.post()
    latencies: list[float] = []
    other = 0
    begin = time.perf_counter() + warm_up_s
    end = begin + seconds
    while (now := time.perf_counter()) < end:
        for key, _events in selector.select(1.0):
            phone = key.data
            answer = phone.socket.recv(4096)
            now = time.perf_counter()
            if not answer:
                raise ConnectionError("the door closed a connection")
            if now >= begin:
                if STORED in answer:
                    latencies.append(now - phone.sent_at)
                else:
                    other += 1
            phone.post()
    return latencies, other, now - begin


def main() -> None:
    orders = json.load(sys.stdin)
    phones = connect(orders["port"], orders["tokens"], orders["connections"])
    latencies, other, seconds = drive(phones, warm_up_s=orders["warm_up_s"], seconds=orders["seconds"])
    latencies.sort()
    report = {
        "fixes": len(latencies),
        "seconds": seconds,
        "p50_ms": 1000 * latencies[len(latencies) // 2],
        "p99_ms": 1000 * latencies[int(len(latencies) * 0.99)],
        "other": other,
    }
    json.dump(report, sys.stdout)


if __name__ == "__main__":
    main()
