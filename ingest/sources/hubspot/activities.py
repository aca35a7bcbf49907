"""HubSpot meetings, notes, tasks, communications: what becomes of their properties.

Notes and tasks are internal and have no channel of their own: they count as ``web``.
"""

from __future__ import annotations

import polars as pl

from ingest.sources.hubspot.activity import STARTED, activity
from ingest.sources.hubspot.lineage import CREATED
from ingest.sources.objects.expressions import matched, text_of_html

MEETING_OUTCOMES = {
    "(?i)^completed": "answered",
    "(?i)^no.show": "no_answer",
    "(?i)^(?:cancell?ed|rescheduled)": "failed",
}

_OUTCOME = matched(pl.col("hs_meeting_outcome"), MEETING_OUTCOMES, None)

MEETINGS = activity(
    "meetings",
    "meeting",
    columns={
        "channel": {"value": "in_person"},
        # when it was called off, nobody met anybody
        "direction": pl.when(_OUTCOME == "failed")
        .then(pl.lit("internal"))
        .when(pl.col("hs_meeting_source") == "MEETINGS_PUBLIC")
        .then(pl.lit("inbound"))
        .otherwise(pl.lit("outbound")),
        "interaction_type": {"value": "meeting"},
        "subject": "hs_meeting_title",
        "body_text": text_of_html("hs_meeting_body"),
        "started_at": pl.coalesce("hs_meeting_start_time", STARTED),
        "ended_at": "hs_meeting_end_time",
        "outcome": _OUTCOME,
        "disposition": "hs_meeting_outcome",
    },
    absorbed=("hs_meeting_body", "hs_meeting_start_time"),
    evidence=(("hs_meeting_title",), ("hs_meeting_start_time",), ("hs_meeting_outcome",)),
)

NOTES = activity(
    "notes",
    "note",
    columns={
        "channel": {"value": "web"},
        "direction": {"value": "internal"},
        "interaction_type": {"value": "note"},
        "body_text": text_of_html("hs_note_body"),
    },
    absorbed=("hs_note_body",),
    evidence=(("hs_note_body",),),
)

TASKS = activity(
    "tasks",
    "task",
    columns={
        "channel": {"value": "web"},
        "direction": {"value": "internal"},
        "interaction_type": {"value": "task"},
        "subject": "hs_task_subject",
        "body_text": text_of_html("hs_task_body"),
        "started_at": pl.coalesce("hs_task_completion_date", CREATED, "hs_timestamp"),
        "disposition": "hs_task_status",
    },
    absorbed=("hs_task_body",),
    evidence=(("hs_task_subject",), ("hs_task_status",), ("hs_task_body",)),
)

COMMUNICATIONS = activity(
    "communications",
    "communication",
    columns={
        "channel": {
            "from": "hs_communication_channel_type",
            "values": {"SMS": "sms", "WHATS_APP": "chat", "LINKEDIN_MESSAGE": "social"},
            "else": {"value": "chat"},
        },
        "sub_channel": pl.coalesce(
            pl.col("hs_communication_channel_type").str.to_lowercase(), pl.lit("hubspot")
        ),
        "direction": {"value": "outbound"},
        "interaction_type": {"value": "message"},
        "body_text": text_of_html("hs_communication_body"),
    },
    absorbed=("hs_communication_body",),
    evidence=(("hs_communication_channel_type",), ("hs_communication_body",)),
)
