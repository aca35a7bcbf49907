"""Zendesk's SLA policies, schedules and holidays in; the entities of the same names out."""

from __future__ import annotations

import polars as pl

from ingest.sources.fivetran.table import Table, Target, changed_at
from ingest.times.named_zones import iana_zone

_DAY = 24 * 60
_WEEK = 7 * _DAY

_START = pl.col("start_time").cast(pl.Int64, strict=False)
_END = pl.col("end_time").cast(pl.Int64, strict=False)
_IS_SPLIT = (_START < _DAY) & (_END > _DAY)
"""Zendesk's week begins on Sunday, ours on Monday: what goes on past Sunday's end is two
intervals."""


def _schedule(where: pl.Expr, start: str, end: str) -> Target:
    return Target(
        entity="schedule",
        where=where,
        recorded_at="$recorded_at",
        is_deleted="_fivetran_deleted",
        columns={
            "schedule_id": "id",
            "name": "name",
            "time_zone": "$time_zone",
            "start_minute": start,
            "end_minute": end,
        },
        also=("start_time", "end_time"),
    )


SCHEDULE = Table(
    derive={
        "$recorded_at": changed_at("updated_at"),
        "$time_zone": pl.coalesce(iana_zone(pl.col("time_zone")), pl.col("time_zone")),
        "$is_split": _IS_SPLIT,
        "$start": (_START + _WEEK - _DAY) % _WEEK,
        "$end": pl.when(_IS_SPLIT)
        .then(pl.lit(_WEEK))
        .otherwise((_END - 1 + _WEEK - _DAY) % _WEEK + 1),
        "$monday": pl.lit(0, pl.Int64),
        "$rest": _END - _DAY,
    },
    targets=(
        _schedule(pl.col("$start").is_not_null(), "$start", "$end"),
        _schedule(pl.col("$is_split"), "$monday", "$rest"),
    ),
    reason_code="bad_interval",
    reason="start_time is no minute of a week",
)

_FIRST = pl.col("start_date").str.slice(0, 10).str.to_date(strict=False)
_LAST = pl.col("end_date").str.slice(0, 10).str.to_date(strict=False)

HOLIDAY = Table(
    derive={
        "$days": pl.when((_LAST >= _FIRST) & ((_LAST - _FIRST).dt.total_days() <= 366)).then(
            pl.date_ranges(_FIRST, _LAST)
        ),
    },
    targets=(
        Target(
            entity="schedule_holiday",
            where=pl.col("$days").is_not_null(),
            explode="$days",
            recorded_at="_fivetran_synced",
            is_deleted="_fivetran_deleted",
            columns={"schedule_id": "schedule_id", "holiday_date": "$days", "name": "name"},
        ),
    ),
    reason_code="bad_interval",
    reason="start_date and end_date are no days that follow each other within a year",
)

SLA_POLICY = Table(
    targets=(
        Target(
            entity="sla_policy",
            recorded_at="sla_policy_updated_at",
            is_deleted="_fivetran_deleted",
            columns={
                "sla_policy_id": "sla_policy_id",
                "metric": "metric",
                "priority": "priority",
                "target_minutes": "target",
                "business_hours": "business_hours",
            },
        ),
    ),
)

SETTINGS = {
    "schedule": SCHEDULE,
    "schedule_holiday": HOLIDAY,
    "sla_policy_metric_history": SLA_POLICY,
    "audit_log": Table(
        reason="a change of the account's own settings has no entity; the schedules, policies "
        "and users it is about come with their tables"
    ),
    **dict.fromkeys(
        ("time_zone", "daylight_time"),
        Table(reason="the offsets of a time zone have no entity; they come from the IANA database"),
    ),
}
