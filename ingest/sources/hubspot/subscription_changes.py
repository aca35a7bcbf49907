"""Types of mail that somebody left or joined by a HubSpot e-mail event in; consents out."""

from __future__ import annotations

import polars as pl

from ingest.sources.hubspot.records import SUBSCRIPTIONS
from ingest.sources.objects import ObjectMap
from ingest.sources.objects.expressions import typed

DECISIONS = {"SUBSCRIBED": "granted", "UNSUBSCRIBED": "withdrawn"}
"""Status of a consent by what HubSpot says; what it says besides is no decision."""

_TYPE, _DECISION = "$subscription", "$decision"


def _decided(frame: pl.DataFrame) -> pl.DataFrame:
    """Return a line per type that an e-mail event says to be left or joined."""
    entry = pl.col(SUBSCRIPTIONS).struct
    return (
        frame.filter(pl.col("type") == "STATUSCHANGE", pl.col(SUBSCRIPTIONS).list.len() > 0)
        .select("$position", "id", "recipient", "created", "source", SUBSCRIPTIONS)
        .explode(SUBSCRIPTIONS)
        .with_columns(entry.field("id").alias(_TYPE), entry.field("status").alias(_DECISION))
        .filter(pl.col(_TYPE).is_not_null(), pl.col(_DECISION).is_in(list(DECISIONS)))
    )


SUBSCRIPTION_CHANGES = ObjectMap(
    "consent",
    {
        "consent_id": {"from": ["id", _TYPE]},
        "person_ref": typed("email", pl.col("recipient")),
        "purpose": pl.concat_str(pl.lit("subscription_type:"), _TYPE),
        "channel": {"value": "email"},
        "status": {"from": _DECISION, "values": DECISIONS},
        "captured_at": "created",
        "consent_source": "source",
    },
    rows=_decided,
    fields=("id", "type", "recipient", "created", "source", SUBSCRIPTIONS),
    keep_rest=False,
)
