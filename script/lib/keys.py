"""Secrets of this checkout, made once and readable by its owner only."""

import os
import secrets
from pathlib import Path

from script.lib.paths import STATE

FILE = STATE / "secrets"
NAMES = ("SECRET_KEY", "OWNER_PASSWORD", "APP_PASSWORD")


def load(file: Path = FILE) -> dict[str, str]:
    """The secrets by name; those that are missing are made and kept. The file is 0600."""
    known = _read(file)
    missing = [name for name in NAMES if name not in known]
    if missing:
        known |= {name: secrets.token_urlsafe(36) for name in missing}
        save(known, file)
    return known


def save(values: dict[str, str], file: Path = FILE) -> None:
    """Write the secrets at once or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(file.name + ".new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        out.writelines(f"{name}={value}\n" for name, value in sorted(values.items()))
        out.flush()
        os.fsync(out.fileno())
    draft.replace(file)


def _read(file: Path) -> dict[str, str]:
    if not file.exists():
        return {}
    pairs = (line.partition("=") for line in file.read_text().splitlines() if "=" in line)
    return {name: value for name, _, value in pairs}


def settings() -> dict[str, str]:
    """What Django needs to know: the environment's SECRET_KEY, else the kept one."""
    return {"SECRET_KEY": os.environ.get("SECRET_KEY") or load()["SECRET_KEY"]}
