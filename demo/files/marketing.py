"""Marketing exports: touches, e-mail events, ad spend, consents."""

from __future__ import annotations

import numpy as np
import polars as pl

from demo.company import marketing
from demo.company.world import World
from demo.files.dirt import DUPLICATE_ROW, RAGGED_ROW, CellDirt
from demo.files.export_columns import campaign_ids, stamped
from demo.files.landing import Landing
from demo.files.tables import export_csv
from demo.timeline import MONTHS, START, iso, timestamps


def write_marketing(landing: Landing, world: World) -> None:
    """Write everything the marketing platforms export."""
    emails = world.people.select("person", "email")
    touches = stamped(world.touches, touched_at="day").join(
        emails, on="person", maintain_order="left"
    )
    rows = touches.select(
        "touch_id", "email", campaign_id=campaign_ids(world), channel="channel",
        touch_type="touch_type", touched_at=iso("touched_at"), click_id="click_id",
    )  # fmt: skip
    dirt = (
        DUPLICATE_ROW,
        CellDirt("value_not_allowed", "quarantined", 0.004, "touch_type", "wave"),
    )
    export_csv(
        landing, "marketing/touches-{month}.csv", rows, touches["day"],
        kind="campaign_touches", dirt=dirt,
    )  # fmt: skip
    _email_events(landing, world)
    _ads(landing, world)
    given = stamped(
        marketing.consents(world.seed, world.people, world.known_from), captured_at="day"
    )
    rows = given.select(
        "consent_id", "email", purpose=pl.lit("marketing"), channel=pl.lit("email"),
        status="status", lawful_basis=pl.lit("consent"), captured_at=iso("captured_at"),
        source=pl.lit("web form"),
    )  # fmt: skip
    dirt = (DUPLICATE_ROW, CellDirt("value_not_allowed", "quarantined", 0.003, "status", "maybe"))
    export_csv(
        landing, "marketing/consents-{month}.csv", rows, given["day"], kind="consents", dirt=dirt
    )


def _email_events(landing: Landing, world: World) -> None:
    emails = world.people["email"]
    dirt = (
        DUPLICATE_ROW,
        RAGGED_ROW,
        CellDirt("value_not_allowed", "quarantined", 0.002, "event", "clicked"),
        CellDirt("missing_required", "quarantined", 0.001, "recipient", None),
    )
    clicked = pl.col("event_type") == "click"
    for month in range(len(MONTHS)):
        events = marketing.newsletter_events(
            world.seed, month, world.campaigns, world.known_from,
            world.size.newsletter_share, world.leads.table,
        )  # fmt: skip
        events = events.with_columns(
            email=emails.gather(events["person"]),
            at=timestamps(events["day"].to_numpy()),
        )
        rows = events.select(
            event_id="email_event_id",
            email_id="email_id",
            campaign_id=campaign_ids(world),
            recipient="email",
            event="event_type",
            occurred_at=iso("at"),
            url=pl.when(clicked).then(pl.lit("https://www.nordlicht.example/products")),
            bounce_category="bounce_category",
        )
        # the mailings of a month are exported together, with what happened to them since
        days = pl.Series(np.full(len(rows), float(events["day"].min() or 0.0)))  # type: ignore[arg-type]
        export_csv(
            landing, "marketing/email-events-{month}.csv", rows, days,
            kind="email_events", dirt=dirt,
        )  # fmt: skip


def _ads(landing: Landing, world: World) -> None:
    spend = marketing.ad_spend(world.seed, world.leads.table, world.campaigns)
    spend = spend.with_columns(
        date=START.date() + pl.duration(days=pl.col("spend_day")),
        account=pl.when(pl.col("platform") == "meta")
        .then(pl.lit("act_77001"))
        .otherwise(pl.lit("404-555-0100")),
        currency=pl.when(pl.col("platform") == "meta").then(pl.lit("USD")).otherwise(pl.lit("EUR")),
        zone=pl.when(pl.col("platform") == "meta")
        .then(pl.lit("America/Los_Angeles"))
        .otherwise(pl.lit("Europe/Berlin")),
    )
    dirt = (DUPLICATE_ROW, CellDirt("amount_not_numeric", "quarantined", 0.003, "cost", "--"))
    for platform, label in (("google_ads", "google"), ("meta", "meta")):
        part = spend.filter(pl.col("platform") == platform)
        rows = part.select(
            "date",
            account_id="account",
            campaign_id="campaign_id",
            impressions="impressions",
            clicks="clicks",
            cost="spend",
            conversions="conversions",
            conversions_value="conversions_value",
            currency="currency",
            time_zone="zone",
            exported_at=pl.format("{}T20:00:00Z", pl.col("date").cast(pl.String)),
        )
        export_csv(
            landing, f"ads/{label}-{{month}}.csv", rows,
            part["spend_day"].cast(pl.Float64) + 0.8, kind=f"ad_spend_{label}", dirt=dirt,
        )  # fmt: skip
