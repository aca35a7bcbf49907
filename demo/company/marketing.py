"""Marketing: campaigns and known addresses in, e-mail events, members, touches, ad spend out."""

from __future__ import annotations

import numpy as np
import polars as pl

from demo.chance import Floats, choose, stream
from demo.timeline import HORIZON, LAST_MOMENT, MONTHS

WELCOME_SHARE = 0.45
"""Share of leads who get the running newsletter as their first mail."""

BOUNCES = {"soft": 0.5, "hard": 0.35, "block": 0.15}
INVITED_SHARE, CAME_SHARE = 0.03, 0.25
"""Of the contacts: invited to each webinar; of the invited: those who came."""
CLAIMED_VALUE = 60.0
"""What an ad platform takes a lead for, in the currency of its account."""


def newsletter_events(
    seed: int,
    month: int,
    campaigns: pl.DataFrame,
    known_from: Floats,
    share: float,
    leads: pl.DataFrame,
) -> pl.DataFrame:
    """Return what happened to one month's newsletter: ``person``, ``day``, ``event_type``.

    Parameters
    ----------
    known_from
        Per person the day from which the address is known.
    share
        Share of the known addresses that are written to.
    """
    rng = stream(seed, "newsletter", month)
    campaign = campaigns.filter(pl.col("name") == f"Newsletter {MONTHS[month]}")
    start = float(campaign["start_day"][0])
    sent_day = start + 8 + 9 / 24
    listed = np.flatnonzero((known_from < sent_day) & (rng.random(len(known_from)) < share))
    fresh = leads.filter(
        (pl.col("created") >= start)
        & (pl.col("created") < float(campaign["end_day"][0]) - 2)
        & pl.Series(rng.random(len(leads)) < WELCOME_SHARE)
    )
    person = np.r_[listed, fresh["person"].to_numpy()]
    sent = np.r_[
        sent_day + rng.random(len(listed)) / 6,
        fresh["created"].to_numpy() + 0.3 + rng.random(len(fresh)),
    ]
    count = len(person)
    fate = rng.random(count)
    opened = fate < 0.33
    clicked = fate < 0.08
    left = fate < 0.003
    bounced = fate > 0.98
    opening = sent + 0.02 + rng.exponential(0.5, count)
    events = [("sent", sent, np.ones(count, dtype=bool)), ("bounce", sent + 0.001, bounced),
              ("open", opening, opened), ("click", opening + 0.002, clicked),
              ("unsubscribe", opening + 0.004, left)]  # fmt: skip
    frame = pl.concat(
        pl.DataFrame(
            {
                "person": person[mask],
                "day": day[mask],
                "event_type": pl.Series([name], dtype=pl.String).new_from_index(0, int(mask.sum())),
                "mailing": np.flatnonzero(mask),
            }
        )
        for name, day, mask in events
    )
    return (
        frame.filter(pl.col("day") < LAST_MOMENT)
        .sort("day", "person", "event_type")
        .with_columns(
            campaign=pl.lit(int(campaign["campaign"][0]), pl.Int64),
            email_id=pl.format("ML{}-{}", pl.lit(month), "mailing"),
            email_event_id=pl.format("EE{}-{}", pl.lit(month), pl.int_range(pl.len())),
            bounce_category=pl.when(pl.col("event_type") == "bounce").then(
                pl.Series(choose(rng, BOUNCES, len(frame)).astype(str)).gather(
                    pl.int_range(pl.len())
                )
            ),
        )
    )


def all_touches(
    seed: int, leads: pl.DataFrame, before_orders: pl.DataFrame, campaigns: pl.DataFrame
) -> pl.DataFrame:
    """Return the touches that brought the leads, and those before orders, in time order.

    A lead comes by an ad click, or by a response at a webinar or a booth.
    """
    rng = stream(seed, "touches")
    brought = leads.filter(pl.col("campaign") >= 0).select("person", "campaign", "created")
    kind = campaigns.select("campaign", "type", "channel")
    brought = brought.join(kind.drop("channel"), on="campaign", maintain_order="left")
    final = brought.with_columns(
        day=pl.col("created") - pl.Series(rng.random(len(brought)) * 0.01 + 0.001),
        touch_type=pl.when(pl.col("type").str.starts_with("paid"))
        .then(pl.lit("click"))
        .otherwise(pl.lit("response")),
    )
    earlier = brought.filter(pl.Series(rng.random(len(brought)) < 0.35))
    earlier = earlier.with_columns(
        day=pl.col("created") - pl.Series(rng.exponential(6, len(earlier))),
        touch_type=pl.lit("impression"),
    )
    columns = ("person", "campaign", "day", "touch_type")
    click_id = pl.when(pl.col("type") == "paid_social").then(pl.lit("fbclid")).otherwise(
        pl.lit("gclid")
    )  # fmt: skip
    return (
        pl.concat([part.select(columns) for part in (final, earlier, before_orders)])
        .filter(pl.col("day") >= 0)
        .join(kind, on="campaign", maintain_order="left")
        .sort("day", "person", "campaign")
        .with_columns(
            touch_id=pl.format("T{}", pl.int_range(1, pl.len() + 1)),
            click_id=pl.when(
                (pl.col("touch_type") == "click") & pl.col("type").str.starts_with("paid")
            ).then(pl.format("{}:Cj0-{}", click_id, pl.int_range(pl.len()))),
        )
    )


