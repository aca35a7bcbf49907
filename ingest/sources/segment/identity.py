"""Ids of Segment calls in, typed person identifiers and what ``alias`` states out."""

from __future__ import annotations

import polars as pl

from ingest.sources.web.visitors import address_in, somebody

_IDS = ("anonymous_id", "user_id", "previous_id")
_UUID = r"^[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}$"


def with_identity(calls: pl.DataFrame) -> pl.DataFrame:
    """Type ``anonymous_id`` and ``user_id``; trim ids and drop those that mean nobody.

    A user id that is an e-mail address is one, as it is for Segment's own libraries. Numbers that
    went through a column of floats (17.0) are the whole numbers that they were.
    """
    calls = calls.with_columns(somebody(pl.col(name)).alias(name) for name in _IDS)
    floats = [name for name in _IDS if calls[name].str.ends_with(".0").any()]
    return calls.with_columns(
        pl.col(name).str.replace(r"^(\d+)\.0$", "${1}") for name in floats
    ).with_columns(
        email=pl.coalesce("email", address_in(pl.col("user_id"))),
        anonymous_id=pl.lit("anonymous_id:") + pl.col("anonymous_id"),
        user_id=pl.lit("user_id:") + pl.col("user_id"),
    )


def stated_identifiers(events: pl.DataFrame) -> pl.DataFrame:
    """Return the ``identifier`` rows of ``alias`` calls: the previous id is the new one's.

    The spec lets ``previousId`` be an anonymous or an earlier user id and does not say which;
    Segment's libraries make anonymous ids as UUIDs. An address that was the user id is the person's
    address besides.
    """
    previous = pl.col("previous_id")
    is_own_anonymous = pl.lit("anonymous_id:") + previous == pl.col("anonymous_id")
    is_anonymous = is_own_anonymous.fill_null(False) | previous.str.contains(_UUID)
    is_alias = pl.col("event_type") == "alias"
    stated = events.filter(
        is_alias, previous.is_not_null(), pl.col("user_id").is_not_null()
    ).select(
        "position",
        "recorded_at",
        person_ref="user_id",
        id_type=pl.when(is_anonymous).then(pl.lit("anonymous_id")).otherwise(pl.lit("user_id")),
        id_value=previous,
        first_seen_at="event_at",
        last_seen_at="event_at",
    )
    addresses = stated.filter(address_in(pl.col("id_value")).is_not_null())
    return pl.concat([stated, addresses.with_columns(id_type=pl.lit("email"))])
