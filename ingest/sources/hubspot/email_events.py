"""HubSpot e-mail events (``/email/public/v1/events``): what becomes of them.

A change of subscription is a decision too, and becomes a ``consent``: about all mail by the status
of the account, and about each type that the event names.
"""

from __future__ import annotations

import polars as pl

from ingest.sources.hubspot.records import SUBSCRIPTIONS, SUBSCRIPTIONS_TYPE
from ingest.sources.hubspot.subscription_changes import DECISIONS, SUBSCRIPTION_CHANGES
from ingest.sources.objects import NativeObject, ObjectMap, Refusal
from ingest.sources.objects.expressions import matched, typed

EVENT_TYPES = {
    "SENT": "sent", "PROCESSED": "sent", "DROPPED": "dropped", "SUPPRESSED": "dropped",
    "DELIVERED": "delivered", "DEFERRED": "deferred", "BOUNCE": "bounce", "OPEN": "open",
    "CLICK": "click", "PRINT": "print", "FORWARD": "forward", "SPAMREPORT": "spam_report",
    "REPLY": "reply",
}  # fmt: skip

BOUNCE_CATEGORIES = {
    "(?i)spam|content|policy|reputation|dmarc|filtered|sending_domain": "block",
    "(?i)unknown_user|misconfiguration|dns": "hard",
    "(?i)full|throttled|temporary|timeout|greylisting": "soft",
}

_ENGAGEMENTS = ("OPEN", "CLICK", "PRINT", "FORWARD")

_TYPE = pl.col("type")
_IS_PROCESSED = _TYPE == "PROCESSED"
_HAS_SENDING = pl.col("sentBy.id").is_not_null() & pl.col("sentBy.created").is_not_null()
_IS_LEAVING = (_TYPE == "STATUSCHANGE") & (pl.col("subscription_status") == "UNSUBSCRIBED")
_DECIDES = (_TYPE == "STATUSCHANGE") & pl.col("subscription_status").is_in(list(DECISIONS))
_DECIDES_TYPES = (_TYPE == "STATUSCHANGE") & (
    pl.col(SUBSCRIPTIONS)
    .list.eval(pl.element().struct.field("status").is_in(list(DECISIONS)))
    .list.any()
)
_IS_KEPT = _TYPE.is_in(list(EVENT_TYPES)) & (~_IS_PROCESSED | _HAS_SENDING)

EMAIL_EVENTS = NativeObject(
    name="email_events",
    also_called=("email_event", "events"),
    maps=(
        ObjectMap(
            "email_event",
            {
                # PROCESSED says once more that the mail was sent: it becomes that very event
                "email_event_id": pl.when(_IS_PROCESSED).then("sentBy.id").otherwise("id"),
                "email_id": pl.coalesce("sentBy.id", "id"),
                "campaign_ref": "emailCampaignId",
                "recipient_ref": typed("email", pl.col("recipient")),
                "event_type": pl.when(_IS_LEAVING)
                .then(pl.lit("unsubscribe"))
                .otherwise(_TYPE.replace(EVENT_TYPES)),
                "event_at": pl.when(_IS_PROCESSED).then("sentBy.created").otherwise("created"),
                "url": "url",
                "bounce_category": matched(pl.col("category"), BOUNCE_CATEGORIES, None),
                # a mail went out whoever is not counted as having read it
                "is_filtered": pl.when(_TYPE.is_in(_ENGAGEMENTS)).then("filteredEvent"),
                # that the sending was noted twice makes no other mail of it
                "obsoleted_by_ref": pl.when(~_IS_PROCESSED).then("obsoletedBy.id"),
            },
            where=_IS_KEPT.fill_null(value=False) | _IS_LEAVING.fill_null(value=False),
            absorbed=("recipient", "sentBy.id", "sentBy.created", "id", "created", "type"),
        ),
        ObjectMap(
            "consent",
            {
                "consent_id": "id",
                "person_ref": typed("email", pl.col("recipient")),
                "purpose": {"value": "marketing"},
                "channel": {"value": "email"},
                "status": {
                    "from": "subscription_status",
                    "values": DECISIONS,
                },
                "captured_at": "created",
                "consent_source": "source",
            },
            where=_DECIDES,
            keep_rest=False,
        ),
        SUBSCRIPTION_CHANGES,
    ),
    refusals=(
        Refusal(
            ~pl.any_horizontal(
                each.fill_null(value=False) for each in (_IS_KEPT, _DECIDES, _DECIDES_TYPES)
            ),
            "event_not_kept",
            pl.concat_str(
                pl.lit("an e-mail event of the type "),
                pl.coalesce("type", pl.lit("(none)")),
                pl.lit(", for which the warehouse has no place"),
            ),
        ),
    ),
    evidence=(("emailCampaignId",), ("recipient", "type"), ("created", "type")),
    nested={SUBSCRIPTIONS: SUBSCRIPTIONS_TYPE},
)
