"""What ``crm status`` says of who is who."""

from __future__ import annotations

import duckdb
from rich.console import Console
from rich.table import Table
from rich.text import Text

_SHOWN = 3


def report_identity(con: duckdb.DuckDBPyConnection, console: Console) -> None:
    """Print the last rows of ``meta.identity_quality``; nothing where there are none."""
    known = con.execute(
        "select 1 from information_schema.tables where table_schema = 'meta' "
        "and table_name = 'identity_quality' and table_catalog = current_database()"
    ).fetchone()
    if known is None:
        return
    rows = con.execute(
        "select run_id, customers, identifiers, merged_count, split_count, "
        "largest_identifier_counts[1], attributed_share, estimated_precision, precision_low, "
        "precision_high, estimated_recall, questions_open, labels_message "
        "from meta.identity_quality order by measured_at desc limit ?",
        [_SHOWN],
    ).fetchall()
    if not rows:
        return
    table = Table(
        "identities", "customers", "identifiers", "merged", "split", "largest", "attributed",
        "precision", "recall", "questions",
    )  # fmt: skip
    for row in rows:
        run_id, customers, identifiers, merged, split, largest, share, *estimates, asked, _ = row
        precision, low, high, recall = estimates
        table.add_row(
            run_id[:8], f"{customers:,}", f"{identifiers:,}", f"{merged:,}", f"{split:,}",
            f"{largest or 0:,}", _percent(share),
            "" if precision is None else f"{precision:.3f} ({low:.3f} to {high:.3f})",
            "" if recall is None else f"{recall:.3f}",
            f"{asked:,}",
        )  # fmt: skip
    console.print(table)
    if rows[0][-1]:
        console.print(Text(f"no estimate: {rows[0][-1]}", style="yellow"), soft_wrap=True)


def _percent(share: float | None) -> str:
    return "" if share is None else f"{100 * share:.1f} %"
