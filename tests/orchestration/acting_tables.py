"""Small tables for systems that act, what is declared of them, and a reader of the outbox."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable

import duckdb

from ingest.from_contracts.schema import create_schemas_and_tables
from orchestration import warehouse
from orchestration.gate.outbox import outbox_checks
from orchestration.home import Home
from orchestration.outbox.declarations import Declarations, load
from orchestration.outbox.tell import tell
from orchestration.publishing import generations
from orchestration.publishing.publish import publish

DECLARED = """
attempts: 3
kept_days: 30
tables:
  risk:
    key: [customer_id]
    columns: [label, seen_at]
    noise: {score: 1, value: 0.5}
    along: [reasons]
    only: {}
    consent: none
  members:
    key: [customer_id, audience_id]
    columns: [entered_at]
    noise: {}
    along: []
    only: {is_member: [true]}
    consent: is_marketing_allowed
"""

DECLARATIONS = load(DECLARED)

TABLES = """
create or replace table crm.risk (customer_id varchar, as_of timestamp, label varchar,
    seen_at timestamp, score double, value decimal(18, 4), reasons varchar[], run_id varchar);
create or replace table crm.members (customer_id varchar, audience_id varchar, entered_at timestamp,
    exited_at timestamp, is_member boolean);
create or replace table crm.channel_preference (customer_id varchar, channel varchar,
    is_marketing_allowed boolean);
"""


def build() -> duckdb.DuckDBPyConnection:
    """Return a build database with the tables, empty."""
    con = duckdb.connect()
    create_schemas_and_tables(con)
    con.execute(TABLES)
    return con


def risk(con: duckdb.DuckDBPyConnection, rows: Iterable[tuple]) -> None:
    """Replace crm.risk: customer, label, score, value; as_of, run_id and reasons are new."""
    con.execute("delete from crm.risk")
    numbered = [(*row, str(n)) for n, row in enumerate(rows)]
    if numbered:
        values = ", ".join(["(?, ?, ?::double, ?::decimal(18, 4), ?)"] * len(numbered))
        con.execute(
            "insert into crm.risk select customer_id, now()::timestamp, label, "
            "'2026-01-05 06:07:08', score, value, ['because', reason], uuid()::varchar "
            f"from (values {values}) as given(customer_id, label, score, value, reason)",
            [one for row in numbered for one in row],
        )


def next_generation(
    con: duckdb.DuckDBPyConnection,
    home: Home,
    *,
    published: bool = True,
    declared: Declarations = DECLARATIONS,
) -> list[tuple[str, str, str]]:
    """Tell, ask the gate, note the generation; return table, op and key of what is new."""
    generation = generations.next_one(con, home)
    tell(con, home, declared)
    assert [check for check in outbox_checks(con, home, declared) if not check.passed] == []
    if published:
        con.execute(
            "insert into meta.generation (generation, built_at, checks_passed) "
            "values (?, now()::timestamp, true)",
            [generation],
        )
    return con.execute(
        "select table_name, op, list_aggregate(json_extract_string(key, '$.*'), 'string_agg', ' ') "
        "from crm.outbox where generation = ? order by outbox_id",
        [generation],
    ).fetchall()


def tell_and_publish(
    home: Home, open_gate: Callable[[str], None], *, is_open: bool = True, **labels: str
) -> int:
    """Build crm.risk with one label per customer, tell, and publish it as a generation."""
    run_id = f"run-{generations.on_disk(home)}"
    with warehouse.connect(home) as con:
        con.execute(TABLES)
        risk(con, [(customer, label, 1, 1) for customer, label in sorted(labels.items())])
        tell(con, home, DECLARATIONS)
        assert [one for one in outbox_checks(con, home, DECLARATIONS) if not one.passed] == []
        if not is_open:
            con.execute("delete from meta.check_results")
    if is_open:
        open_gate(run_id)
    return publish(home, run_id).generation


Applied = dict[str, dict[str, dict]]


def apply(rows: Iterable[tuple[int, str, str, str, str | None]], onto: Applied) -> Applied:
    """Do what a consumer does: position, table, op, key and payload in order onto tables."""
    last = 0
    for outbox_id, table, op, key, payload in rows:
        assert outbox_id > last
        last = outbox_id
        held = onto.setdefault(table, {})
        assert (key in held) == (op != "insert")
        if op == "delete":
            assert payload is None
            del held[key]
        else:
            assert payload is not None
            held[key] = json.loads(key) | json.loads(payload)
    return onto
