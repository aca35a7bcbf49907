"""Segment events in; what those with a meaning laid down in the spec say, as entities, out.

E-mail, live chat, e-commerce v2 and B2B events. The events stay web events; a row is made beside
them where they state enough for one.
"""

from __future__ import annotations

import duckdb
import polars as pl

from ingest.source import Source
from ingest.sources.segment.accounts import ACCOUNT_EVENTS, account_rows
from ingest.sources.segment.carts import CART_EVENTS, cart_rows
from ingest.sources.segment.chat import CHAT_EVENTS, chat_rows
from ingest.sources.segment.mail import MAIL_EVENTS, mail_rows
from ingest.sources.segment.orders import ORDER_EVENTS, segment_order_rows
from ingest.sources.segment.properties import with_properties
from ingest.sources.web.entities import only, wanted_entities

ENTITIES = (
    "email_event", "consent", "interaction", "agent", "cart_event", "order", "order_line",
    "account", "contact",
)  # fmt: skip

SEMANTIC_EVENTS = (*MAIL_EVENTS, *CHAT_EVENTS, *CART_EVENTS, *ORDER_EVENTS, *ACCOUNT_EVENTS)


def semantic_rows(
    con: duckdb.DuckDBPyConnection, events: pl.DataFrame, source: Source
) -> dict[str, pl.DataFrame]:
    """Return the rows by entity, without entities that have none.

    Parameters
    ----------
    events
        Web events as the Segment parser makes them, with typed ids; ``attributes`` holds the
        properties.
    """
    wanted = wanted_entities(source, ENTITIES)
    is_semantic = events["event_name"].is_in(SEMANTIC_EVENTS)
    if not wanted or not is_semantic.any():
        return {}
    said = with_properties(con, events.filter(is_semantic, pl.col("event_type") == "track"))
    rows = {
        **mail_rows(said),
        **chat_rows(said),
        **cart_rows(said),
        **segment_order_rows(con, said),
        **account_rows(said),
    }
    return only(rows, wanted)
