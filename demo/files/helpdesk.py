"""Helpdesk exports: tickets, their events, SLA targets, opening hours, surveys."""

from __future__ import annotations

import polars as pl

from demo.company import service
from demo.company.office_hours import SCHEDULES, ZONE
from demo.company.world import World
from demo.files.dirt import DUPLICATE_ROW, CellDirt
from demo.files.export_columns import account_ids, agent_ids, stamped
from demo.files.landing import Landing
from demo.files.tables import export_csv, export_jsonl, export_once
from demo.timeline import START, iso


def write_helpdesk(landing: Landing, world: World) -> None:
    """Write everything the helpdesk and the survey tool export."""
    emails = world.people.select("person", "email")
    versions = service.ticket_versions(world.tickets).join(
        emails, on="person", maintain_order="left"
    )
    frame = stamped(versions, created_at="day", updated_at="recorded", solved_stamp="solved_at")
    rows = frame.select(
        id="ticket_id",
        requester_email="email",
        assignee_id=pl.when(pl.col("status") != "new").then(agent_ids(world, "agent")),
        group=pl.lit("Support"),
        organization_id=account_ids(),
        via_channel="channel",
        type="type",
        priority="priority",
        status="status",
        subject="subject",
        tags=pl.concat_list("topic"),
        created_at=iso("created_at"),
        updated_at=iso("updated_at"),
        solved_at=iso("solved_stamp"),
        reopened_count="reopened_count",
    )
    dirt = (
        DUPLICATE_ROW,
        CellDirt("value_not_allowed", "quarantined", 0.002, "status", "waiting for Godot"),
        CellDirt("missing_key", "quarantined", 0.002, "id", None),
    )
    export_jsonl(
        landing, "helpdesk/{day}/tickets.jsonl", rows, frame["recorded"], kind="tickets", dirt=dirt
    )
    _events(landing, world)
    _policies(landing)
    _surveys(landing, world)


def _events(landing: Landing, world: World) -> None:
    emails = world.people.select("person", "email")
    events = service.ticket_events(world.tickets).join(emails, on="person", maintain_order="left")
    frame = stamped(events, at="event_day")
    assigned = pl.col("event_type") == "assignee"
    rows = frame.select(
        id="ticket_event_id",
        ticket_id="ticket_id",
        event_type="event_type",
        value=pl.when(assigned)
        .then(pl.format("U{}", pl.col("value").cast(pl.Int64, strict=False) + 100))
        .otherwise("value"),
        previous_value="previous_value",
        is_public=pl.col("event_type") == "comment",
        actor_type="actor_type",
        actor=pl.when(pl.col("actor_type") == "agent")
        .then(agent_ids(world, "agent"))
        .when(pl.col("actor_type") == "requester")
        .then("email"),
        created_at=iso("at"),
    )
    dirt = (
        DUPLICATE_ROW,
        CellDirt("value_not_allowed", "quarantined", 0.002, "event_type", "sneezed"),
        CellDirt("missing_required", "quarantined", 0.001, "ticket_id", None),
    )
    export_jsonl(
        landing, "helpdesk/{day}/ticket_events.jsonl", rows, frame["event_day"],
        kind="ticket_events", dirt=dirt,
    )  # fmt: skip


def _policies(landing: Landing) -> None:
    since = f"{START:%Y-%m-%dT%H:%M:%S}Z"
    policies = pl.DataFrame(
        [
            {"policy_id": policy_id, "metric": metric, "priority": priority,
             "target_minutes": minutes * factor, "business_hours": True,
             "schedule_id": schedule.schedule_id, "modified_at": since}
            for policy_id, (schedule, targets) in service.POLICIES.items()
            for metric, factor in (
                ("first_reply_time", 1), ("full_resolution", service.RESOLUTION_FACTOR),
            )
            for priority, minutes in targets.items()
        ]
    )  # fmt: skip
    openings = pl.DataFrame(
        [
            {"schedule_id": schedule.schedule_id, "name": schedule.name, "time_zone": ZONE,
             "start_minute": day * 1440 + opens * 60, "end_minute": day * 1440 + closes * 60,
             "valid_from": first, "valid_to": last}
            for schedule in SCHEDULES
            for first, last, week in schedule.periods
            for day, opens, closes in week
        ],
        schema_overrides={"valid_from": pl.Date, "valid_to": pl.Date},
    )  # fmt: skip
    holidays = pl.DataFrame(
        [
            {"schedule_id": schedule.schedule_id, "holiday_date": day, "name": name}
            for schedule in SCHEDULES
            for day, name in schedule.holidays.items()
        ]
    )
    for kind, rows in (
        ("sla_policies", policies), ("schedules", openings), ("schedule_holidays", holidays),
    ):  # fmt: skip
        export_once(landing, f"helpdesk/{{day}}/{kind}.csv", rows, kind=kind)


def _surveys(landing: Landing, world: World) -> None:
    emails = world.people.select("person", "email")
    frame = stamped(
        world.surveys.join(emails, on="person", maintain_order="left"),
        sent_at="sent", responded_at="responded", modified_at="recorded",
    )  # fmt: skip
    rows = frame.select(
        response_id="survey_response_id",
        survey_type="survey_type",
        email="email",
        scale_min="scale_min",
        scale_max="scale_max",
        score="score",
        sent_at=iso("sent_at"),
        responded_at=iso("responded_at"),
        channel="channel",
        ticket_id="ticket_id",
        agent_id=agent_ids(world, "agent"),
        modified_at=iso("modified_at"),
    )
    dirt = (
        DUPLICATE_ROW,
        CellDirt("value_not_allowed", "quarantined", 0.002, "survey_type", "mood"),
        CellDirt("number_not_numeric", "quarantined", 0.002, "score", "great!"),
    )
    export_csv(
        landing, "surveys/responses-{month}.csv", rows, frame["recorded"],
        kind="survey_responses", dirt=dirt,
    )  # fmt: skip
