"""Zendesk's satisfaction ratings in; CSAT survey responses of 0 (bad) or 1 (good) out."""

from __future__ import annotations

import polars as pl

from ingest.sources.fivetran.table import Table, Target, changed_at
from ingest.sources.fivetran.zendesk_roles import person, user_join

_SCORE = pl.col("score").str.to_lowercase()

RATING = Table(
    joins=(user_join("requester_id", "$requester_"),),
    derive={
        "$recorded_at": changed_at("updated_at"),
        "$person": person("requester_id", "$requester_role", "$requester_email"),
        "$points": pl.when(_SCORE.str.starts_with("good"))
        .then(pl.lit("1"))
        .when(_SCORE.str.starts_with("bad"))
        .then(pl.lit("0")),
        "$responded_at": pl.when(pl.col("$points").is_not_null()).then(
            pl.coalesce("updated_at", "created_at")
        ),
    },
    targets=(
        Target(
            entity="survey_response",
            recorded_at="$recorded_at",
            is_deleted="_fivetran_deleted",
            columns={
                "survey_response_id": "id",
                "survey_type": {"value": "CSAT"},
                "person_ref": "$person",
                "scale_min": {"value": "0"},
                "scale_max": {"value": "1"},
                "score": "$points",
                "comment": "comment",
                "sent_at": "created_at",
                "responded_at": "$responded_at",
                "ticket_ref": "ticket_id",
                "conversation_ref": "ticket_id",
                "agent_ref": "assignee_id",
            },
            where=pl.col("$points").is_not_null() | (_SCORE == "offered"),
            attributes=("score", "reason", "group_id", "url"),
        ),
    ),
    reason_code="not_offered",
    reason="nobody was asked for this rating, or nobody answered",
)

RATINGS = {"satisfaction_rating": RATING}
