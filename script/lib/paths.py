"""Where things live in a checkout."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
STATE = ROOT / ".geo112"
LOGS = STATE / "log"
TOOLS = STATE / "tools"
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
NODE_MODULES = ROOT / "node_modules"
REQUIREMENTS = ROOT / "requirements"
APPS = ("geo112", "incidents", "units", "maps")

Command = list[str | Path]
"""A program and its arguments."""
