"""Salesforce Task, Event, EmailMessage: what becomes of their fields.

A Task is a logged call, a logged e-mail or a to-do; a to-do is internal, and so is a call or an
e-mail that somebody has still to make. A logged call without CallType counts as outbound: "Log a
Call" is what a colleague presses after calling.
"""

from __future__ import annotations

import polars as pl

from ingest.sources.objects import NativeObject, ObjectMap
from ingest.sources.objects.expressions import (
    first_of,
    is_false,
    is_true,
    text_of_html,
    typed,
    typed_each,
    with_prefix,
)
from ingest.sources.salesforce.lineage import EVENT
from ingest.sources.salesforce.owner import OWNER

_PERSON = pl.coalesce(
    typed("lead", with_prefix("WhoId", "00Q")), typed("contact", with_prefix("WhoId", "003"))
)
_KIND = pl.coalesce("TaskSubtype", "Type").str.to_lowercase()

OPEN_STATUSES = ["not started", "in progress", "waiting on someone else", "deferred", "open"]
_HAPPENED = pl.any_horizontal(
    pl.col(field).is_not_null()
    for field in ("CompletedDateTime", "CallDurationInSeconds", "CallDisposition")
)
_IS_PLANNED = ~_HAPPENED & pl.coalesce(
    pl.when(pl.col("IsClosed").is_not_null()).then(is_false("IsClosed")),
    pl.col("Status").str.to_lowercase().is_in(OPEN_STATUSES),
    pl.lit(value=False),
)
_IS_CALL = ~_IS_PLANNED & (
    _KIND.str.contains("call").fill_null(value=False) | pl.col("CallType").is_not_null()
)
_IS_EMAIL = ~_IS_PLANNED & _KIND.str.contains("email").fill_null(value=False)

_ABOUT: dict[str, str | dict[str, str] | pl.Expr] = {
    "opportunity_ref": with_prefix("WhatId", "006"),
    "ticket_ref": with_prefix("WhatId", "500"),
    "order_ref": with_prefix("WhatId", "801"),
    "campaign_ref": with_prefix("WhatId", "701"),
    "agent_ref": OWNER,
    "customer_ref": _PERSON,
}

_CALL_TYPES = {"Inbound": "inbound", "Outbound": "outbound", "Internal": "internal"}

TASK = NativeObject(
    name="Task",
    also_called=("Tasks",),
    maps=(
        ObjectMap(
            "interaction",
            {
                "interaction_id": "Id",
                "conversation_ref": "Id",
                "channel": pl.when(_IS_CALL)
                .then(pl.lit("phone"))
                .when(_IS_EMAIL)
                .then(pl.lit("email"))
                .otherwise(pl.lit("web")),
                "sub_channel": {"value": "salesforce"},
                "direction": {
                    "from": pl.when(_IS_CALL)
                    .then(pl.coalesce("CallType", pl.lit("Outbound")))
                    .when(_IS_EMAIL)
                    .then(pl.lit("Outbound"))
                    .otherwise(pl.lit("Internal")),
                    "values": _CALL_TYPES,
                },
                "interaction_type": pl.when(_IS_CALL)
                .then(pl.lit("call"))
                .when(_IS_EMAIL)
                .then(pl.lit("message"))
                .otherwise(pl.lit("task")),
                "subject": "Subject",
                "body_text": text_of_html("Description"),
                "started_at": pl.coalesce("CompletedDateTime", "CreatedDate"),
                "duration_s": "CallDurationInSeconds",
                "disposition": "CallDisposition",
                **_ABOUT,
            },
            **EVENT,
            absorbed=("Description",),
        ),
    ),
    evidence=(("TaskSubtype",), ("CallDurationInSeconds",), ("WhoId", "ActivityDate", "Status")),
)

_IS_COPY = is_true("IsChild") | is_true("IsRecurrence") | (pl.col("GroupEventType") == "3")
"""The entry of a meeting in the calendar of a colleague who was invited, or the pattern of a
series: the meeting, each one of the series, is a record of its own."""

EVENT_OBJECT = NativeObject(
    name="Event",
    also_called=("Events",),
    maps=(
        ObjectMap(
            "interaction",
            {
                "interaction_id": "Id",
                "conversation_ref": "Id",
                "channel": {"value": "in_person"},
                "sub_channel": {"value": "salesforce"},
                "direction": pl.when(_PERSON.is_null() | _IS_COPY)
                .then(pl.lit("internal"))
                .otherwise(pl.lit("outbound")),
                "interaction_type": {"value": "meeting"},
                "subject": "Subject",
                "body_text": text_of_html("Description"),
                "started_at": pl.coalesce("StartDateTime", "ActivityDateTime", "ActivityDate"),
                "ended_at": "EndDateTime",
                "duration_s": {"from": "DurationInMinutes", "scale": "60"},
                **_ABOUT,
            },
            **EVENT,
            absorbed=("Description", "StartDateTime"),
        ),
    ),
    evidence=(("StartDateTime", "EndDateTime"), ("DurationInMinutes",)),
)

_IS_INCOMING = is_true("Incoming")
_IS_BOUNCED = is_true("IsBounced")
_IS_DRAFT = (pl.col("Status").is_in(["5", "Draft"])).fill_null(value=False)

EMAIL_MESSAGE = NativeObject(
    name="EmailMessage",
    also_called=("EmailMessages",),
    maps=(
        ObjectMap(
            "interaction",
            {
                "interaction_id": "Id",
                "conversation_ref": pl.coalesce("ThreadIdentifier", "ParentId", "Id"),
                "channel": {"value": "email"},
                "sub_channel": {"value": "salesforce"},
                "direction": pl.when(_IS_DRAFT)
                .then(pl.lit("internal"))
                .when(_IS_INCOMING)
                .then(pl.lit("inbound"))
                .otherwise(pl.lit("outbound")),
                "interaction_type": pl.when(_IS_DRAFT)
                .then(pl.lit("draft"))
                .when(_IS_BOUNCED)
                .then(pl.lit("bounce"))
                .otherwise(pl.lit("message")),
                "outcome": pl.when(_IS_BOUNCED).then(pl.lit("bounced")),
                "subject": "Subject",
                "body_text": pl.coalesce("TextBody", text_of_html("HtmlBody")),
                "from_ref": typed("email", pl.col("FromAddress")),
                "to_refs": typed_each("email", "ToAddress", "CcAddress"),
                "customer_ref": typed(
                    "email",
                    pl.when(_IS_INCOMING)
                    .then(pl.col("FromAddress"))
                    .otherwise(first_of("ToAddress")),
                ),
                # who wrote from a shared address is known as the one who made the record
                "agent_ref": pl.when(~_IS_INCOMING).then(with_prefix("CreatedById", "005")),
                "started_at": pl.coalesce("MessageDate", "CreatedDate"),
                "ticket_ref": with_prefix("ParentId", "500"),
                "opportunity_ref": with_prefix("RelatedToId", "006"),
                "order_ref": with_prefix("RelatedToId", "801"),
            },
            **EVENT,
            absorbed=("TextBody", "HtmlBody", "FromAddress", "ToAddress", "CcAddress"),
        ),
    ),
    evidence=(("MessageDate",), ("FromAddress", "ToAddress")),
)
