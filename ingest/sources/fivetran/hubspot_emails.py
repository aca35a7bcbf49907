"""HubSpot's marketing e-mails and what happened to them in; campaigns, events, consents out.

``email_event`` says when, to whom and what; one table per kind says the rest.
"""

from __future__ import annotations

import polars as pl

from ingest.sources.fivetran.hubspot_refusals import RECIPIENT
from ingest.sources.fivetran.table import Join, Part, Table, Target
from ingest.sources.hubspot.subscription_changes import DECISIONS
from ingest.sources.objects.expressions import matched

_TYPES = {
    "SENT": "sent", "PROCESSED": "sent", "DELIVERED": "delivered", "OPEN": "open", "CLICK": "click",
    "BOUNCE": "bounce", "DROPPED": "dropped", "SUPPRESSED": "dropped", "DEFERRED": "deferred",
    "SPAMREPORT": "spam_report", "FORWARD": "forward", "PRINT": "print", "REPLY": "reply",
}  # fmt: skip

_BOUNCES = {
    "(?i)spam|content|policy|reputation|dmarc|filtered|sending_domain": "block",
    "(?i)unknown_user|misconfiguration|dns": "hard",
    "(?i)full|throttled|temporary|timeout|greylisting": "soft",
}

_ENGAGEMENTS = ("OPEN", "CLICK", "PRINT", "FORWARD")

KINDS = (
    "bounce", "click", "deferred", "delivered", "dropped", "forward", "open", "print", "sent",
    "spam_report", "status_change",
)  # fmt: skip


def _detail(kind: str, *columns: str) -> Join:
    return Join(
        tables=(f"email_event_{kind}",),
        on="id",
        key="id",
        take={f"{kind}.{column}": column for column in columns},
    )


_IS_PROCESSED = (pl.col("type") == "PROCESSED").fill_null(value=False)

_OF_ALL = pl.col("status_change.portal_subscription_status")
_LEAVES_A_TYPE = (
    pl.col("status_change.subscriptions").str.contains('"UNSUBSCRIBED"').fill_null(value=False)
)

EVENT = Table(
    joins=(
        _detail("bounce", "category", "response", "status"),
        _detail("click", "url", "browser", "location", "referer"),
        _detail("deferred", "attempt"),
        _detail("delivered", "smtp_id"),
        _detail("dropped", "drop_reason", "drop_message"),
        _detail("open", "duration", "browser", "location"),
        _detail("sent", "subject", "from"),
        _detail("status_change", "portal_subscription_status", "source", "subscriptions"),
    ),
    derive={
        # who leaves a list is still SUBSCRIBED to all others: that is no yes
        "$subscription_status": pl.when(_LEAVES_A_TYPE & (_OF_ALL.is_null()))
        .then(pl.lit("UNSUBSCRIBED"))
        .when(~(_LEAVES_A_TYPE & (_OF_ALL == "SUBSCRIBED")))
        .then(_OF_ALL),
        "$type": pl.when(
            (pl.col("type") == "STATUSCHANGE") & (pl.col("$subscription_status") == "UNSUBSCRIBED")
        )
        .then(pl.lit("unsubscribe"))
        .otherwise(
            pl.col("type").replace_strict(_TYPES, default=None, return_dtype=pl.String)
        ),
        "$recipient": RECIPIENT,
        "$email": pl.coalesce("sent_by_id", "id"),
        # PROCESSED says once more that the mail was sent: it becomes that very event
        "$event_id": pl.when(_IS_PROCESSED).then("sent_by_id").otherwise("id"),
        "$event_at": pl.when(_IS_PROCESSED).then("sent_by_created").otherwise("created"),
        # a mail went out whoever is not counted as having read it
        "$is_filtered": pl.when(pl.col("type").is_in(_ENGAGEMENTS)).then("filtered_event"),
        # that the sending was noted twice makes no other mail of it
        "$obsoleted_by": pl.when(~_IS_PROCESSED).then("obsoleted_by_id"),
        "$bounce": matched(pl.col("bounce.category"), _BOUNCES, None),
        "$consent": pl.when(pl.col("type") == "STATUSCHANGE").then(
            pl.col("$subscription_status").replace_strict(
                DECISIONS, default=None, return_dtype=pl.String
            )
        ),
    },
    targets=(
        Target(
            entity="email_event",
            where=pl.col("$type").is_not_null()
            & pl.col("$event_id").is_not_null()
            & pl.col("$event_at").is_not_null(),
            columns={
                "email_event_id": "$event_id",
                "email_id": "$email",
                "campaign_ref": "email_campaign_id",
                "recipient_ref": "$recipient",
                "event_type": "$type",
                "event_at": "$event_at",
                "url": "click.url",
                "bounce_category": "$bounce",
                "is_filtered": "$is_filtered",
                "obsoleted_by_ref": "$obsoleted_by",
            },
            attributes=("filtered_event", "app_id", "obsoleted_by_id"),
            also=(
                "bounce.category", "bounce.status", "bounce.response", "click.browser",
                "click.location", "deferred.attempt", "dropped.drop_reason", "open.duration",
                "open.browser", "open.location", "sent.subject", "status_change.source",
            ),
        ),
        Target(
            entity="consent",
            where=pl.col("$consent").is_not_null(),
            columns={
                "consent_id": "id",
                "person_ref": "$recipient",
                "purpose": {"value": "marketing"},
                "channel": {"value": "email"},
                "status": "$consent",
                "captured_at": "created",
                "consent_source": "status_change.source",
            },
            attributes=(),
            also=("status_change.subscriptions",),
        ),
    ),
    reason_code="no_event_type",
    reason="its type is none that e-mail events have, or it is PROCESSED without the SENT it is of",
)  # fmt: skip

CAMPAIGN = Table(
    targets=(
        Target(
            entity="campaign",
            recorded_at="_fivetran_synced",
            is_deleted="_fivetran_deleted",
            columns={
                "campaign_id": "id",
                "name": "name",
                "type": {"value": "email"},
                "channel": {"value": "email"},
            },
        ),
    ),
)

EMAILS = {
    "email_campaign": CAMPAIGN,
    "email_event": EVENT,
    **{
        f"email_event_{kind}": Table(
            part=Part(on="id", tables={"email_event": "id"}),
            reason_code="missing_parent",
            reason="its row of email_event, which says when it happened and to whom, is in no "
            "file of this folder",
        )
        for kind in KINDS
    },
}
