"""The history of a HubSpot contact's refusals in; ``consent`` rows out.

A contact has a property for each type of subscription of its account (``hs_email_optout_<id>``)
that says whether the contact refuses it. When that was decided only the property's history says;
the property alone stays in ``attributes``.
"""

from __future__ import annotations

import polars as pl

from ingest.sources.hubspot.records import HISTORY
from ingest.sources.objects import ObjectMap
from ingest.sources.objects.expressions import typed

SUBSCRIPTION = r"^hs_email_optout_(\d+)$"

_TYPE, _REFUSED, _AT, _ID = "$subscription", "$refused", "$decided_at", "$consent_id"


def _decisions(frame: pl.DataFrame) -> pl.DataFrame:
    """Return a line per refusal, and per refusal taken back."""
    entry = pl.col(HISTORY).struct
    changes = (
        frame.select("$position", "hs_object_id", HISTORY)
        .filter(pl.col(HISTORY).list.len() > 0, pl.col("hs_object_id").is_not_null())
        .explode(HISTORY)
        .select(
            "$position",
            "hs_object_id",
            entry.field("property").str.extract(SUBSCRIPTION).alias(_TYPE),
            (entry.field("value").str.to_lowercase() == "true").fill_null(False).alias(_REFUSED),
            entry.field("timestamp").alias(_AT),
        )
        .filter(pl.col(_TYPE).is_not_null(), pl.col(_AT).is_not_null())
        .unique(maintain_order=True)
    )
    # newest first as delivered: reversed, so that of two at the same moment the later stays later
    ordered = changes.reverse().sort("$position", _TYPE, _AT, maintain_order=True)
    before = pl.col(_REFUSED).shift(1).over("$position", _TYPE).fill_null(False)
    # that somebody has never refused is no decision
    return ordered.filter(pl.col(_REFUSED) != before).with_columns(
        pl.concat_str("hs_object_id", _TYPE, _AT, separator="|").alias(_ID)
    )


REFUSALS = ObjectMap(
    "consent",
    {
        "consent_id": _ID,
        "person_ref": typed("contact", pl.col("hs_object_id")),
        # what the account calls by this number only the account knows
        "purpose": pl.concat_str(pl.lit("subscription_type:"), _TYPE),
        "channel": {"value": "email"},
        "status": pl.when(_REFUSED).then(pl.lit("withdrawn")).otherwise(pl.lit("granted")),
        "captured_at": _AT,
        "consent_source": {"value": "hs_email_optout"},
    },
    rows=_decisions,
    fields=("hs_object_id", HISTORY),
    keep_rest=False,
)
