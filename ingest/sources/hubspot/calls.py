"""HubSpot calls and emails: what becomes of their properties."""

from __future__ import annotations

import polars as pl

from ingest.sources.hubspot.activity import CONTACT, STARTED, activity
from ingest.sources.hubspot.lineage import CREATED
from ingest.sources.objects.expressions import (
    first_of,
    matched,
    text_of_html,
    typed,
    typed_each,
)

DISPOSITIONS = {
    "9d9162e7-6cf3-4944-bf63-4dff82258764": "Busy",
    "f240bbac-87c9-4f6e-bf70-924b57d47db7": "Connected",
    "a4c4c377-d246-4b32-a13b-75a56a4cd0ff": "Left live message",
    "b2cf5968-551e-4856-9783-52b3da59a7d0": "Left voicemail",
    "73a0d17f-1163-4015-bdd5-ec830791da20": "No answer",
    "17b47fee-58de-441e-a44c-c6300d46f273": "Wrong number",
}
"""Outcomes of a call that every account has; others are the account's own ids."""

CALL_OUTCOMES = {
    "(?i)^busy": "busy",
    "(?i)^connected|live message|^wrong number": "answered",
    "(?i)voicemail|^no.answer|^missed": "no_answer",
    "(?i)^failed|^cancell?ed": "failed",
    "(?i)^completed": "answered",
}

_DISPOSITION = pl.col("hs_call_disposition").replace(DISPOSITIONS)
_IS_INBOUND_CALL = (pl.col("hs_call_direction").str.to_uppercase() == "INBOUND").fill_null(
    value=False
)
_THEIR_NUMBER = pl.when(_IS_INBOUND_CALL).then("hs_call_from_number").otherwise("hs_call_to_number")

CALLS = activity(
    "calls",
    "call",
    columns={
        "channel": {"value": "phone"},
        "direction": pl.when(_IS_INBOUND_CALL)
        .then(pl.lit("inbound"))
        .otherwise(pl.lit("outbound")),
        "interaction_type": {"value": "call"},
        "subject": "hs_call_title",
        "body_text": text_of_html("hs_call_body"),
        "from_ref": typed("phone", pl.col("hs_call_from_number")),
        "to_refs": typed_each("phone", "hs_call_to_number"),
        "customer_ref": pl.coalesce(CONTACT, typed("phone", _THEIR_NUMBER)),
        "duration_s": {"from": "hs_call_duration", "scale": "0.001"},
        "outcome": pl.coalesce(
            matched(_DISPOSITION, CALL_OUTCOMES, None),
            matched(pl.col("hs_call_status"), CALL_OUTCOMES, None),
        ),
        "disposition": pl.coalesce(_DISPOSITION, "hs_call_status"),
        "recording_url": "hs_call_recording_url",
    },
    absorbed=(
        "hs_call_body", "hs_call_from_number", "hs_call_to_number", "hs_call_disposition",
        "hs_call_direction",
    ),
    evidence=(("hs_call_title",), ("hs_call_direction",), ("hs_call_duration",), ("hs_call_body",)),
)  # fmt: skip

_IS_INBOUND_EMAIL = pl.col("hs_email_direction").is_in(["INCOMING_EMAIL", "FORWARDED_EMAIL"])
_IS_INBOUND_EMAIL = _IS_INBOUND_EMAIL.fill_null(value=False)
_IS_UNSENT = (pl.col("hs_email_status") == "SCHEDULED").fill_null(value=False)

EMAILS = activity(
    "emails",
    "email",
    columns={
        "conversation_ref": pl.coalesce("hs_email_thread_id", "hs_object_id"),
        "channel": {"value": "email"},
        "direction": pl.when(_IS_UNSENT)
        .then(pl.lit("internal"))
        .when(_IS_INBOUND_EMAIL)
        .then(pl.lit("inbound"))
        .otherwise(pl.lit("outbound")),
        "interaction_type": pl.when(_IS_UNSENT)
        .then(pl.lit("draft"))
        .when(pl.col("hs_email_status") == "BOUNCED")
        .then(pl.lit("bounce"))
        .otherwise(pl.lit("message")),
        # the time of a scheduled e-mail is when it shall go
        "started_at": pl.coalesce(pl.when(_IS_UNSENT).then(CREATED), STARTED),
        "subject": "hs_email_subject",
        "body_text": pl.coalesce("hs_email_text", text_of_html("hs_email_html")),
        "from_ref": typed("email", pl.col("hs_email_from_email")),
        "to_refs": typed_each("email", "hs_email_to_email", "hs_email_cc_email"),
        "customer_ref": pl.coalesce(
            typed(
                "email",
                pl.when(_IS_INBOUND_EMAIL)
                .then("hs_email_from_email")
                .otherwise(first_of("hs_email_to_email")),
            ),
            CONTACT,
        ),
        "outcome": {
            "from": "hs_email_status",
            "values": {"BOUNCED": "bounced", "FAILED": "failed"},
            "else": None,
        },
    },
    absorbed=(
        "hs_email_text", "hs_email_html", "hs_email_from_email", "hs_email_to_email",
        "hs_email_cc_email", "hs_email_direction",
    ),
    evidence=(("hs_email_subject",), ("hs_email_direction",), ("hs_email_text",)),
)  # fmt: skip
