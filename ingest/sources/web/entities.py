"""The option ``entities`` of a web source in; the entities to make beside web events out.

An analytics tool repeats what the shop, the mail tool or the CRM already know. Where those are
sources too, their orders, mails and leads must not be counted twice: orders and accounts are made
only if somebody says that nobody else gives them.
"""

from __future__ import annotations

import polars as pl

from ingest.parsed import UnreadableFile
from ingest.source import Source

ON_REQUEST = frozenset({"order", "order_line", "account", "contact"})
"""Counted twice, they would double revenue or customers without anybody noticing; missing, they
are missed at once."""


def wanted_entities(source: Source, possible: tuple[str, ...]) -> frozenset[str]:
    """Return what the source's option ``entities`` lists; without it all but ``ON_REQUEST``.

    Raises
    ------
    UnreadableFile
        If the option names something else.
    """
    option = source.options.get("entities")
    if option is None:
        return frozenset(possible) - ON_REQUEST
    names = [str(name) for name in option] if isinstance(option, list) else [str(option)]
    unknown = sorted(set(names) - set(possible) - {"web_event"})
    if unknown:
        raise UnreadableFile(
            f"option entities of source {source.name} names {', '.join(unknown)}; "
            f"write a list of {', '.join(possible)}, or [] for web events alone"
        )
    return frozenset(names)


def only(rows: dict[str, pl.DataFrame], wanted: frozenset[str]) -> dict[str, pl.DataFrame]:
    """Return the frames of the wanted entities that hold a row."""
    return {name: frame for name, frame in rows.items() if name in wanted and len(frame)}
