"""Opportunities written out: every way in which a deal has come, changed, left and come back."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

Row = dict[str, Any]
AS_OF = datetime.fromisoformat("2026-07-01")
CLOSED = ("Closed Won", "Closed Lost")


def on(text: str) -> datetime:
    """Return 2026-<text>, e.g. ``03-05`` or ``03-05 10:00``."""
    return datetime.fromisoformat(f"2026-{text}")


def due(text: str) -> date:
    return on(text).date()


def deal(opportunity_id: str, created: str, stage_name: str, **others: Any) -> Row:
    return {
        "opportunity_id": opportunity_id,
        "created_at": on(created),
        "stage_name": stage_name,
        "currency": "EUR",
        "owner_ref": "t:g1",
        **others,
    }


def change(opportunity_id: str, field: str, when: str, old: Any, new: Any, **others: Any) -> Row:
    return {
        "opportunity_ref": f"t:{opportunity_id}",
        "field": field,
        "changed_at": on(when),
        "old_value": old,
        "new_value": new,
        **others,
    }


def written_versions() -> list[Row]:
    return [
        # told by its history; the only version knows the end
        deal("hist", "01-10 09:00", "Closed Won", amount=Decimal("120.55"), is_closed=True,
             is_won=True, closed_at=on("04-20 12:00"), close_date=due("04-20"),
             forecast_category="closed", recorded_at=on("04-20 12:05"), owner_ref="t:g2"),
        # told by versions: amounts up and down, lost, reopened, won for more than it was lost for
        deal("back", "01-05", "Prospecting", amount=Decimal("100"), close_date=due("02-15"),
             forecast_category="pipeline", recorded_at=on("01-06")),
        deal("back", "01-05", "Proposal", amount=Decimal("80.01"), close_date=due("03-10"),
             recorded_at=on("02-10")),
        deal("back", "01-05", "Closed Lost", amount=Decimal("80.01"), close_date=due("02-20"),
             closed_at=on("02-20"), recorded_at=on("02-20 08:00")),
        deal("back", "01-05", "Proposal", amount=Decimal("90"), close_date=due("05-10"),
             recorded_at=on("03-31 23:59:59")),
        deal("back", "01-05", "Proposal", amount=Decimal("90"), close_date=due("04-28"),
             recorded_at=on("04-01"), owner_ref="t:g3"),
        # won on the 28th of April, entered on the 2nd of May with another amount
        deal("back", "01-05", "Closed Won", amount=Decimal("95.5"), close_date=due("04-28"),
             closed_at=on("04-28 17:00"), recorded_at=on("05-02")),
        deal("gone", "02-01", "Proposal", amount=Decimal("500"), recorded_at=on("02-01")),
        deal("gone", "02-01", "Proposal", amount=Decimal("500"), recorded_at=on("04-01"),
             is_deleted=True),
        deal("restored", "02-01", "Proposal", amount=Decimal("7"), recorded_at=on("02-01")),
        deal("restored", "02-01", "Proposal", recorded_at=on("03-03"), is_deleted=True),
        deal("restored", "02-01", "Proposal", amount=Decimal("8"), recorded_at=on("05-03")),
        deal("merged", "03-01", "Proposal", amount=Decimal("70"), recorded_at=on("03-01")),
        deal("merged", "03-01", "Proposal", recorded_at=on("03-15"), merged_into_ref="t:gone"),
        # a first export with deleted records: nothing earlier is known of them
        deal("told_gone", "02-01", "Proposal", amount=Decimal("40"), recorded_at=on("04-01"),
             close_date=due("06-01"), pipeline="renewal", is_deleted=True),
        deal("lost_and_gone", "02-01", "Closed Lost", amount=Decimal("41"), close_date=due("03-01"),
             closed_at=on("03-01 10:00"), recorded_at=on("04-01"), is_deleted=True),
        deal("untimed_deletion", "03-01", "Proposal", amount=Decimal("9"), is_deleted=True),
        # one version without a time
        deal("closed_only", "01-15", "Closed Lost", amount=Decimal("33"), close_date=due("03-02"),
             closed_at=on("03-02 10:00")),
        deal("open_only", "01-31 23:30", "Proposal", close_date=due("09-01"), owner_ref=None),
        deal("at_once", "03-09 12:00", "Closed Won", amount=Decimal("11"),
             closed_at=on("03-09 12:00"), close_date=due("03-09")),
        # 0.9 on the day it came in, and for ever after
        deal("dollars", "03-02", "Proposal", amount=Decimal("10"), currency="USD",
             recorded_at=on("03-02")),
        deal("dollars", "03-02", "Proposal", amount=Decimal("20.33"), currency="USD",
             recorded_at=on("05-02")),
        deal("no_rate", "05-02", "Proposal", amount=Decimal("10"), currency="USD"),
        # of two versions of one moment the later in the file counts
        deal("backdated", "03-01", "Proposal", amount=Decimal("3"), close_date=due("05-20"),
             recorded_at=on("03-01")),
        deal("backdated", "03-01", "Proposal", amount=Decimal("4"), close_date=due("03-20"),
             recorded_at=on("03-01")),
        deal("backdated", "03-01", "Proposal", amount=Decimal("4"), close_date=due("02-28"),
             recorded_at=on("03-09")),
        # nothing but the flag tells that its stage is an end
        deal("renewal", "02-02", "Unterschrieben", pipeline="renewal", amount=Decimal("1.99"),
             is_closed=True, is_won=True, closed_at=on("06-15"), recorded_at=on("06-15")),
        # nothing after the as_of is known on it
        deal("tomorrow", "06-20", "Proposal", amount=Decimal("5"), recorded_at=on("06-20")),
        deal("tomorrow", "06-20", "Closed Won", amount=Decimal("5"), recorded_at=on("07-05")),
        deal("next_month", "07-02", "Proposal", amount=Decimal("5"), recorded_at=on("07-02")),
    ]  # fmt: skip


def written_changes() -> list[Row]:
    return [
        change("hist", "stage", "01-10 09:00", None, "Prospecting"),
        # happened in March, written down in June
        change("hist", "stage", "03-05", "Prospecting", "Proposal", recorded_at=on("06-20")),
        change("hist", "stage", "04-20 12:00", "Proposal", "Closed Won"),
        change("hist", "amount", "02-11", "100", "150.25"),
        change("hist", "amount", "04-02", "150.25", "120.55"),
        change("hist", "close_date", "01-20", "2026-01-31", "2026-02-28"),
        change("hist", "close_date", "02-20", "2026-02-28", "2026-03-31T00:00:00"),
        change("hist", "close_date", "03-20", "2026-03-31T00:00:00", "2026-03-25"),
        change("hist", "close_date", "04-03", "2026-03-25", "2026-04-15"),
        change("hist", "owner", "03-01", "g3", "t:g2"),
    ]


def drawn(seed: int, count: int) -> list[Row]:
    """Return the versions of ``count`` deals that change, close, return and vanish at random."""
    draw = random.Random(seed)
    rows = []
    for index in range(count):
        created_at = AS_OF - timedelta(minutes=draw.randrange(1, 200 * 1440))
        recorded_at = created_at
        while recorded_at < AS_OF + timedelta(days=3):
            stage = draw.choice(["Prospecting", "Proposal", "Proposal", *CLOSED])
            closing = recorded_at - timedelta(minutes=draw.randrange(0, 20000))
            rows.append({
                "opportunity_id": f"d{index}",
                "created_at": created_at,
                "recorded_at": recorded_at,
                "stage_name": stage,
                "pipeline": draw.choice(["default", "renewal"]) if index % 9 == 0 else "default",
                "amount": draw.choice([None, *(Decimal(draw.randrange(10**6)) / 100,) * 5]),
                "currency": "EUR",
                "close_date": recorded_at.date() + timedelta(days=draw.randrange(-30, 90)),
                "owner_ref": draw.choice(["t:g1", "t:g2", "t:g3", None]),
                "forecast_category": draw.choice([None, "commit", "best_case"]),
                "closed_at": draw.choice([closing, None]) if stage in CLOSED else None,
                "is_deleted": draw.random() < 0.08,
            })  # fmt: skip
            recorded_at += timedelta(minutes=draw.randrange(1, 60 * 1440))
    return rows


def drawn_changes(seed: int, count: int) -> list[Row]:
    """Return histories of every third drawn deal, at odds with what its versions say."""
    draw = random.Random(seed)
    rows = []
    for index in range(0, count, 3):
        for field, values in (
            ("stage", ["Prospecting", "Proposal", "Negotiated away", *CLOSED]),
            ("amount", ["10.10", "99.99", "5000", "not a number", None]),
            ("close_date", ["2026-03-31", "2026-05-01", "2026-06-30T12:00:00", None]),
        ):
            for _ in range(draw.randrange(4)):
                changed_at = AS_OF - timedelta(minutes=draw.randrange(-2000, 200 * 1440))
                rows.append({
                    "opportunity_ref": f"t:d{index}",
                    "field": field,
                    "changed_at": changed_at,
                    "old_value": values[0],
                    "new_value": draw.choice(values),
                })  # fmt: skip
    return rows


def reference_rows() -> dict[str, list[Row]]:
    stages = [
        ("Prospecting", 0.1, False, False, "pipeline"),
        ("Proposal", 0.5, False, False, None),
        ("Closed Won", 1, True, True, "closed"),
        ("Closed Lost", 0, True, False, "omitted"),
    ]
    return {
        "agent": [
            {"agent_id": "g1", "name": "Gil", "team": "North", "email": "gil@n.example"},
            {"agent_id": "g2", "name": "Ida", "email": "ida@n.example"},
            {"agent_id": "g3", "name": "Gil (old)", "email": "gil@n.example"},
        ],
        "pipeline_stage": [
            {"pipeline": pipeline, "stage_id": stage, "display_order": order, "probability": share,
             "is_closed": is_closed, "is_won": is_won, "forecast_category": category}
            for pipeline in ("default", "renewal")
            for order, (stage, share, is_closed, is_won, category) in enumerate(stages, start=1)
        ],
        "fx_rate": [
            {"rate_date": due("03-01"), "from_currency": "USD", "to_currency": "EUR", "rate": 0.9},
            {"rate_date": due("06-01"), "from_currency": "USD", "to_currency": "EUR", "rate": 0.5},
        ],
    }  # fmt: skip
