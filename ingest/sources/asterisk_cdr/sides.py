"""Who called whom in, which side is ours out."""

from __future__ import annotations

import polars as pl

INTERNAL = r"^\d{2,5}$"
"""Extensions, where the source does not say what its own look like."""

INBOUND_CONTEXTS = r"(?i)^(?:from-(?:pstn|trunk|did|external)|ext-did|did|inbound|incoming)"
"""Dial plan contexts in which calls from outside arrive, as FreePBX and the samples name them."""

_NUMBER = r"^\+?[\d\s().\-/]{3,25}$"
_WITHHELD = r"(?i)anonym|unknown|unavailable|private|restricted|withheld"
_ENDPOINT = r"^[^/]+/(.+?)(?:@[^;]*)?(?:-[0-9a-fA-F]{4,})?(?:;\d+)?$"


def with_sides(calls: pl.DataFrame, internal: str) -> pl.DataFrame:
    """Add ``direction``, ``agent_ref``, ``customer_ref``, ``from_ref`` and ``to_refs``.

    A call that arrives in an inbound context comes from outside whatever its number looks like.
    Otherwise extensions and names (SIP users, service codes) are ours and numbers are not, and a
    call from one of our phones is ours too if it shows an outgoing caller id.

    Parameters
    ----------
    internal
        Regular expression of our extensions.
    """
    from_channel = pl.col("channel").str.extract(_ENDPOINT)
    to_channel = pl.col("dstchannel").str.extract(_ENDPOINT)
    calls = calls.with_columns(
        arrives=pl.col("dcontext").str.contains(INBOUND_CONTEXTS).fill_null(False),
        src_is_ours=_is_ours(pl.col("src"), internal),
        dst_is_ours=_is_ours(pl.col("dst"), internal),
        from_extension=pl.when(from_channel.str.contains(internal)).then(from_channel),
        to_extension=pl.when(to_channel.str.contains(internal)).then(to_channel),
    )
    is_placed_here = pl.col("src_is_ours") | pl.col("from_extension").is_not_null()
    is_inbound = pl.col("arrives") | ~is_placed_here
    is_internal = ~is_inbound & pl.col("dst_is_ours")
    direction = (
        pl.when(is_inbound)
        .then(pl.lit("inbound"))
        .when(is_internal)
        .then(pl.lit("internal"))
        .otherwise(pl.lit("outbound"))
    )
    return _with_refs(calls.with_columns(direction=direction), internal)


def _is_ours(number: pl.Expr, internal: str) -> pl.Expr:
    """Extensions, and whatever is no telephone number; an empty number is a withheld one."""
    is_extension = number.str.contains(internal)
    is_word = ~number.str.contains(_NUMBER) & ~number.str.contains(_WITHHELD)
    return (is_extension | is_word).fill_null(False)


def _with_refs(calls: pl.DataFrame, internal: str) -> pl.DataFrame:
    is_inbound = pl.col("direction") == "inbound"
    is_outbound = pl.col("direction") == "outbound"
    is_queue = (pl.col("lastapp") == "Queue").fill_null(False)
    answering = pl.coalesce(
        "to_extension",
        pl.when(pl.col("dst").str.contains(internal) & ~is_queue).then(pl.col("dst")),
    )
    calling = pl.coalesce(pl.when("src_is_ours").then(pl.col("src")), "from_extension")
    caller = pl.when(is_inbound & pl.col("src").str.contains(_NUMBER)).then(
        "phone:" + pl.col("src")
    )
    called = pl.when(is_outbound & pl.col("dst").str.contains(_NUMBER)).then(
        "phone:" + pl.col("dst")
    )
    return calls.with_columns(
        agent_ref=pl.when(is_inbound).then(answering).otherwise(calling),
        from_ref=caller,
        to_refs=pl.when(called.is_not_null())
        .then(pl.concat_list(called))
        .otherwise(pl.lit([], pl.List(pl.String))),
        customer_ref=pl.coalesce(caller, called),
        queue=pl.when(is_queue).then(pl.col("lastdata").str.extract(r"^([^,|]+)")),
    )
