"""Colleagues and their targets: a seed in, a table of agents and a table of quotas out."""

from __future__ import annotations

import polars as pl

from demo.chance import stream
from demo.names import FEMALE, LAST, MALE
from demo.timeline import MONTHS, START

DOMAIN = "nordlicht.example"
SALES, SERVICE, MARKETING = 14, 12, 4
COMING_QUARTERS = ["2026-07", "2026-10"]
WON_PER_LEAD = 1100.0
"""EUR that reps win per lead that comes in, upsells included: what targets are set by."""


def make_agents(seed: int) -> pl.DataFrame:
    """Return one row per colleague; sales first, then service, then marketing."""
    rng = stream(seed, "agents")
    count = SALES + SERVICE + MARKETING
    roles = ["sales"] * SALES + ["service"] * SERVICE + ["marketing"] * MARKETING
    teams = (
        [("Sales North", "Sales South")[i % 2] for i in range(SALES)]
        + [("Support First Line", "Support Technical")[i % 2] for i in range(SERVICE)]
        + ["Marketing"] * MARKETING
    )
    firsts = rng.choice([name for name in FEMALE + MALE if name.isascii()], count, replace=False)
    lasts = rng.choice([name for name in LAST if name.isascii()], count, replace=False)
    leaders = {team: teams.index(team) for team in dict.fromkeys(teams)}
    return pl.DataFrame(
        {
            "agent": range(count),
            "agent_id": [f"U{100 + i}" for i in range(count)],
            "name": [f"{f} {n}" for f, n in zip(firsts, lasts, strict=True)],
            "email": [f"{f}.{n}@{DOMAIN}".lower() for f, n in zip(firsts, lasts, strict=True)],
            "extension": [str(201 + i) for i in range(count)],
            "team": teams,
            "role": roles,
            "region": [("North", "South")[i % 2] for i in range(count)],
            "manager_id": [
                None if leaders[team] == i else f"U{100 + leaders[team]}"
                for i, team in enumerate(teams)
            ],
            "skills": [
                {"sales": "negotiation", "service": "troubleshooting", "marketing": "copy"}[role]
                + (";french" if i % 5 == 0 else ";english")
                for i, role in enumerate(roles)
            ],
            "cost_per_hour": rng.integers(3200, 6800, count) / 100,
            "modified_at": [START] * count,
        },
        schema_overrides={"modified_at": pl.Datetime("us")},
    )


def make_quotas(seed: int, agents: pl.DataFrame, leads: int) -> pl.DataFrame:
    """Return one row per sales rep and quarter, amounts in EUR.

    Every quarter of the simulated time has one and the two after it, so that there is always a
    past, a current and a next one.
    """
    rng = stream(seed, "quotas")
    reps = agents.filter(pl.col("role") == "sales").select("agent_id", "region").rows()
    quarters = [month for month in MONTHS if month[5:] in ("01", "04", "07", "10")]
    quarters += COMING_QUARTERS
    usual = leads * WON_PER_LEAD / SALES / len(MONTHS) * 3
    rows = [
        {
            "quota_id": f"{rep}-{quarter}",
            "owner_id": rep,
            "period_start": f"{quarter}-01",
            "period_type": "quarter",
            "territory": region,
            "quota_amount": round(usual * rng.uniform(0.7, 1.5) / 500) * 500.0 + 500,
            "currency": "EUR",
        }
        for quarter in quarters
        for rep, region in reps
    ]
    return pl.DataFrame(rows)