def members(
    seed: int, leads: pl.DataFrame, contacts: pl.DataFrame, campaigns: pl.DataFrame
) -> pl.DataFrame:
    """Return who is in webinars and trade shows: leads whom they brought, contacts invited to them.

    Leads are added when they respond; contacts before the webinar, and few of them come.
    """
    rng = stream(seed, "members")
    rows = leads.filter(pl.col("lead_source").is_in(["webinar", "trade_show"]))
    rows = rows.filter(pl.col("campaign") >= 0)
    brought = rows.select(
        "lead_id", "campaign", responded="created", contact_id=pl.lit(None, pl.String),
        added=pl.col("created") + 0.01,
        status=pl.when(pl.Series(rng.random(len(rows)) < 0.7))
        .then(pl.lit("Attended")).otherwise(pl.lit("Registered")),
    )  # fmt: skip
    webinars = campaigns.filter(pl.col("type") == "webinar").select("campaign", "start_day")
    asked = webinars.join(contacts.select("contact_id", "created"), how="cross").filter(
        pl.col("created") < pl.col("start_day")
    )
    asked = asked.filter(pl.Series(rng.random(len(asked)) < INVITED_SHARE))
    came = pl.Series(rng.random(len(asked)) < CAME_SHARE)
    invited = asked.select(
        "campaign", "contact_id", lead_id=pl.lit(None, pl.String),
        added=pl.col("start_day").cast(pl.Float64) + 0.3,
        responded=pl.when(came).then(pl.col("start_day") + 20.5),
        status=pl.when(came).then(pl.lit("Attended")).otherwise(pl.lit("Sent")),
    )  # fmt: skip
    both = pl.concat([brought, invited.select(brought.columns)])
    return both.sort("added", "campaign", "lead_id", "contact_id").with_columns(
        campaign_member_id=pl.format("CM{}", pl.int_range(1, pl.len() + 1)),
        # what an export says when it is made must have happened by then
        recorded=pl.max_horizontal("added", "responded"),
    )


def ad_spend(seed: int, leads: pl.DataFrame, campaigns: pl.DataFrame) -> pl.DataFrame:
    """Return spend by campaign and day in the account's currency.

    Google bills in EUR by Berlin days, Meta in USD by Los Angeles days. Both take every lead that
    came by a campaign for a conversion of ``CLAIMED_VALUE``.
    """
    rng = stream(seed, "ads")
    paid = campaigns.filter(pl.col("type").str.starts_with("paid"))
    frames = []
    for row in paid.iter_rows(named=True):
        first, last = row["start_day"], min(row["end_day"], HORIZON - 1)
        days = np.arange(first, last + 1)
        arrived = leads.filter(pl.col("campaign") == row["campaign"])["created"].to_numpy()
        conversions = np.bincount(arrived.astype(int) - first, minlength=len(days))[: len(days)]
        daily = row["budgeted_cost"] / len(days) * rng.uniform(0.7, 1.3, len(days))
        clicks = np.maximum(rng.poisson(daily / 1.9), conversions)
        frames.append(
            pl.DataFrame(
                {
                    "campaign": np.full(len(days), row["campaign"]),
                    "campaign_id": [row["campaign_id"]] * len(days),
                    "platform": [
                        "google_ads" if row["type"] == "paid_search" else "meta"
                    ] * len(days),
                    "spend_day": days,
                    "impressions": clicks * rng.integers(20, 60, len(days)),
                    "clicks": clicks,
                    "spend": np.round(daily, 2),
                    "conversions": conversions,
                    "conversions_value": conversions * CLAIMED_VALUE,
                }
            )
        )  # fmt: skip
    return pl.concat(frames).sort("spend_day", "campaign")


def consents(seed: int, people: pl.DataFrame, known_from: Floats) -> pl.DataFrame:
    """Return marketing consents by mail address, some of them withdrawn later."""
    rng = stream(seed, "consents")
    known = np.flatnonzero((known_from < LAST_MOMENT) & (rng.random(len(known_from)) < 0.6))
    status = np.where(rng.random(len(known)) < 0.85, "granted", "denied")
    first = pl.DataFrame({"person": known, "day": known_from[known] + 0.0005, "status": status})
    gone = first.filter((pl.col("status") == "granted") & pl.Series(rng.random(len(first)) < 0.06))
    gone = gone.with_columns(
        day=pl.col("day") + pl.Series(rng.exponential(120, len(gone))), status=pl.lit("withdrawn")
    )
    return (
        pl.concat([first, gone])
        .filter(pl.col("day") < LAST_MOMENT)
        .sort("day", "person")
        .join(people.select("person", "email"), on="person", maintain_order="left")
        .with_columns(consent_id=pl.format("CO{}", pl.int_range(1, pl.len() + 1)))
    )
