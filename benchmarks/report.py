"""What every benchmark prints: a table for people and, as its last line, one JSON object for machines."""

import json
from collections.abc import Mapping, Sequence

Cell = str | float | None


def table(head: Sequence[str], rows: Sequence[Sequence[Cell]]) -> str:
    """Columns in line: text to the left, numbers to the right, a dash for what was not measured."""
    texts = [list(head), *([_text(cell) for cell in row] for row in rows)]
    widths = [max(len(row[column]) for row in texts) for column in range(len(head))]
    is_number = [any(isinstance(row[column], int | float) for row in rows) for column in range(len(head))]
    lines = []
    for row in texts:
        cells = [
            text.rjust(width) if number else text.ljust(width)
            for text, width, number in zip(row, widths, is_number, strict=True)
        ]
        lines.append("  ".join(cells).rstrip())
    lines.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join(lines)


def _text(cell: Cell) -> str:
    if cell is None:
        return "–"
    if isinstance(cell, str):
        return cell
    if cell == int(cell) and abs(cell) < 1e6:
        return str(int(cell))
    return f"{cell:,.0f}" if abs(cell) >= 100 else f"{cell:.3g}"


def json_line(
    benchmark: str, *, figures: Mapping[str, float | None], ratios: Mapping[str, float | None], holds: bool | None
) -> str:
    """The closing line. figures carry their units in their names; ratios say by peer how many times better we are
    (None: it was absent); holds says whether the budget was kept (None: it could not be judged)."""
    return json.dumps(
        {"benchmark": benchmark, "figures": _rounded(figures), "ratios": _rounded(ratios), "holds": holds}
    )


def _rounded(values: Mapping[str, float | None]) -> dict[str, float | None]:
    return {name: None if value is None else float(f"{value:.4g}") for name, value in values.items()}
