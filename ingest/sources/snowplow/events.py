"""Enriched events as columns of text in, the columns of ``web_event`` beside them out."""

from __future__ import annotations

import duckdb
import polars as pl

from ingest.engine import frame_of
from ingest.sources.snowplow.columns import COLUMNS, JSON_COLUMNS, NOT_KEPT
from ingest.sources.snowplow.entities import with_named_entities
from ingest.sources.web.addresses import path_of, with_campaign, without_fragment
from ingest.sources.web.bots import is_bot
from ingest.sources.web.visitors import address_in, somebody, typed
from ingest.times.timestamps import parse_timestamps

EVENT_COLUMNS = (
    "position", "event_id", "event_type", "event_name", "anonymous_id", "user_id", "email",
    "event_at", "url", "path", "referrer", "title", "search", "utm_source", "utm_medium",
    "utm_campaign", "utm_content", "utm_term", "click_id", "ip", "user_agent", "locale",
    "time_zone", "is_bot", "recorded_at", "attributes",
)  # fmt: skip

_TYPES = {"page_view": "page", "screen_view": "screen"}

_ACTION = r'"type"\s*:\s*"([a-z_]+)"'
"""The one property of an e-commerce action that says which one it is."""

_NETWORKS = {"google": "gclid", "microsoft": "msclkid", "doubleclick": "dclid"}
"""What the campaign enrichment calls the networks of click ids, and our kinds of them."""

_FOUND_BY_ENRICHMENT = (
    r'"(?:spiderOrRobot|bot)"\s*:\s*true|"(?:deviceClass|agentClass)"\s*:\s*"Robot'
)
"""The entities of IAB, of YAUAA and the one that sums both up. A network that is only likely to be
one of machines (``likelyBot``) is a company's or a tunnel's as well."""


def web_events(con: duckdb.DuckDBPyConnection, lines: pl.DataFrame) -> pl.DataFrame:
    """Return ``lines`` with the columns of ``web_event``.

    ``event_name`` becomes that of the event, ``event_id`` and ``user_id`` ours.

    Parameters
    ----------
    lines
        ``position``, ``line`` and the columns of the TSV, null where empty.
    """
    lines = with_named_entities(con, lines)
    user_id = pl.coalesce(somebody(pl.col(name)) for name in ("user_id", "entity_user_id"))
    name = pl.coalesce(
        pl.when(pl.col("event") == "struct").then(pl.coalesce("se_action", "se_category")),
        pl.when(pl.col("event_name") == "snowplow_ecommerce_action").then(
            pl.col("unstruct_event").str.extract(_ACTION)
        ),
        "event_name",
        "event",
    )
    network = pl.col("mkt_network").str.to_lowercase()
    kind = network.replace_strict(_NETWORKS, default=network).fill_null("click_id")
    events = lines.with_columns(
        event_id=pl.coalesce(
            pl.concat_str("event_id", "event_fingerprint", separator="|"), "event_id"
        ),
        tracked_event_id="event_id",
        event_type=name.replace_strict(_TYPES, default="track").fill_null("track"),
        event_name=name,
        tracked_event_name="event_name",
        anonymous_id=pl.coalesce(
            typed("anonymous_id", pl.col(column))
            for column in ("domain_userid", "session_user_id", "network_userid")
        ),
        email=pl.coalesce("entity_email", address_in(user_id)),
        user_id=typed("user_id", user_id),
        event_at=pl.coalesce(
            parse_timestamps(pl.col(column), "UTC")
            for column in ("true_tstamp", "derived_tstamp", "collector_tstamp")
        ),
        recorded_at=parse_timestamps(pl.col("collector_tstamp"), "UTC"),
        url=without_fragment(pl.col("page_url")),
        path=pl.coalesce("page_urlpath", path_of(without_fragment(pl.col("page_url")))),
        referrer="page_referrer",
        title="page_title",
        search="page_urlquery",
        utm_source="mkt_source",
        utm_medium="mkt_medium",
        utm_campaign="mkt_campaign",
        utm_content="mkt_content",
        utm_term="mkt_term",
        ip="user_ipaddress",
        user_agent="useragent",
        locale="br_lang",
        time_zone="os_timezone",
        is_bot=pl.lit(is_bot(lines["useragent"]))
        | pl.col("derived_contexts").str.contains(_FOUND_BY_ENRICHMENT).fill_null(False),
        attributes=_attributes(con, lines),
    )
    # the id is stated twice, in the address with the name that its network gives it
    return with_campaign(events).with_columns(
        click_id=pl.coalesce("click_id", pl.concat_str(kind, "mkt_clickid", separator=":"))
    )


def _attributes(con: duckdb.DuckDBPyConnection, lines: pl.DataFrame) -> pl.Series:
    """Return a JSON object of what has no column; JSON stays JSON where it is valid.

    DuckDB's, because sixty columns a line take Polars three times as long.
    """
    kept = sorted(
        name for name in COLUMNS if name not in NOT_KEPT and lines[name].null_count() < len(lines)
    )
    if not kept:
        return pl.repeat(None, len(lines), dtype=pl.String, eager=True)
    members = ", ".join(f"'\"{name}\":' || {_as_json(name)}" for name in kept)
    con.register("kept", lines.select("position", *kept))
    query = (
        f"select '{{' || nullif(concat_ws(',', {members}), '') || '}}' as attributes "  # noqa: S608
        "from kept order by position"
    )
    found = frame_of(con, query, len(lines))
    con.unregister("kept")
    return found["attributes"]


def _as_json(name: str) -> str:
    text = f'to_json("{name}")::varchar'
    if name not in JSON_COLUMNS:
        return text
    return f'coalesce(try_cast("{name}" as json)::varchar, {text})'
