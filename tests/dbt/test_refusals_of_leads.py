"""Who wants no mail or calls: leads while they are leads, contacts until they say otherwise."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

pytestmark = pytest.mark.pipeline

START = datetime.fromisoformat("2026-01-05 09:00:00")
WON = START + timedelta(days=10)


def lead(number: str, day: int = 0, **more: Any) -> dict[str, Any]:
    return {"lead_id": number, "last_name": f"Berg {number}", "status": "open",
            "created_at": START, "recorded_at": START + timedelta(days=day), **more}  # fmt: skip


def told(
    build_warehouse: Callable[..., Path],
    rows: dict[str, list[dict[str, Any]]],
    customers: dict[str, list[str]],
) -> tuple[dict[str, Any], dict[str, list[Any]], list[Any]]:
    """Return by customer the flags and the spans of refusals; and what sales may not use."""
    path = build_warehouse(
        rows, customers, selection=["--select", "+dim_customers", "+int_permissions__current"]
    )
    with duckdb.connect(str(path), read_only=True) as con:
        flags = con.execute(
            "select customer_id, has_opted_out_of_email, do_not_call from marts.dim_customers"
        ).fetchall()
        spans = con.execute(
            "select customer_id, list((valid_from, valid_to)) "
            "from intermediate.int_opt_outs__spans group by customer_id"
        ).fetchall()
        refused = con.execute(
            "select customer_id, channel from intermediate.int_permissions__current "
            "where purpose = 'sales' and reason = 'opted_out' order by all"
        ).fetchall()
    return {who: (mail, call) for who, mail, call in flags}, dict(spans), refused


def test_a_leads_refusal_is_the_customers_until_the_contact_speaks(
    build_warehouse: Callable[..., Path],
) -> None:
    converted = {"converted_at": WON, "converted_contact_ref": "t:1"}
    rows = {
        "lead": [
            lead("wary", has_opted_out_of_email=True, do_not_call=True),
            lead("open", has_opted_out_of_email=False),
            lead("calmed", has_opted_out_of_email=True),
            lead("calmed", 3, has_opted_out_of_email=False),
            lead("won", has_opted_out_of_email=True),
            lead("won", 10, has_opted_out_of_email=True, **converted),
            lead("lost", 10, do_not_call=True, **converted | {"converted_contact_ref": "t:2"}),
            lead("gone", do_not_call=True),
            lead("gone", 5, do_not_call=True, is_deleted=True),
        ],
        "contact": [
            {"contact_id": "1", "last_name": "Berg won", "recorded_at": WON,
             "has_opted_out_of_email": False},
        ],
    }  # fmt: skip
    customers = {
        **{one: [f"lead:t:{one}"] for one in ("wary", "open", "calmed", "lost", "gone")},
        "won": ["lead:t:won", "contact:t:1"],
    }

    flags, spans, refused = told(build_warehouse, rows, customers)

    assert flags == {
        "wary": (True, True), "open": (False, False), "calmed": (False, False),
        "won": (False, False),
        # the contact that it became is not here, so nobody else can tell
        "lost": (False, True),
        # a record that was deleted said no all the same
        "gone": (None, True),
    }  # fmt: skip
    assert spans["won"] == [(START, WON)]
    assert refused == [("gone", "phone"), ("lost", "phone"), ("wary", "email"), ("wary", "phone")]


def test_a_version_that_says_nothing_ends_no_refusal(build_warehouse: Callable[..., Path]) -> None:
    def contact(number: str, day: int, **more: Any) -> dict[str, Any]:
        at = START + timedelta(days=day)
        return {"contact_id": number, "last_name": "Berg", "recorded_at": at, **more}

    no, yes = {"has_opted_out_of_email": True, "do_not_call": True}, {
        "has_opted_out_of_email": False, "do_not_call": False,
    }  # fmt: skip
    rows = {
        "contact": [
            contact("told", 0, **no), contact("told", 5), contact("told", 9),
            contact("calmed", 0, **no), contact("calmed", 5), contact("calmed", 9, **yes),
            contact("silent", 0), contact("silent", 5),
        ],
        "lead": [
            lead("told", 0, **no), lead("told", 5),
            lead("won", 0, **no),
            lead("won", 5, **no, converted_at=START, converted_contact_ref="t:mute"),
        ],
    }  # fmt: skip
    rows["contact"].append(contact("mute", 5, has_opted_out_of_email=False))
    customers = {one: [f"contact:t:{one}"] for one in ("told", "calmed", "silent")}
    customers["won"] = ["lead:t:won", "contact:t:mute"]
    customers["lead"] = ["lead:t:told"]

    flags, spans, refused = told(build_warehouse, rows, customers)

    assert flags == {
        "told": (True, True), "calmed": (False, False), "silent": (False, False),
        "lead": (True, True),
        # the contact says nothing of calls
        "won": (False, True),
    }  # fmt: skip
    assert refused == [
        ("lead", "email"), ("lead", "phone"), ("told", "email"), ("told", "phone"),
        ("won", "phone"),
    ]  # fmt: skip
    assert max(until for _, until in spans["calmed"]) == START + timedelta(days=9)
