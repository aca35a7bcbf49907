"""How it serves: tickets and their events, SLA policies, schedules, surveys."""

from __future__ import annotations

from ingest.contracts.contract import Contract
from ingest.contracts.declare import (
    at,
    count,
    day,
    flag,
    key,
    number,
    person,
    ref,
    text,
    texts,
)  # fmt: skip

TICKET = Contract(
    name="ticket",
    plural="tickets",
    grain="one ticket",
    kind="state",
    occurred_at="created_at",
    columns=(
        key("ticket_id", "Id of the ticket in its source."),
        person("requester_ref", "Who needs help."),
        person("submitter_ref", "Who wrote it down."),
        ref("assignee_ref", "agent", "Agent who has it."),
        text("group_name", "Team that has it."),
        ref("organization_ref", "account", "Company of the requester."),
        text("brand", "Brand."),
        text("via_channel", "Channel it came in by."),
        text("type", "problem, incident, question or task."),
        text("priority", "urgent, high, normal or low.",
             allowed=("urgent", "high", "normal", "low")),
        text("status", "new, open, pending, hold, solved or closed.", required=True,
             allowed=("new", "open", "pending", "hold", "solved", "closed")),
        text("subject", "Subject line.", sensitivity="special"),
        texts("tags", "Tags."),
        at("created_at", "When it was opened.", required=True),
        at("due_at", "When it is due."),
        at("solved_at", "When it was solved, as the source states it."),
        ref("problem_ref", "ticket", "Problem ticket it belongs to."),
        text("satisfaction_score", "offered, unoffered, good or bad."),
        ref("order_ref", "order", "Order it is about."),
        ref("product_ref", "product", "Product it is about."),
        count("reopened_count", "Times reopened, as the source states it."),
        at("first_replied_at", "When an agent first replied, as the source states it."),
    ),
)  # fmt: skip

TICKET_EVENT = Contract(
    name="ticket_event",
    plural="ticket_events",
    grain="one event of one ticket",
    kind="event",
    occurred_at="event_at",
    columns=(
        key("ticket_event_id", "Id of the event."),
        ref("ticket_ref", "ticket", "The ticket.", required=True),
        text("event_type", "What happened.", required=True,
             allowed=("created", "comment", "status", "assignee", "group", "priority",
                      "sla_applied", "sla_breached", "merged", "note", "attachment", "schedule",
                      "redacted")),
        text("value", "Value after; schedule_id for schedule, the comment for redacted.",
             sensitivity="special"),
        text("previous_value", "Value before.", sensitivity="special"),
        flag("is_public", "The requester can see it."),
        text("actor_type", "agent, requester or system."),
        text("actor_ref", "agent record_key or person identifier.", sensitivity="personal"),
        at("event_at", "When.", required=True),
    ),
)  # fmt: skip

SLA_POLICY = Contract(
    name="sla_policy",
    plural="sla_policies",
    grain="one target of one policy",
    kind="state",
    columns=(
        key("sla_policy_id", "Id of the policy."),
        key("metric", "first_reply_time, next_reply_time, full_resolution."),
        key("priority", "Ticket priority it is for."),
        number("target_minutes", "Minutes allowed.", minimum=0),
        flag("business_hours", "Minutes count within the schedule only."),
        text("schedule_id", "Schedule that counts."),
    ),
)

SCHEDULE = Contract(
    name="schedule",
    plural="schedules",
    grain="one weekly opening interval of one schedule",
    kind="state",
    columns=(
        key("schedule_id", "Id of the schedule."),
        text("name", "Name."),
        text("time_zone", "IANA zone.", required=True, codes="time_zone"),
        count("start_minute", "Minute of the week it opens, from Monday 00:00 local.", key=True,
              required=True, maximum=10080),
        count("end_minute", "Minute of the week it closes.", required=True, maximum=10080),
        day("valid_from", "First day."),
        day("valid_to", "Last day."),
    ),
)  # fmt: skip

SCHEDULE_HOLIDAY = Contract(
    name="schedule_holiday",
    plural="schedule_holidays",
    grain="one closed day of one schedule",
    kind="state",
    columns=(
        key("schedule_id", "Id of the schedule."),
        day("holiday_date", "Closed day, local.", key=True, required=True),
        text("name", "Name of the holiday."),
    ),
)

SURVEY_RESPONSE = Contract(
    name="survey_response",
    plural="survey_responses",
    grain="one survey sent to one person, answered or not",
    kind="state",
    occurred_at="responded_at",
    columns=(
        key("survey_response_id", "Id of the response."),
        text("survey_type", "CSAT, NPS or CES.", required=True, allowed=("CSAT", "NPS", "CES")),
        person("person_ref", "Who was asked."),
        number("scale_min", "Lowest possible score."),
        number("scale_max", "Highest possible score."),
        number("score", "Score given; null while unanswered."),
        text("comment", "What they wrote.", sensitivity="special"),
        at("sent_at", "When it was sent."),
        at("responded_at", "When it was answered."),
        text("channel", "Channel it was sent by."),
        ref("ticket_ref", "ticket", "Ticket it is about."),
        ref("order_ref", "order", "Order it is about."),
        text("conversation_ref", "Conversation it is about."),
        ref("agent_ref", "agent", "Agent it is about."),
    ),
)

CONTRACTS = (TICKET, TICKET_EVENT, SLA_POLICY, SCHEDULE, SCHEDULE_HOLIDAY, SURVEY_RESPONSE)
