"""Call detail records with their sides in, one row per call out.

Asterisk writes one record for each telephone that rang or was spoken to: a queue that tries three
agents leaves three records of one call. The call's row is a function of the set of its records:
neither their order nor copies of them change it.
"""

from __future__ import annotations

import polars as pl

from ingest.expressions.json_text import json_object, members
from ingest.sources.asterisk_cdr.queue_log import SCHEMA

_ID = "interaction_id"
_LAST = pl.col("ended_at").fill_null(pl.col("started_at"))

_NOBODY_BUT = ("Queue", "VoiceMail")
"""Applications that answer the line themselves: without a second channel nobody spoke there."""
_RINGING = ("Dial", "Queue", "FollowMe", "Page")

_ROUNDING_S = 2
"""The queue log counts whole seconds, and so do records unless told otherwise."""

_OF_LEG = (
    "uniqueid", "sequence", "src", "dst", "dcontext", "dstchannel", "lastapp", "lastdata", "start",
    "answer", "end", "duration", "billsec", "disposition",
)  # fmt: skip


def with_reached(legs: pl.DataFrame) -> pl.DataFrame:
    """Add ``is_reached`` (somebody or something answered) and ``is_bridged`` (by telephone)."""
    is_alone = pl.col("dstchannel").is_null()
    only_waited = pl.col("lastapp").is_in(_NOBODY_BUT).fill_null(False) & is_alone
    is_reached = (pl.col("outcome") == "answered").fill_null(False) & ~only_waited
    return legs.with_columns(is_reached=is_reached, is_bridged=is_reached & ~is_alone)


def calls_of(legs: pl.DataFrame) -> pl.DataFrame:
    """Return one row per ``interaction_id``, repeated for the position of each of its legs.

    Parameters
    ----------
    legs
        Columns of the records, their sides, ``outcome``, ``billed_s``, ``duration_s``, ``said``
        (members of ``attributes``) and what the queue log says of their channel.
    """
    own = with_reached(legs.unique((_ID, "line"), keep="any")).sort(
        pl.col("uniqueid").ne_missing(pl.col("linkedid")),
        "started_at",
        pl.col("sequence").cast(pl.Int64, strict=False),
        "line",
    )
    is_bridged = pl.col("is_bridged").any().over(_ID)
    rings = pl.col("lastapp").is_in(_RINGING).fill_null(False)
    own = own.with_columns(
        is_talk=pl.when(is_bridged)
        .then("is_bridged")
        .when(rings.any().over(_ID))
        # an announcement before a telephone that nobody picked up is no answer
        .then(pl.col("is_reached") & rings)
        .otherwise("is_reached"),
        leg=json_object([members({name: pl.col(name) for name in _OF_LEG})]),
    )
    calls = own.group_by(_ID).agg(
        pl.col("conversation_ref", "direction", "from_ref", "to_refs", "said").first(),
        customer_ref=pl.col("customer_ref").drop_nulls().first(),
        queue=pl.col("queue").drop_nulls().first(),
        started_at=pl.col("started_at").min(),
        ended_at=pl.col("ended_at").max(),
        recorded_at=_LAST.max(),
        longest_s=pl.col("duration_s").max(),
        legs=pl.len(),
        told=pl.col("leg").str.join(","),
        agents=pl.col("agent_ref").drop_nulls().n_unique(),
        rung=pl.col("agent_ref").drop_nulls().first(),
        outcome=pl.col("outcome").sort_by(_LAST, "line").last(),
        last_disposition=pl.col("disposition").sort_by(_LAST, "line").last(),
        **{name: pl.col(name).drop_nulls().first() for name in SCHEMA if name != "uniqueid"},
    )
    calls = calls.join(_talks(own), on=_ID, how="left", validate="1:1")
    return legs.select(_ID, "position").join(_described(calls), on=_ID, how="left", validate="m:1")


def _talks(own: pl.DataFrame) -> pl.DataFrame:
    """Return answer, agent and seconds spoken per call.

    Seconds that two records tell of (both ends of a local channel) count once.
    """
    talks = own.filter("is_talk").sort(pl.col("answered_at"), _LAST, "line", nulls_last=True)
    before = pl.col("ended_at").cum_max().shift(1).over(_ID)
    overlaps = (before > pl.col("answered_at")).fill_null(False)
    beyond = (pl.col("ended_at") - before).dt.total_seconds().cast(pl.Float64).clip(0)
    return (
        talks.with_columns(spoken=pl.when(overlaps).then(beyond).otherwise("billed_s"))
        .group_by(_ID, maintain_order=True)
        .agg(
            answered_at=pl.col("answered_at").min(),
            talk_s=pl.when(pl.col("spoken").count() > 0).then(pl.col("spoken").sum()),
            answered_by=pl.col("agent_ref").drop_nulls().first(),
            disposition=pl.col("disposition").first(),
            is_answered=pl.lit(True),
        )
    )


def _described(calls: pl.DataFrame) -> pl.DataFrame:
    is_connected = pl.col("connected_at").is_not_null()
    is_answered = pl.col("is_answered").fill_null(False) | is_connected
    # before version 12 a call is answered as soon as it stands in the queue
    is_early = (pl.col("connected_at") - pl.col("answered_at")).dt.total_seconds() > _ROUNDING_S
    is_late = is_connected & (is_early | pl.col("answered_at").is_null())
    answered_at = pl.when(is_late).then("connected_at").otherwise("answered_at")
    is_one = pl.col("legs") == 1
    whole = (pl.col("ended_at") - pl.col("started_at")).dt.total_seconds().cast(pl.Float64)
    duration = pl.when(is_one).then("longest_s").otherwise(pl.coalesce(whole, "longest_s"))
    waited = (answered_at - pl.col("started_at")).dt.total_seconds().cast(pl.Float64)
    legs = pl.when(~is_one).then(pl.format('"legs":[{}]', "told"))
    # of several agents that were rung in vain none has the call
    unanswered = pl.when(pl.col("agents") == 1).then("rung")
    not_reached = pl.when(pl.col("outcome") == "answered").then(pl.lit("no_answer"))
    told = pl.when(pl.col("queue_events").is_not_null()).then(
        pl.format('"queue_log":{}', "queue_events")
    )
    talk = pl.when(is_late).then("queue_talk_s").otherwise("talk_s")
    wait = pl.when(is_answered).then(pl.coalesce(waited, duration)).otherwise(duration)
    return calls.select(
        _ID, "conversation_ref", "direction", "from_ref", "to_refs", "customer_ref",
        pl.coalesce("queue", "queue_entered"),
        "started_at", answered_at.alias("answered_at"), "ended_at", "recorded_at",
        agent_ref=pl.when(is_answered)
        .then(pl.coalesce("answered_by", pl.when(is_connected).then("member")))
        .otherwise(unanswered),
        duration_s=duration,
        talk_s=pl.when(is_answered).then(talk).otherwise(0.0),
        wait_s=pl.coalesce("queue_wait_s", wait),
        outcome=pl.when(is_answered)
        .then(pl.lit("answered"))
        .otherwise(pl.coalesce(not_reached, "outcome")),
        disposition=pl.when(is_answered)
        .then(pl.coalesce("disposition", "last_disposition"))
        .otherwise(pl.coalesce("left_by", "disposition", "last_disposition")),
        attributes=json_object([pl.col("said"), legs, told]),
    )  # fmt: skip
