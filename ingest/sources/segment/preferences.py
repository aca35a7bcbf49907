"""Segment's consent events in; a ``consent`` row per category of data use out.

A company names its categories itself (Advertising, Functional ...). They are about what is
collected and passed on, not about whom to write to.
"""

from __future__ import annotations

import duckdb
import polars as pl

from ingest.engine import frame_of
from ingest.sources.web.visitors import customer_ref

PREFERENCE_EVENTS = ("Segment Consent Preference Updated", "Segment Consent Preference")

_STATUS = {"true": "granted", "false": "denied"}

_QUERY = """
select
    position,
    unnest(map_entries(
        try(from_json(category_preferences, '"MAP(VARCHAR, VARCHAR)"'))
    )) as preference
from consent_events
"""


def preference_rows(con: duckdb.DuckDBPyConnection, said: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Return the rows of ``consent``: what the person chose, by category.

    Every event carries the choice that is in force; only those that say that it was made are
    decisions.
    """
    events = said.filter(pl.col("event_name").is_in(PREFERENCE_EVENTS))
    con.register("consent_events", events.select("position", "category_preferences"))
    found = frame_of(con, _QUERY, len(events)).unnest("preference")
    con.unregister("consent_events")
    chosen = found.filter(pl.col("value").is_in(list(_STATUS)))
    decisions = events.join(chosen, on="position", maintain_order="left")
    return {
        "consent": decisions.select(
            "position",
            "recorded_at",
            "attributes",
            consent_id=pl.concat_str("event_id", "key", separator="|"),
            person_ref=customer_ref(),
            # so that a category called marketing is no permission to write
            purpose=pl.lit("consent_category:") + pl.col("key"),
            channel=pl.lit(None, pl.String),
            status=pl.col("value").replace_strict(_STATUS, default=None),
            captured_at="event_at",
            consent_source=pl.lit("segment_consent_preference"),
        )
    }
