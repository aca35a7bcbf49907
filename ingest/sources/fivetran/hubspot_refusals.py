"""Whom HubSpot may not write to, as Fivetran's tables say it, in; consents out.

A type of subscription is about what its account says: its ``consent`` names it by its id, as the
HubSpot API does, and keeps the name of ``email_subscription``.
"""

from __future__ import annotations

import polars as pl

from ingest.sources.fivetran.table import (
    Join,
    Table,
    Target,
    first_of,
    is_true,
)
from ingest.sources.hubspot.subscription_changes import DECISIONS

HASHED = r"^(?:[A-Za-z0-9+/]{22}==|[0-9a-f]{32})$"
"""An address that Fivetran was told to hash: a pseudonym, but the same person throughout."""

RECIPIENT = (
    pl.when(pl.col("recipient").str.contains(HASHED))
    .then(pl.concat_str(pl.lit("anonymous_id:"), pl.col("recipient")))
    .otherwise(pl.concat_str(pl.lit("email:"), pl.col("recipient")))
)

_PURPOSE = "subscription_type:"
_OPT_OUT = r"^(?:property_)?hs_email_optout_(\d+)$"

STANDING_REFUSAL = Target(
    entity="consent",
    turned=_OPT_OUT,
    derive={
        "$type": pl.col("$name").str.extract(_OPT_OUT),
        "$is_taken_back": ~is_true("$value").fill_null(value=False),
        "$purpose": pl.concat_str(pl.lit(_PURPOSE), pl.col("$type")),
    },
    recorded_at="$recorded_at",
    is_deleted="$is_taken_back",
    columns={
        "consent_id": {"from": ["id", "$type"]},
        "person_ref": {"from": "id", "as": "contact"},
        "purpose": "$purpose",
        "channel": {"value": "email"},
        "status": {"value": "withdrawn"},
        "captured_at": "$recorded_at",
        "consent_source": {"value": "hs_email_optout"},
    },
    attributes=(),
)
"""What a contact refuses while its newest version says so, since that version at the latest."""

CONTACT_HISTORY = Table(
    derive={
        "$type": pl.col("name").str.extract(_OPT_OUT),
        "$purpose": pl.concat_str(pl.lit(_PURPOSE), pl.col("$type")),
    },
    targets=(
        Target(
            entity="consent",
            # whether a no was there that could be taken back only the row before would tell, and
            # this is the largest table of all: the contact says that it stands no more
            where=pl.col("$type").is_not_null()
            & pl.col("timestamp").is_not_null()
            & is_true("value"),
            columns={
                "consent_id": {"from": ["contact_id", "$type", "timestamp"]},
                "person_ref": {"from": "contact_id", "as": "contact"},
                "purpose": "$purpose",
                "channel": {"value": "email"},
                "status": {"value": "withdrawn"},
                "captured_at": "timestamp",
                "consent_source": {"value": "hs_email_optout"},
            },
            attributes=(),
        ),
    ),
    reason="the history of a contact's properties has no entity, but for refusals of types of "
    "subscriptions; the present values come with the contact",
)

_IS_OF_TYPE = pl.col("email_subscription_id").is_not_null()
_IS_LEAVING = pl.col("change") == "UNSUBSCRIBED"

SUBSCRIPTION_CHANGE = Table(
    joins=(
        Join(
            tables=("email_event",), on="caused_by_event_id", key="id", take={"$created": "created"}
        ),
        Join(
            tables=("email_subscription",),
            on="email_subscription_id",
            key="id",
            take={"$subscription_name": "name"},
        ),
    ),
    derive={
        # a change that an event caused has the event's moment alone
        "$at": first_of("timestamp", "$created"),
        "$recipient": RECIPIENT,
        "$id": pl.concat_str(
            "recipient",
            "$at",
            pl.coalesce("email_subscription_id", pl.lit("all")),
            "change",
            separator="|",
        ),
        "$purpose": pl.when(_IS_OF_TYPE)
        .then(pl.concat_str(pl.lit(_PURPOSE), pl.col("email_subscription_id")))
        .otherwise(pl.lit("marketing")),
    },
    targets=(
        Target(
            entity="consent",
            # that somebody is subscribed to all again is told by email_event
            where=pl.col("$at").is_not_null()
            & pl.col("recipient").is_not_null()
            & pl.when(_IS_OF_TYPE)
            .then(pl.col("change").is_in(list(DECISIONS)))
            .otherwise(_IS_LEAVING),
            columns={
                "consent_id": "$id",
                "person_ref": "$recipient",
                "purpose": "$purpose",
                "channel": {"value": "email"},
                "status": {"from": "change", "values": DECISIONS},
                "captured_at": "$at",
                "consent_source": "source",
            },
            attributes=("change_type", "caused_by_event_id"),
            also=("$subscription_name",),
        ),
    ),
    reason_code="no_decision",
    reason="a change of a subscription that is no decision of the recipient's, as a bounce, "
    "or one without a moment or recipient",
)

REFUSALS = {
    "contact_property_history": CONTACT_HISTORY,
    "email_subscription_change": SUBSCRIPTION_CHANGE,
    "email_subscription": Table(
        reason="a type of subscription has no entity; its name is kept with what was decided of it"
    ),
}
