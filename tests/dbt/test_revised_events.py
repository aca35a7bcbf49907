"""What a source changes and changes back is what it says last, known since it says so."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

pytestmark = pytest.mark.pipeline

CAPTURED = datetime.fromisoformat("2026-01-01")


def told(who: str, days: str, **more: Any) -> list[dict[str, Any]]:
    """Return the versions of a consent: of each day granted, withdrawn, or deleted.

    ``g1 w3 g6`` was granted on the first, withdrawn on the third and granted again on the sixth.
    """
    versions = []
    for word in days.split():
        state, day = word[0], word[1:]
        status = "withdrawn" if state == "w" else "granted"
        versions.append(
            {"consent_id": who, "person_ref": f"email:{who}@customer.example",
             "purpose": "marketing", "status": status, "captured_at": CAPTURED,
             "recorded_at": datetime.fromisoformat(f"2026-01-{day:0>2}") if day else None,
             "record_hash": f"{who} {state}", "is_deleted": state == "d", **more}
        )  # fmt: skip
    return versions


CONSENTS = [
    *told("ann", "g2"),
    *told("bea", "g2 g5 g9"),
    *told("cem", "g2 w3 g6 g8"),
    *told("dan", "w2 g3 w6"),
    *told("eve", "g2 d3 g6"),
    *told("fay", "g2 d3"),
    *told("gus", "g w g"),
    *told("hal", "g2 d3 d5"),
    *told("ida", "d2 g3 g4"),
]


def test_the_last_word_counts_since_it_was_first_said(
    build_warehouse: Callable[..., Path],
) -> None:
    path = build_warehouse({"consent": CONSENTS}, {}, selection=["--select", "stg_consents"])

    with duckdb.connect(str(path), read_only=True) as con:
        said = con.execute(
            "select consent_id[3:], status, strftime(known_at, '%d') "
            "from staging.stg_consents order by all"
        ).fetchall()
    assert said == [
        ("ann", "granted", "02"),
        ("bea", "granted", "02"),
        ("cem", "granted", "06"),
        ("dan", "withdrawn", "06"),
        ("eve", "granted", "06"),
        ("gus", "granted", "01"),
        ("ida", "granted", "03"),
    ]
