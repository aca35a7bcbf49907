"""A contact whose data its source has erased: no published table shows name, address or number."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

pytestmark = pytest.mark.pipeline

START = datetime.fromisoformat("2026-01-05 09:00:00")
WHO = ("erased", "deleted", "elsewhere")


def contact(who: str, number: int) -> dict[str, Any]:
    return {
        "contact_id": who, "first_name": "Zoe", "last_name": who.title(),
        "email": f"{who}@firm.example", "phone": f"+4930223{number}1",
        "mobile": f"+4930223{number}2", "created_at": START, "recorded_at": START,
    }  # fmt: skip


def gone(who: str, **more: Any) -> dict[str, Any]:
    """Return the version after it, of which nothing is known but that it is gone."""
    return {"contact_id": who, "recorded_at": START + timedelta(days=9), "is_deleted": True} | more


@pytest.fixture(scope="module")
def built(build_warehouse: Callable[..., Path]) -> Iterator[duckdb.DuckDBPyConnection]:
    erasure = {"attributes": json.dumps({"is_privacy_deletion": True})}
    rows: dict[str, list[dict[str, Any]]] = {
        "contact": [
            *(contact(who, number) for number, who in enumerate(WHO)),
            gone("erased", **erasure),
            gone("deleted"),
            # told once more, as a deletion like any other
            gone("erased", recorded_at=START + timedelta(days=10)),
            gone("elsewhere", **erasure),
        ],
        # another system's record of a person is not erased with the first one's
        "lead": [
            {"lead_id": "1", "last_name": "Elsewhere", "email": "elsewhere@firm.example",
             "status": "open", "created_at": START, "recorded_at": START},
        ],
        "identifier": [
            {"person_ref": f"contact:t:{who}", "id_type": "email", "id_value": value}
            for who in WHO
            for value in (f"{who}@home.example", f"email:{who}@old.example")
        ],
        "interaction": [
            {"interaction_id": who, "conversation_ref": who, "channel": "email",
             "direction": "inbound", "interaction_type": "message", "subject": "An order",
             "from_ref": f"email:{who}@firm.example", "started_at": START,
             "attributes": json.dumps({"from_name": f"Zoe {who.title()}"})}
            for who in WHO
        ],
        "consent": [
            {"consent_id": who, "person_ref": f"email:{who}@firm.example", "status": "granted",
             "purpose": "marketing", "channel": "email", "captured_at": START}
            for who in WHO
        ],
    }  # fmt: skip
    customers = {
        f"c_{who}": [
            f"contact:t:{who}", f"phone:+4930223{number}1", f"phone:+4930223{number}2",
            *(f"email:{who}@{host}.example" for host in ("firm", "home", "old")),
        ]
        for number, who in enumerate(WHO)
    }  # fmt: skip
    customers["c_elsewhere"].append("lead:t:1")
    path = build_warehouse(rows, customers)
    with duckdb.connect(str(path), read_only=True) as con:
        yield con


def published(con: duckdb.DuckDBPyConnection, pattern: str) -> set[tuple[str, str]]:
    """Return tables and columns of all that is published with a value that matches."""
    columns = con.execute(
        "select schema_name, table_name, column_name from duckdb_columns() "
        "where schema_name in ('marts', 'crm') and data_type not like 'TIMESTAMP%'"
    ).fetchall()
    return {
        (table, column)
        for schema, table, column in columns
        if con.execute(
            f'select count(*) from {schema}.{table} '
            f'where regexp_matches(lower("{column}"::varchar), ?)',
            [pattern],
        ).fetchone() != (0,)
    }  # fmt: skip


def test_no_published_table_shows_who_had_their_data_erased(
    built: duckdb.DuckDBPyConnection,
) -> None:
    shown = published(built, r"erased@|zoe erased|\+49302230")
    assert shown == set()
    # the customer stays, with what was written and bought
    assert built.sql(
        "select name, email, phone, is_deleted from marts.dim_customers "
        "where customer_id = 'c_erased'"
    ).fetchall() == [(None, None, None, True)]
    assert built.sql(
        "select count(*) from marts.fct_interactions where customer_id = 'c_erased'"
    ).fetchone() == (1,)


def test_a_deletion_alone_erases_nothing(built: duckdb.DuckDBPyConnection) -> None:
    assert published(built, r"deleted@firm") >= {
        ("dim_customers", "email"), ("customer_attribute_origins", "surviving_value"),
        ("bridge_list_member", "member_ref"),
    }  # fmt: skip


def test_a_record_of_another_system_still_states_the_address(
    built: duckdb.DuckDBPyConnection,
) -> None:
    assert built.sql(
        "select email, phone, name from marts.dim_customers where customer_id = 'c_elsewhere'"
    ).fetchall() == [("elsewhere@firm.example", None, "Elsewhere")]
