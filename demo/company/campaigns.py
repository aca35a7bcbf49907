"""What marketing runs: a seed in, campaigns with their true incremental share out.

A campaign either brings leads (``lead_source``) or writes to known addresses (newsletters). The
share of its leads that would not have come without it is its incremental share; newsletters
cause no order at all, although attribution will credit them.
"""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

from demo.chance import stream
from demo.timeline import MONTHS, START

# channel, type, lead_source, utm_source, utm_medium, incremental share, quarterly budget in EUR
_KINDS = (
    ("Brand Search", "paid_search", "paid_search", "google", "cpc", 0.30, 6_000),
    ("Generic Search", "paid_search", "paid_search", "google", "cpc", 0.85, 14_000),
    ("Social Prospecting", "paid_social", "paid_social", "facebook", "paid_social", 0.70, 12_000),
    ("Webinar", "webinar", "webinar", "newsletter", "email", 0.60, 3_000),
    ("Trade Show", "event", "trade_show", "event", "offline", 0.90, 18_000),
)


def make_campaigns(seed: int) -> pl.DataFrame:
    """Return one row per campaign: five a quarter that bring leads, one newsletter a month."""
    rng = stream(seed, "campaigns")
    rows: list[dict[str, object]] = []
    for quarter in range(len(MONTHS) // 3):
        first = date.fromisoformat(f"{MONTHS[3 * quarter]}-01")
        last = (
            date.fromisoformat(f"{MONTHS[3 * quarter + 3]}-01") - timedelta(1)
            if 3 * quarter + 3 < len(MONTHS)
            else date(2026, 6, 30)
        )
        label = f"{first.year}-Q{(first.month + 2) // 3}"
        for name, kind, lead_source, source, medium, share, budget in _KINDS:
            rows.append(
                _campaign(f"{name} {label}", kind, lead_source, source, medium, share, first, last)
                | {"budgeted_cost": float(budget), "actual_cost": _cost(rng, kind, budget)}
            )
    for month in MONTHS:
        first = date.fromisoformat(f"{month}-01")
        rows.append(
            _campaign(
                f"Newsletter {month}", "email", None, "newsletter", "email", 0.0, first,
                first + timedelta(27),
            )
            | {"budgeted_cost": 400.0, "actual_cost": float(rng.integers(250, 450))}
        )  # fmt: skip
    return pl.DataFrame(rows, infer_schema_length=None).with_columns(
        campaign=pl.int_range(len(rows)),
        campaign_id=pl.format("CMP{}", pl.int_range(1001, 1001 + len(rows))),
        start_day=(pl.col("start_date") - START.date()).dt.total_days(),
        end_day=(pl.col("end_date") - START.date()).dt.total_days(),
    )


def _cost(rng: object, kind: str, budget: int) -> float:
    # ads are paid through the platforms and arrive as ad spend, not as the campaign's own cost
    if kind.startswith("paid"):
        return 0.0
    return float(round(budget * rng.uniform(0.8, 1.1)))  # type: ignore[attr-defined]


def _campaign(
    name: str,
    kind: str,
    lead_source: str | None,
    source: str,
    medium: str,
    share: float,
    first: date,
    last: date,
) -> dict[str, object]:
    return {
        "name": name,
        "type": kind,
        "lead_source": lead_source,
        "channel": {"event": "event", "webinar": "email"}.get(kind, kind),
        "utm_campaign": name.lower().replace(" ", "-"),
        "utm_source": source,
        "utm_medium": medium,
        "incremental_share": share,
        "start_date": first,
        "end_date": last,
    }
