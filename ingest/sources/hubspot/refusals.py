"""Whether a HubSpot contact refuses types of subscriptions in; ``consent`` rows out.

A contact has a property for each type of subscription of its account (``hs_email_optout_<id>``,
in a CSV export ``Opted out of email: <name>``) that says whether the contact refuses it. When that
was decided the property's history says; without one it is a refusal as long as the newest version
of the contact has it, since that version at the latest.
"""

from __future__ import annotations

import re

import polars as pl

from ingest.sources.hubspot.lineage import CHANGED
from ingest.sources.hubspot.records import HISTORY, OPT_OUTS
from ingest.sources.objects import ObjectMap
from ingest.sources.objects.expressions import is_true, typed

SUBSCRIPTION = r"^hs_email_optout_(\d+)$"
_PROPERTY = r"^(?:hs_email_optout_(?:\d+)|(?i:opted out of email: \S.*))$"
_PREFIX = r"^(?:hs_email_optout_|(?i:opted out of email: ))"

_CHANGED = tuple(sorted(set(CHANGED.meta.root_names())))
_TYPE, _REFUSED, _AT, _ID = "$subscription", "$refused", "$decided_at", "$consent_id"
_DATED = "$dated"


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


def _standing(frame: pl.DataFrame) -> pl.DataFrame:
    """Return a line per type that a contact refuses, or does not, and has no history of."""
    # a CSV export has a column for each
    exported = [name for name in frame.columns if re.search(_PROPERTY, name)]
    columns = [
        pl.struct(pl.lit(name).alias("property"), pl.col(name).cast(pl.String).alias("value"))
        for name in exported
    ]
    listed = pl.concat_list(columns) if columns else pl.col(OPT_OUTS)
    entry = pl.col(OPT_OUTS).struct
    dated = pl.col(HISTORY).list.eval(pl.element().struct.field("property"))
    return (
        frame.filter(pl.col("hs_object_id").is_not_null(), CHANGED.is_not_null())
        .select("$position", "hs_object_id", *_CHANGED, listed.alias(OPT_OUTS), dated.alias(_DATED))
        .filter(pl.col(OPT_OUTS).list.len() > 0)
        .explode(OPT_OUTS)
        .with_columns(entry.field("property").alias(_TYPE), entry.field("value").alias(_REFUSED))
        .filter(
            pl.col(_TYPE).str.contains(_PROPERTY),
            pl.col(_REFUSED).is_not_null(),
            ~pl.col(_DATED).list.contains(pl.col(_TYPE)).fill_null(value=False),
        )
        .with_columns(
            pl.col(_TYPE).str.replace(_PREFIX, ""),
            is_true(_REFUSED).alias(_REFUSED),
            CHANGED.alias(_AT),
        )
        .with_columns(pl.concat_str("hs_object_id", _TYPE, separator="|").alias(_ID))
    )


STANDING_REFUSALS = ObjectMap(
    "consent",
    {
        "consent_id": _ID,
        "person_ref": typed("contact", pl.col("hs_object_id")),
        "purpose": pl.concat_str(pl.lit("subscription_type:"), _TYPE),
        "channel": {"value": "email"},
        "status": {"value": "withdrawn"},
        "captured_at": _AT,
        "consent_source": {"value": "hs_email_optout"},
    },
    recorded_at=CHANGED,
    is_deleted=~pl.col(_REFUSED),
    rows=_standing,
    fields=("hs_object_id", HISTORY, OPT_OUTS, *_CHANGED),
    keep_rest=False,
)
