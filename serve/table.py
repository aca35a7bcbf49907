"""A query's result as a table for the eye."""

from __future__ import annotations

from typing import Any

import duckdb
from rich.console import Console
from rich.table import Table
from rich.text import Text

from serve.formats import column_names, plain

NUMBERS = ("INT", "DECIMAL", "DOUBLE", "FLOAT", "HUGEINT")

WIDEST_UNFOLDED = 24
"""Letters of a column above which its texts may go on in the next line: an id has 18."""

WIDEST_HEAD = 9
"""Letters of a column's name above which the name may."""


def shown(value: Any) -> Text:
    """Return a value as text: null dim, numbers with their digits, nothing read as markup."""
    if value is None:
        return Text("null", style="dim")
    if isinstance(value, float):
        return Text(f"{value:.6g}")
    return Text(str(plain(value)))


def write_table(result: duckdb.DuckDBPyConnection, console: Console, limit: int) -> int:
    """Print up to ``limit`` rows and return how many; says so if there are more.

    Where the columns do not fit beside each other each row is shown by itself, a column a line.
    """
    names = column_names(result)
    kinds = [str(kind).upper() for _, kind, *_ in result.description or []]
    rows = result.fetchmany(limit + 1)
    cells = [[shown(value) for value in row] for row in rows[:limit]]
    if cells and _width(names, cells) > console.width:
        _print_records(names, cells, console)
    else:
        table = Table(header_style="bold")
        for name, kind in zip(names, kinds, strict=True):
            is_number = any(number in kind for number in NUMBERS)
            table.add_column(Text(name), justify="right" if is_number else "left", overflow="fold")
        for row in cells:
            table.add_row(*row)
        console.print(table)
    if len(rows) > limit:
        console.print(
            f"first {limit} rows; --limit shows more, --format csv gives all", style="dim"
        )
    return len(cells)


def _width(names: list[str], cells: list[list[Text]]) -> int:
    """Return how many letters wide a table has to be to be read, its lines included."""
    widths = [
        min(WIDEST_UNFOLDED, max(min(len(name), WIDEST_HEAD), *(row[n].cell_len for row in cells)))
        for n, name in enumerate(names)
    ]
    return sum(widths) + 3 * len(widths) + 1


def _print_records(names: list[str], cells: list[list[Text]], console: Console) -> None:
    for number, row in enumerate(cells, start=1):
        console.rule(f"row {number}", align="left", style="dim")
        record = Table.grid(padding=(0, 2))
        record.add_column(no_wrap=True, style="bold")
        record.add_column(overflow="fold")
        for name, value in zip(names, row, strict=True):
            record.add_row(Text(name), value)
        console.print(record)
