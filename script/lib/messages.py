"""Translations: `.po` files are the source, `.mo` files are compiled here and never committed."""

import sys
from pathlib import Path

from script.lib.paths import APPS, PYTHON, ROOT
from script.lib.progress import Progress, command_line

COMPILE = """
import sys
from pathlib import Path
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
untranslated = 0
for name in sys.argv[1:]:
    source = Path(name)
    with source.open("rb") as file:
        catalog = read_po(file, locale=source.parts[-3], abort_invalid=True)
    for message in catalog:
        if message.id and (not message.string or message.fuzzy):
            untranslated += 1
            print(f"{source}:{message.lineno}: not translated: {message.id!r}")
    draft = source.with_suffix(".mo.new")
    with draft.open("wb") as file:
        write_mo(file, catalog)
    draft.replace(source.with_suffix(".mo"))
print(f"{len(sys.argv) - 1} catalogues compiled, {untranslated} messages not translated")
"""


def sources(root: Path = ROOT) -> list[Path]:
    """All catalogues of the project."""
    return sorted(file for app in APPS for file in (root / app).rglob("locale/*/LC_MESSAGES/*.po"))


def is_stale(source: Path) -> bool:
    """Whether the compiled catalogue is missing or older than its source."""
    compiled = source.with_suffix(".mo")
    return not compiled.exists() or compiled.stat().st_mtime_ns < source.stat().st_mtime_ns


def compile_all(progress: Progress, *, again: bool = False) -> str:
    """Compile the catalogues that need it; returns what there is to say about them. Raises Trouble."""
    stale = [source for source in sources() if again or is_stale(source)]
    if not stale:
        return ""
    return progress.run([PYTHON, "-c", COMPILE, *stale], failed="Translations could not be compiled")


def main(arguments: list[str]) -> int:
    """script/messages: exit 1 when a message lacks its translation, unless called with --lenient."""
    progress = Progress("messages", 1)
    with progress.step("Translations"):
        said = compile_all(progress, again=True)
    sys.stdout.write(said)
    if "--lenient" in arguments:
        return 0
    return 0 if said.rstrip().endswith(" 0 messages not translated") or not said else 1


if __name__ == "__main__":
    command_line("messages", main)
