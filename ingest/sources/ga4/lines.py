"""Lines of the GA4 export in, one flat text column per field of an event out."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import polars as pl

from ingest.engine import frame_of

_TEXT = "VARCHAR"
_VALUE = dict.fromkeys(("string_value", "int_value", "float_value", "double_value"), _TEXT)

SHAPE = json.dumps(
    {
        **dict.fromkeys(
            (
                "event_date", "event_timestamp", "event_name", "event_value_in_usd",
                "event_bundle_sequence_id", "user_id", "user_pseudo_id",
                "user_first_touch_timestamp", "stream_id", "platform", "batch_page_id",
                "batch_ordering_id", "batch_event_index", "event_previous_timestamp",
                "event_server_timestamp_offset",
            ),
            _TEXT,
        ),
        **dict.fromkeys(
            (
                "app_info", "geo", "privacy_info", "user_ltv", "user_properties",
                "traffic_source", "session_traffic_source_last_click", "items",
                "event_dimensions", "is_active_user", "publisher",
            ),
            "JSON",
        ),
        "event_params": [{"key": _TEXT, "value": _VALUE}],
        "collected_traffic_source": dict.fromkeys(
            (
                "manual_source", "manual_medium", "manual_campaign_name", "manual_content",
                "manual_term", "gclid", "dclid", "srsltid",
            ),
            _TEXT,
        ),
        "device": {"language": _TEXT},
        "ecommerce": dict.fromkeys(
            ("transaction_id", "purchase_revenue", "refund_value", "shipping_value", "tax_value"),
            _TEXT,
        ),
    }
)  # fmt: skip
"""What is read of a line. BigQuery writes its 64-bit numbers as text, other tools as numbers:
both arrive as text here."""

_IDENTIFIED, _EVENTS = (
    Path(__file__).with_name(name).read_text(encoding="utf-8")
    for name in ("identified.sql", "events.sql")
)

QUERY = f"with identified as (\n{_IDENTIFIED}\n)\n{_EVENTS}"


def ga4_events(con: duckdb.DuckDBPyConnection, lines: pl.DataFrame) -> pl.DataFrame:
    """Return one row per line (``position``, ``line``, ``is_utf8``), in order."""
    con.register("ga4_lines", lines)
    events = frame_of(con, QUERY, len(lines), shape=SHAPE)
    con.unregister("ga4_lines")
    return events if events["position"].is_sorted() else events.sort("position")
