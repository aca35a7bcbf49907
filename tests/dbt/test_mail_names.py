"""People known from mail alone are called as they call themselves."""

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

CASES = [
    ("anna.berg@firm.example", "Anna Berg", "Anna Berg"),
    ("quoted@firm.example", "'Anna  Berg'", "Anna Berg"),
    ("turned@firm.example", "van Dyk, Jane", "Jane van Dyk"),
    ("suffix@firm.example", "Martin King, Jr.", "Martin King, Jr."),
    ("company@firm.example", "Acme, Inc.", "Acme, Inc."),
    ("service@calls.example", "Anna Berg via Calls", None),
    ("booking@calls.example", "Anna Berg via Calls", "Anna Berg"),
    ("unit@firm.example", "Berg, Anna (Sales) [External]", "Anna Berg"),
    ("umlaut@firm.example", "Jürgen Müller-Lüdenscheidt", "Jürgen Müller-Lüdenscheidt"),
    ("cyrillic@firm.example", "Анна Берг", "Анна Берг"),
    ("one@firm.example", "Anna", "Anna"),
    ("anna@firm.example", "Anna", None),
    ("a.berg@firm.example", "a.berg", None),
    ("number@firm.example", "+49 30 1234", None),
    ("link@firm.example", "https://firm.example", None),
    ("info@firm.example", "Anna Berg", None),
    ("info+berlin@firm.example", "Anna Berg", None),
    ("anna+berlin@firm.example", "Anna Berg", "Anna Berg"),
    ("desk@firm.example", "Support", None),
    ("empty@firm.example", "''", None),
]


def mail(number: int, address: str, name: str | None, **more: Any) -> dict[str, Any]:
    return {
        "interaction_id": f"m{number}", "conversation_ref": f"c{number}", "channel": "email",
        "direction": "inbound", "interaction_type": "message", "from_ref": f"email:{address}",
        "started_at": START + timedelta(hours=number), "source": "mailbox",
        "attributes": json.dumps({"from_name": name}),
    } | more  # fmt: skip


@pytest.fixture(scope="module")
def named(build_warehouse: Callable[..., Path]) -> Iterator[duckdb.DuckDBPyConnection]:
    mails = [mail(n, address, name) for n, (address, name, _) in enumerate(CASES)]
    customers = {f"c_{n}": [f"email:{address}"] for n, (address, *_) in enumerate(CASES)}

    def add(who: str, *letters: tuple[str, dict[str, Any]], held: tuple[str, ...] = ()) -> None:
        address = f"{who}@firm.example"
        customers[who] = [f"email:{address}", *held]
        first = len(mails)
        mails.extend(
            mail(first + n, address, name, **more) for n, (name, more) in enumerate(letters)
        )

    add("newest", *[("Anna Berg", {})] * 5, ("Anna Stein", {}), ("Anna B.", {"is_automated": True}))
    add("desk4", *((name, {}) for name in ("Ada One", "Bob Two", "Cid Three", "Dan Four")))
    add("list", ("Anna Berg", {"is_automated": True}))
    add("away", ("Anna Berg", {"interaction_type": "auto_reply"}))
    add("ours", ("Anna Berg", {"direction": "outbound"}))
    add("lead", ("Anna Berg", {}), held=("lead:t:1",))
    add("nameless", ("Anna Berg", {}), held=("contact:t:2",))
    rows = {
        "interaction": mails,
        "lead": [{"lead_id": "1", "last_name": "Stein", "status": "open", "created_at": START,
                  "recorded_at": START - timedelta(days=900)}],
        "contact": [{"contact_id": "2", "email": "nameless@firm.example", "recorded_at": START}],
    }  # fmt: skip
    path = build_warehouse(
        rows,
        customers,
        settings={"role_addresses": "|info|service|support|"},
        selection=["--select", "+dim_customers"],
    )
    with duckdb.connect(str(path), read_only=True) as con:
        yield con


def names(con: duckdb.DuckDBPyConnection) -> dict[str, str | None]:
    return dict(con.sql("select customer_id, name from marts.dim_customers").fetchall())


def test_a_name_is_cut_to_what_a_person_is_called(named: duckdb.DuckDBPyConnection) -> None:
    found = names(named)

    assert {address: found[f"c_{n}"] for n, (address, *_) in enumerate(CASES)} == {
        address: name for address, _, name in CASES
    }


def test_the_newest_letter_of_a_person_names_them(named: duckdb.DuckDBPyConnection) -> None:
    found = names(named)

    assert found["newest"] == "Anna Stein"
    # of a mailbox of several people, a list, a machine and us nobody is called so
    assert [found[who] for who in ("desk4", "list", "away", "ours")] == [None] * 4


def test_any_record_that_states_a_name_comes_first(named: duckdb.DuckDBPyConnection) -> None:
    assert (names(named)["lead"], names(named)["nameless"]) == ("Stein", "Anna Berg")
    assert named.sql(
        "select customer_id, record_type, source, survived_by "
        "from marts.customer_attribute_origins "
        "where attribute = 'name' and customer_id in ('lead', 'nameless') order by all"
    ).fetchall() == [
        ("lead", "lead", "test", "stated"),
        ("nameless", "interaction", "mailbox", "only_value"),
    ]
