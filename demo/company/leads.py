"""Leads: who comes in, how they behave in the first two weeks, and which of them convert.

The chance to convert is a logistic function of what the warehouse can observe: firmographics,
web sessions with and without a look at the pricing page, mail replies and answered calls, all of
them within ``ENGAGEMENT_DAYS`` of the creation. The delay until the conversion is exponential,
cut at ``MAX_DELAY`` days. Leads that will not convert are closed after an exponential time of
their own. Both laws are known, so the true conditional chance at any later day is exact up to one
normal approximation (see ``demo.company.lead_chances``).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy.optimize import brentq
from scipy.special import expit

from demo.chance import Floats, Ints, choose, repeat_index, stream
from demo.timeline import LAST_MOMENT

ENGAGEMENT_DAYS, ENGAGEMENT_MEAN = 14.0, 4.0
MEAN_DELAY, MAX_DELAY = 25.0, 90.0
MEAN_CLOSING = 120.0
BASE_RATE = 0.21

SOURCES = {
    "web_form": 0.25, "paid_search": 0.22, "paid_social": 0.14, "webinar": 0.10,
    "trade_show": 0.10, "referral": 0.09, "cold_list": 0.10,
}  # fmt: skip
WEB_SOURCES = ("web_form", "paid_search", "paid_social", "webinar")
SOURCE_EFFECT = {
    "web_form": 0.28, "paid_search": 0.07, "paid_social": -0.49, "webinar": 0.14,
    "trade_show": 0.00, "referral": 0.70, "cold_list": -0.91,
}  # fmt: skip
INDUSTRY_EFFECT = {
    "Software": 0.35, "Manufacturing": 0.21, "Logistics": 0.07, "Retail": 0.0, "Healthcare": -0.07,
    "Education": -0.42, "Public Sector": -0.49, "": -0.14,
}  # fmt: skip
TITLE_EFFECT = {
    "c_level": 0.49,
    "director": 0.28,
    "manager": 0.07,
    "other": -0.28,
    "unknown": -0.28,
}
COUNTRY_EFFECT = {"DE": 0.14, "AT": 0.14, "CH": 0.07, "US": -0.28}
EMPLOYEES_EFFECT, BUSINESS_EMAIL_EFFECT, PHONE_EFFECT, RESPONSE_EFFECT = 0.25, 0.3, 0.2, -0.1

SESSION_RATE, PRICING_SHARE, REPLY_RATE, CALL_RATE = 0.75, 0.35, 0.45, 0.35
SESSION_EFFECT, PRICING_EFFECT, REPLY_EFFECT, CALL_EFFECT = 0.20, 0.55, 0.60, 0.50
APPETITE_SHAPE = 1.5
"""All engagement of a lead is driven by one gamma-distributed appetite with mean 1."""


@dataclass(frozen=True, slots=True)
class Leads:
    """``table`` has one row per lead; ``engagement`` one per session, reply or answered call."""

    table: pl.DataFrame
    engagement: pl.DataFrame


def make_leads(
    seed: int, people: pl.DataFrame, accounts: pl.DataFrame, campaigns: pl.DataFrame
) -> Leads:
    """Simulate the leads of ``people`` (all rows), one lead a person."""
    rng = stream(seed, "leads")
    count = len(people)
    created = np.sort(rng.random(count)) * (LAST_MOMENT - 0.5)
    source = choose(rng, SOURCES, count)
    campaign = _campaign_of(rng, source, created, campaigns)
    with_phone = rng.random(count) < 0.82
    responded = created + np.where(
        rng.random(count) < 0.93, rng.lognormal(np.log(0.45), 1.1, count), np.nan
    )

    score = _static_score(people, accounts, source, with_phone)
    appetite = rng.gamma(APPETITE_SHAPE, 1 / APPETITE_SHAPE, count)
    rates = np.where(with_phone, 1.0, 0.0)[:, None] * [0, 0, CALL_RATE] + [
        SESSION_RATE, REPLY_RATE, 0,
    ]  # fmt: skip
    engagement = _engagement(
        rng, created, appetite, rates, np.isin(source.astype(str), WEB_SOURCES)
    )
    response_days = np.minimum(np.nan_to_num(responded - created, nan=5.0), 5.0)
    score += RESPONSE_EFFECT * response_days
    total = score + np.bincount(
        engagement["lead"].to_numpy(), engagement["effect"].to_numpy(), minlength=count
    )
    intercept = brentq(lambda b: float(expit(total + b).mean()) - BASE_RATE, -12, 6)
    probability = expit(total + intercept)

    converts = rng.random(count) < probability
    cut = 1 - np.exp(-MAX_DELAY / MEAN_DELAY)
    delay = -MEAN_DELAY * np.log1p(-cut * rng.random(count))
    closing = rng.exponential(MEAN_CLOSING, count)
    qualifies = rng.random(count) < expit(2.0 * (score - np.median(score)))
    qualified = created + 0.6 * np.where(converts, delay, np.minimum(closing, 20.0))
    table = people.with_columns(
        lead=pl.int_range(count),
        lead_id=pl.format("L{}", pl.int_range(100_001, 100_001 + count)),
        lead_source=pl.Series(source.astype(str)),
        campaign=pl.Series(campaign),
        with_phone=pl.Series(with_phone),
        created=pl.Series(created),
        responded=pl.Series(responded),
        qualified=pl.Series(np.where(qualifies | converts, qualified, np.nan)),
        converted=pl.Series(np.where(converts, created + delay, np.nan)),
        closed=pl.Series(np.where(converts, np.nan, created + closing)),
        score=pl.Series(score + intercept),
        probability=pl.Series(probability),
        rep=pl.Series(rng.integers(0, 14, count)),
    ).with_columns(pl.col("responded", "qualified", "converted", "closed").fill_nan(None))
    return Leads(table, engagement)


def _static_score(
    people: pl.DataFrame, accounts: pl.DataFrame, source: np.ndarray, with_phone: np.ndarray
) -> Floats:
    account = people["account"].to_numpy()
    private = account < 0
    industry = np.where(private, "", accounts["industry"].to_numpy()[account])
    employees = np.where(private, 50, accounts["employees"].to_numpy()[account])
    return (
        np.array([SOURCE_EFFECT[s] for s in source])
        + np.array([INDUSTRY_EFFECT[i] for i in industry])
        + np.array([TITLE_EFFECT[t] for t in people["title_level"]])
        + np.array([COUNTRY_EFFECT.get(c, 0.0) for c in people["country"]])
        + EMPLOYEES_EFFECT * (np.log10(employees) - 1.7)
        + BUSINESS_EMAIL_EFFECT * people["has_business_email"].to_numpy()
        + PHONE_EFFECT * with_phone
    )


def _campaign_of(
    rng: np.random.Generator, source: np.ndarray, created: Floats, campaigns: pl.DataFrame
) -> Ints:
    pick = rng.random(len(source))
    found = np.full(len(source), -1, dtype=np.int64)
    bringing = campaigns.filter(pl.col("lead_source").is_not_null())
    for (lead_source, start), group in bringing.group_by(
        "lead_source", "start_day", maintain_order=True
    ):
        rows = np.flatnonzero((source == lead_source) & (created >= start) & (created < start + 92))
        ids = group["campaign"].to_numpy()
        found[rows] = ids[(pick[rows] * len(ids)).astype(int)]
    return found


def _engagement(
    rng: np.random.Generator, created: Floats, appetite: Floats, rates: Floats, from_web: np.ndarray
) -> pl.DataFrame:
    kinds = ("session", "reply", "call")
    parts = []
    for column, kind in enumerate(kinds):
        counts = rng.poisson(rates[:, column] * appetite)
        lead = repeat_index(counts)
        cut = 1 - np.exp(-ENGAGEMENT_DAYS / ENGAGEMENT_MEAN)
        after = -ENGAGEMENT_MEAN * np.log1p(-cut * rng.random(len(lead)))
        parts.append(_rows(kind, lead, created[lead] + after, rng))
    # the visit that left the form: no driver, every lead of a web source has it
    first = np.flatnonzero(from_web)
    form = _rows("form", first, created[first], rng).with_columns(pricing=False, effect=0.0)
    return pl.concat([*parts, form]).filter(pl.col("day") < LAST_MOMENT).sort("day", "lead", "kind")


def _rows(kind: str, lead: Ints, day: Floats, rng: np.random.Generator) -> pl.DataFrame:
    pricing = (rng.random(len(lead)) < PRICING_SHARE) & (kind == "session")
    effect = {
        "session": SESSION_EFFECT, "reply": REPLY_EFFECT, "call": CALL_EFFECT, "form": 0.0,
    }[kind]  # fmt: skip
    return pl.DataFrame(
        {
            "lead": lead,
            "kind": pl.Series([kind], dtype=pl.String).new_from_index(0, len(lead)),
            "day": day,
            "pricing": pricing,
            "effect": effect + PRICING_EFFECT * pricing,
        }
    )
