"""Segment events in; what those with a meaning laid down in the spec say, as entities, out.

E-mail, consent, live chat, e-commerce v2 and B2B events. The events stay web events; a row is made
beside them where they state enough for one.
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
from ingest.sources.segment.preferences import PREFERENCE_EVENTS, preference_rows
from ingest.sources.segment.properties import with_properties
from ingest.sources.web.entities import only, wanted_entities

_Maker = Callable[[duckdb.DuckDBPyConnection, pl.DataFrame], dict[str, pl.DataFrame]]

ENTITIES = (
    "email_event", "consent", "interaction", "agent", "cart_event", "order", "order_line",
    "account", "contact",
)  # fmt: skip

_MADE: tuple[tuple[tuple[str, ...], Collection[str], _Maker], ...] = (
    (("email_event", "consent"), MAIL_EVENTS, lambda con, said: mail_rows(said)),
    (("consent",), PREFERENCE_EVENTS, preference_rows),
    (("interaction", "agent"), CHAT_EVENTS, lambda con, said: chat_rows(said)),
    (("cart_event",), CART_EVENTS, lambda con, said: cart_rows(said)),
    (("order", "order_line"), ORDER_EVENTS, segment_order_rows),
    (("account", "contact"), ACCOUNT_EVENTS, lambda con, said: account_rows(said)),
)
"""Entities, the events they are made of, and what makes them."""

SEMANTIC_EVENTS = tuple(name for _, names, _ in _MADE for name in names)


def _squeezed(name: str) -> str:
    return name.replace(" ", "").replace("_", "").lower()


_AS_WRITTEN_HERE = {_squeezed(name): name for name in SEMANTIC_EVENTS}


def _spec_names(names: pl.Series) -> pl.Series:
    """Return the spec's spelling of each event, null for events that it does not know.

    Segment's own libraries look neither at case nor at blanks and underscores: ``order_completed``
    and ``orderCompleted`` are orders for them.
    """
    given = names.unique().drop_nulls()
    spec = [_AS_WRITTEN_HERE.get(_squeezed(name)) for name in given]
    return names.replace_strict(given, pl.Series(spec, dtype=pl.String), default=None)


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
    spec_names = _spec_names(events["event_name"])
    is_semantic = spec_names.is_in([name for names, _ in makers for name in names])
    if not is_semantic.any():
        return {}
    semantic = events.with_columns(event_name=spec_names).filter(
        is_semantic, pl.col("event_type") == "track"
    )
    said = with_properties(con, semantic)
    rows: dict[str, pl.DataFrame] = {}
    for _, make in makers:
        for entity, frame in make(con, said).items():
            others = [rows[entity]] if entity in rows else []
            rows[entity] = pl.concat([*others, frame], how="diagonal")
    return only(rows, wanted)
