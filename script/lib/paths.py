"""Where things live in a checkout; GEO112_STATE moves everything that is not a copy of published packages."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
STATE = Path(os.environ.get("GEO112_STATE") or ROOT / ".geo112").absolute()
LOGS = STATE / "log"
TOOLS = ROOT / ".geo112" / "tools"
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
NODE_MODULES = ROOT / "node_modules"
REQUIREMENTS = ROOT / "requirements"
APPS = ("geo112", "incidents", "units", "maps")

Command = list[str | Path]
"""A program and its arguments."""
