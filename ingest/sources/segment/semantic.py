"""Segment events in; what those with a meaning laid down in the spec say, as entities, out.

E-mail, live chat, e-commerce v2 and B2B events. The events stay web events; a row is made beside
them where they state enough for one.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

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

_Maker = Callable[[duckdb.DuckDBPyConnection, pl.DataFrame], dict[str, pl.DataFrame]]

ENTITIES = (
    "email_event", "consent", "interaction", "agent", "cart_event", "order", "order_line",
    "account", "contact",
)  # fmt: skip

_MADE: tuple[tuple[tuple[str, ...], Collection[str], _Maker], ...] = (
    (("email_event", "consent"), MAIL_EVENTS, lambda con, said: mail_rows(said)),
    (("interaction", "agent"), CHAT_EVENTS, lambda con, said: chat_rows(said)),
    (("cart_event",), CART_EVENTS, lambda con, said: cart_rows(said)),
    (("order", "order_line"), ORDER_EVENTS, segment_order_rows),
    (("account", "contact"), ACCOUNT_EVENTS, lambda con, said: account_rows(said)),
)
"""Entities, the events they are made of, and what makes them."""

SEMANTIC_EVENTS = tuple(name for _, names, _ in _MADE for name in names)


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
    makers = [(names, make) for made, names, make in _MADE if wanted.intersection(made)]
    is_semantic = events["event_name"].is_in([name for names, _ in makers for name in names])
    if not is_semantic.any():
        return {}
    said = with_properties(con, events.filter(is_semantic, pl.col("event_type") == "track"))
    rows: dict[str, pl.DataFrame] = {}
    for _, make in makers:
        rows |= make(con, said)
    return only(rows, wanted)
