"""Is a port free, and does a server answer?"""

import contextlib
import errno
import socket
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Callable

from script.lib.progress import Trouble


def check_port(host: str, port: int) -> None:
    """Raises Trouble when a server could not listen there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((host, port))
            trial.listen(1)
        except OSError as error:
            raise Trouble(_refusal(host, port, error)) from error


def _refusal(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"Port {port} is taken by another program: stop it, or choose another port: PORT={port + 1} script/server."
        )
    if error.errno == errno.EACCES:
        return f"Port {port} needs root: choose one above 1023, for example PORT=8112 script/server."
    return f"Cannot listen on {host} port {port}: {error.strerror or error}."


def own_addresses() -> list[str]:
    """This machine's names and addresses, as phones in the same network could call it."""
    name = socket.gethostname()
    found = {"localhost", "127.0.0.1", "::1", name}
    with contextlib.suppress(OSError):
        found |= {str(entry[4][0]).partition("%")[0] for entry in socket.getaddrinfo(name, None)}
    return sorted(found | {address for address in [outward_address()] if address})


def outward_address() -> str | None:
    """The address of the interface with the default route; nothing is sent (a datagram socket only connects)."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
            return str(probe.getsockname()[0])
        except OSError:
            return None


def wait_until_answers(url: str, *, seconds: float, check: Callable[[], None]) -> None:
    """Return when the address answers with 200; `check` is called in between and may raise. Raises Trouble."""
    own_certificate = ssl._create_unverified_context()
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        check()
        try:
            with urllib.request.urlopen(url, timeout=5, context=own_certificate) as answer:
                if answer.status == 200:
                    return
        except (OSError, urllib.error.URLError):
            time.sleep(0.05)
    raise Trouble(f"The web server did not answer within {seconds:.0f} s at {url}.")
