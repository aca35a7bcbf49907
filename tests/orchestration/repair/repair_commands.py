"""``crm identity`` on a home, and what it has written there."""

from __future__ import annotations

import duckdb
from test_identity import LATER
from typer.testing import CliRunner, Result

from orchestration import warehouse
from orchestration.cli.app import app
from orchestration.home import Home
from orchestration.identity import decisions
from orchestration.identity.resolve import resolve_identities

KEY = bytes(range(32))


SOURCES = """\
sources:
  orders:
    format: csv
    entity: order
    path: shop/*.csv
    columns: {order_id: Id, placed_at: At}
"""


PHONE = "+49301112223"


def run(home: Home, number: int = 1) -> None:
    rows = decisions.table(decisions.read_decisions(home))
    with warehouse.connect(home) as con:
        at = LATER.replace(day=number + 1)
        resolve_identities(con, key=KEY, run_id=f"run {number}", decisions=rows, at=at)


def crm(home: Home, *arguments: str) -> Result:
    return CliRunner().invoke(app, ["identity", *arguments, "--home", str(home.folder)])


def query(home: Home, sql: str, *values: object) -> list[tuple]:
    with duckdb.connect(str(home.warehouse), read_only=True) as con:
        return con.execute(sql, list(values)).fetchall()


def customer(home: Home, identifier: str) -> str | None:
    rows = query(
        home,
        "select customer_id from identity.identifier_map where identifier = ? and is_current",
        identifier,
    )
    return rows[0][0] if rows else None


def everything(home: Home) -> list[object]:
    tables = ("customers", "identifier_map", "edges", "events", "review_queue", "decisions")
    file = decisions.decisions_file(home)
    # opened once for all of them: reading the catalog takes 0.1 CPU seconds
    with duckdb.connect(str(home.warehouse), read_only=True) as con:
        return [
            file.read_bytes() if file.exists() else None,
            *(con.execute(f"from identity.{table} order by all").fetchall() for table in tables),
        ]


def refused(home: Home, *arguments: str) -> str:
    before = everything(home)
    result = crm(home, *arguments, "--reason", "r")
    assert result.exit_code == 2, result.output
    assert everything(home) == before
    return result.stderr
