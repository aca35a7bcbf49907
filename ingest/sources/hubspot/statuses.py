"""HubSpot's statuses of subscriptions (``/communication-preferences/v4/statuses``): consents.

A page is of one subscriber, or has a record for each of several, with their statuses in a list.
"""

from __future__ import annotations

import polars as pl

from ingest.sources.hubspot.records import STATUS_FIELDS, STATUSES, STATUSES_TYPE
from ingest.sources.hubspot.subscription_changes import DECISIONS
from ingest.sources.objects import NativeObject, ObjectMap
from ingest.sources.objects.expressions import typed


def _decided(frame: pl.DataFrame) -> pl.DataFrame:
    """Return a line per type of mail that somebody decided on; most have not on most."""
    status = pl.col(STATUSES).struct
    return (
        frame.select("$position", STATUSES)
        .filter(pl.col(STATUSES).list.len() > 0)
        .explode(STATUSES)
        .select("$position", *(status.field(name) for name in ("subscriber", *STATUS_FIELDS)))
        .filter(
            pl.col("channel") == "EMAIL",
            pl.col("status").is_in(list(DECISIONS)),
            *(pl.col(name).is_not_null() for name in ("subscriber", "subscriptionId", "timestamp")),
        )
    )


SUBSCRIPTION_STATUSES = NativeObject(
    name="subscription_statuses",
    also_called=("subscription_status", "communication_preferences"),
    maps=(
        ObjectMap(
            "consent",
            {
                "consent_id": {"from": ["subscriber", "subscriptionId"]},
                "person_ref": typed("email", pl.col("subscriber")),
                "purpose": pl.concat_str(
                    pl.lit("subscription_type:"), pl.col("subscriptionId")
                ),
                "channel": {"value": "email"},
                "status": {"from": "status", "values": DECISIONS},
                "captured_at": "timestamp",
                "consent_source": "source",
            },
            recorded_at="timestamp",
            rows=_decided,
            fields=(STATUSES,),
            absorbed=("subscriber", "subscriptionId", "channel"),
        ),
    ),
    without_rows="nobody has decided on a subscription by e-mail, or nobody says when",
    nested={STATUSES: STATUSES_TYPE},
)  # fmt: skip
