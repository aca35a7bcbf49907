"""Leads who want no mail or calls: kept to while they are leads, then the contact's word counts."""

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

    path = build_warehouse(
        rows, customers, selection=["--select", "+dim_customers", "+int_permissions__current"]
    )

    with duckdb.connect(str(path), read_only=True) as con:
        said = con.execute(
            "select customer_id, has_opted_out_of_email, do_not_call from marts.dim_customers"
        ).fetchall()
        spans = con.execute(
            "select valid_from, valid_to from intermediate.int_opt_outs__spans "
            "where customer_id = 'won'"
        ).fetchall()
        refused = con.execute(
            "select customer_id, channel from intermediate.int_permissions__current "
            "where purpose = 'sales' and reason = 'opted_out' order by all"
        ).fetchall()
    assert {who: (mail, call) for who, mail, call in said} == {
        "wary": (True, True), "open": (False, False), "calmed": (False, False),
        "won": (False, False),
        # the contact that it became is not here, so nobody else can tell
        "lost": (False, True),
        # a record that was deleted said no all the same
        "gone": (None, True),
    }  # fmt: skip
    assert spans == [(START, WON)]
    assert refused == [("gone", "phone"), ("lost", "phone"), ("wary", "email"), ("wary", "phone")]
