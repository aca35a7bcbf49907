"""A query's result as a table for the eye."""

from __future__ import annotations

from typing import Any

import duckdb
from rich.console import Console
from rich.table import Table
from rich.text import Text

from serve.formats import column_names, plain

NUMBERS = ("INT", "DECIMAL", "DOUBLE", "FLOAT", "HUGEINT")


def shown(value: Any) -> Text:
    """Return a value as text: null dim, numbers with their digits, nothing read as markup."""
    if value is None:
        return Text("null", style="dim")
    if isinstance(value, float):
        return Text(f"{value:.6g}")
    return Text(str(plain(value)))


def write_table(result: duckdb.DuckDBPyConnection, console: Console, limit: int) -> int:
    """Print up to ``limit`` rows and return how many; says so if there are more."""
    table = Table(header_style="bold")
    for name, (_, kind, *_) in zip(column_names(result), result.description or [], strict=True):
        numeric = any(number in str(kind).upper() for number in NUMBERS)
        table.add_column(Text(name), justify="right" if numeric else "left", overflow="fold")
    rows = result.fetchmany(limit + 1)
    for row in rows[:limit]:
        table.add_row(*(shown(value) for value in row))
    console.print(table)
    if len(rows) > limit:
        console.print(
            f"first {limit} rows; --limit shows more, --format csv gives all", style="dim"
        )
    return min(len(rows), limit)
