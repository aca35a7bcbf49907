"""Raw mail, web, desk and survey records in; what customers did and said out."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Any

import polars as pl

from tests.acceptance.counted_again.raw import Raw

SESSION_PAUSE = timedelta(minutes=30)


def emails(raw: Raw) -> dict[str, tuple[int, int, int, int, int, int]]:
    """Return sent, opens, openers, clicks, clickers and bounced e-mails by campaign."""
    kind = pl.col("event_type")
    each = raw.current("email_event").filter(pl.col("campaign_ref").is_not_null())
    each = each.group_by("campaign_ref", "email_id", "recipient_ref").agg(
        (kind == name).sum().cast(pl.Int64).alias(name)
        for name in ("sent", "open", "click", "bounce")
    )
    totals = each.group_by("campaign_ref").agg(
        sent=(pl.col("sent") > 0).sum(),
        opens=pl.col("open").sum(),
        openers=(pl.col("open") > 0).sum(),
        clicks=pl.col("click").sum(),
        clickers=(pl.col("click") > 0).sum(),
        bounced=(pl.col("bounce") > 0).sum(),
    )
    return {row[0]: row[1:] for row in totals.iter_rows()}


def web_sessions(raw: Raw) -> dict[str, tuple[int, int, datetime, datetime]]:
    """Return events, page views, first and last moment of every session."""
    events = raw.current("web_event").with_columns(
        visitor=pl.coalesce(
            "anonymous_id", "user_id", pl.concat_str(pl.lit("email:"), "email"),
            pl.concat_str(
                "source", pl.lit("|"), "ip", pl.lit("|"), pl.col("user_agent").fill_null("")
            ),
            "record_key",
        ),
        is_view=pl.col("event_type").is_in(["page", "screen"])
        | (
            (pl.col("event_type") == "request")
            & (pl.col("method") == "GET")
            & (pl.col("status").fill_null(200) < 400)
        ).fill_null(value=False),
    ).sort("visitor", "event_at", "record_key")  # fmt: skip
    sessions: dict[str, list[Any]] = {}
    last_visitor, session = None, ""
    for visitor, moment, key, is_view in events.select(
        "visitor", "event_at", "record_key", "is_view"
    ).iter_rows():
        if visitor != last_visitor or moment - sessions[session][3] > SESSION_PAUSE:
            session = hashlib.md5(key.encode(), usedforsecurity=False).hexdigest()
            sessions[session] = [0, 0, moment, moment]
        last_visitor = visitor
        figures = sessions[session]
        figures[0] += 1
        figures[1] += is_view
        figures[3] = moment
    return {session: tuple(figures) for session, figures in sessions.items()}  # type: ignore[misc]


def tickets(raw: Raw) -> dict[str, tuple[int, datetime | None]]:
    """Return the public replies of agents to every ticket, and when the first one came."""
    found: dict[str, list[Any]] = {}
    begun = {}
    for key, created in raw.current("ticket").select("record_key", "created_at").iter_rows():
        found[key], begun[key] = [0, None], created
    events = raw.current("ticket_event").sort("event_at", "record_key")
    for key, kind, public, actor, moment in events.select(
        "ticket_ref", "event_type", "is_public", "actor_type", "event_at"
    ).iter_rows():
        if key in found and kind == "comment" and public and actor == "agent":
            figures = found[key]
            figures[0] += 1
            if figures[1] is None and moment > begun[key]:
                figures[1] = moment
    return {key: tuple(figures) for key, figures in found.items()}  # type: ignore[misc]


def surveys(raw: Raw) -> pl.DataFrame:
    score, low, high = pl.col("score"), pl.col("scale_min"), pl.col("scale_max")
    is_nps = pl.col("survey_type") == "NPS"
    return raw.current("survey_response").with_columns(
        normalized=(score - low) / (high - low),
        group=pl.when(~is_nps | score.is_null()).then(None)
        .when(score >= 9).then(pl.lit("promoter"))
        .when(score >= 7).then(pl.lit("passive"))
        .otherwise(pl.lit("detractor")),
    )  # fmt: skip


def ad_spend(raw: Raw) -> pl.DataFrame:
    return raw.with_base(raw.current("ad_spend"), "spend_date", "spend")
