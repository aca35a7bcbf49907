"""What ``crm sources check`` found of one source, on the terminal."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ingest.loading.check import SourceCheck

SHOWN_COLUMNS = 8


def report(check: SourceCheck, console: Console) -> None:
    """Print one source: files, rows, what is wrong, and the first rows as they would be loaded."""
    read = "" if check.is_complete else f", the newest {check.files_read:,} read"
    rows = ", ".join(f"{entity} {count:,}" for entity, count in check.rows.items()) or "none"
    console.print(f"[bold]{check.source.name}[/] ({check.source.format}, {check.source.path})")
    console.print(f"  files {len(check.files):,}{read}; rows: {rows}", highlight=False)
    if check.left_out:
        console.print(f"  left out by where: {check.left_out:,}", highlight=False)
    if check.unmapped:
        console.print(f"  to attributes: {', '.join(check.unmapped)}", highlight=False)
    if check.rejected.height:
        counts = check.rejected.group_by("reason_code").len().sort("reason_code")
        reasons = ", ".join(f"{code} {n:,}" for code, n in counts.iter_rows())
        console.print(f"  [yellow]would be quarantined[/]: {reasons}", highlight=False)
        first = check.rejected.row(0, named=True)
        console.print(Text(f"    e.g. position {first['position']}: {first['reason']}"))
    for problem in check.problems:
        console.print(Text(f"  {problem}", style="red"))
    for entity, frame in check.preview.items():
        filled = [name for name in frame.columns if frame[name].null_count() < frame.height]
        table = Table(title=f"raw.{entity}", title_justify="left", title_style="dim")
        for name in filled[:SHOWN_COLUMNS]:
            table.add_column(name, overflow="ellipsis", no_wrap=True, max_width=24)
        for row in frame.select(filled[:SHOWN_COLUMNS]).iter_rows():
            table.add_row(*(Text("" if value is None else str(value)) for value in row))
        if frame.height:
            console.print(table)
