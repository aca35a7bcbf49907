"""Service: the customers' tickets in, helpdesk records, their events and surveys out."""

from __future__ import annotations

import numpy as np
import polars as pl

from demo.chance import Floats, choose, stream
from demo.company.agents import SALES, SERVICE
from demo.company.customers import Customers
from demo.company.office_hours import OFFICE, ON_CALL
from demo.names import TOPICS
from demo.timeline import LAST_MOMENT

CHANNELS = {"email": 0.45, "chat": 0.35, "voice": 0.20}
POLICIES = {
    "urgent": (ON_CALL, {"urgent": 60, "high": 240}),
    "standard": (OFFICE, {"normal": 480, "low": 1440}),
}
"""Per SLA policy the schedule that counts, and minutes until the first reply by priority."""
RESOLUTION_FACTOR = 8
"""A ticket has so many times the minutes of the first reply to be solved."""


def make_tickets(seed: int, customers: Customers) -> pl.DataFrame:
    """Return one row per ticket with its channel, topic, agent and course."""
    rng = stream(seed, "tickets")
    base = customers.tickets.sort("day", "customer")
    count = len(base)
    topic = rng.integers(0, len(TOPICS), count)
    priority = choose(rng, {"low": 0.25, "normal": 0.5, "high": 0.18, "urgent": 0.07}, count)
    reply = base["first_reply"].to_numpy()
    solved = base["solved"].to_numpy()
    reopened = rng.random(count) < 0.05
    agent = SALES + rng.integers(0, SERVICE, count)
    policy_of = {name: policy for policy, (_, targets) in POLICIES.items() for name in targets}
    moved = rng.random(count) < 0.12
    return (
        base.join(
            customers.table.select("customer", "person", "user_id", "account"),
            on="customer",
            maintain_order="left",
        )
        .with_columns(
            ticket=pl.int_range(count),
            ticket_id=pl.int_range(30_001, 30_001 + count).cast(pl.String),
            topic=pl.Series([TOPICS[t][0] for t in topic], dtype=pl.String),
            subject=pl.Series([TOPICS[t][1] for t in topic], dtype=pl.String),
            channel=pl.Series(choose(rng, CHANNELS, count).astype(str)),
            priority=pl.Series(priority.astype(str)),
            type=pl.Series(
                choose(rng, {"question": 0.5, "incident": 0.3, "problem": 0.2}, count).astype(str)
            ),
            agent=pl.Series(agent),
            first_agent=pl.Series(np.where(moved, SALES + rng.integers(0, SERVICE, count), agent)),
            second_message=pl.Series(
                np.where(rng.random(count) < 0.35, (reply + solved) / 2, np.nan)
            ),
            reopened=pl.Series(np.where(reopened, solved + 0.4, np.nan)),
            sla_policy=pl.Series([policy_of[p] for p in priority], dtype=pl.String),
            schedule=pl.Series(
                [POLICIES[policy_of[p]][0].schedule_id for p in priority], dtype=pl.String
            ),
            reply_due=pl.Series(_reply_due(base["day"].to_numpy(), priority)),
        )
        .with_columns(pl.col("second_message", "reopened").fill_nan(None))
    )


def _reply_due(day: Floats, priority: np.ndarray) -> Floats:
    """Return when the first reply is due: so many minutes of work after the ticket came in."""
    due = np.zeros(len(day))
    for schedule, targets in POLICIES.values():
        for name, minutes in targets.items():
            rows = priority == name
            due[rows] = schedule.after(day[rows], minutes)
    return due


def ticket_events(tickets: pl.DataFrame) -> pl.DataFrame:
    """Return the events of all tickets in time order: ``day``, type, value, actor."""
    reply = pl.col("first_reply")
    parts = [
        _event(tickets, "day", "created", None, "requester"),
        _event(tickets, "day", "comment", "subject", "requester"),
        _event(tickets, "day", "schedule", "schedule", "system"),
        _event(tickets, "day", "sla_applied", "sla_policy", "system"),
        _event(tickets, pl.col("day") + 0.002, "assignee", "first_agent", "system"),
        _event(tickets, reply, "comment", None, "agent", text="We are looking into it."),
        _event(tickets, reply, "status", None, "agent", text="open", before="new"),
        _event(
            tickets.filter(pl.col("agent") != pl.col("first_agent")),
            (reply + pl.col("solved")) / 2 + 0.001, "assignee", "agent", "agent",
        ),
        _event(tickets, "second_message", "comment", None, "requester", text="Any news?"),
        _event(
            tickets.filter(reply > pl.col("reply_due")),
            "reply_due", "sla_breached", "sla_policy", "system",
        ),
        _event(tickets, "solved", "status", None, "agent", text="solved", before="open"),
        _event(tickets, "reopened", "status", None, "requester", text="open", before="solved"),
        _event(
            tickets, pl.col("reopened") + 0.9, "status", None, "agent", text="solved", before="open"
        ),
    ]  # fmt: skip
    return (
        pl.concat(parts)
        .filter(pl.col("event_day") < LAST_MOMENT)
        .sort("event_day", "ticket", "event_type", "value")
        .with_columns(ticket_event_id=pl.format("TE{}", pl.int_range(1, pl.len() + 1)))
    )


def _event(
    tickets: pl.DataFrame,
    day: str | pl.Expr,
    event_type: str,
    value: str | None,
    actor: str,
    text: str | None = None,
    before: str | None = None,
) -> pl.DataFrame:
    moment = pl.col(day) if isinstance(day, str) else day
    shown = pl.col(value).cast(pl.String) if value else pl.lit(text, pl.String)
    return tickets.select(
        "ticket", "ticket_id", "person", "agent",
        event_day=moment,
        event_type=pl.lit(event_type),
        value=shown,
        previous_value=pl.lit(before, pl.String),
        actor_type=pl.lit(actor),
    ).filter(pl.col("event_day").is_not_null())  # fmt: skip


def ticket_versions(tickets: pl.DataFrame) -> pl.DataFrame:
    """Return the states a ticket shows in the helpdesk export: ``recorded`` in days, ``status``."""
    none = pl.lit(None, pl.Float64)
    states = [
        (tickets, pl.col("day"), "new", none, 0),
        (tickets, pl.col("first_reply"), "open", none, 0),
        (tickets, pl.col("solved"), "solved", pl.col("solved"), 0),
        (tickets, pl.col("reopened"), "open", none, 1),
        (tickets, pl.col("reopened") + 0.9, "solved", pl.col("reopened") + 0.9, 1),
    ]
    frames = [
        frame.with_columns(
            recorded=recorded, status=pl.lit(status), solved_at=solved, reopened_count=pl.lit(again)
        )
        for frame, recorded, status, solved, again in states
    ]
    return (
        pl.concat(frames)
        .filter(pl.col("recorded") < LAST_MOMENT)
        .sort("recorded", "ticket", "status")
    )


def make_surveys(seed: int, tickets: pl.DataFrame, customers: Customers) -> pl.DataFrame:
    """Return the states of CSAT surveys after tickets and of NPS surveys: sent, then answered."""
    rng = stream(seed, "surveys")
    csat = tickets.select(
        survey_type=pl.lit("CSAT"), scale_min=pl.lit(1), scale_max=pl.lit(5),
        person="person", ticket_id="ticket_id", agent="agent", channel=pl.lit("email"),
        sent=pl.col("solved") + 0.1, responded="rated", score="score",
    )  # fmt: skip
    buyers = customers.table
    start = buyers["start"].to_numpy()
    asked = np.flatnonzero(rng.random(len(buyers)) < 0.3)
    sent = start[asked] + 30 + rng.random(len(asked)) * 200
    answered = rng.random(len(asked)) < 0.45
    nps = pl.DataFrame(
        {
            "person": buyers["person"].to_numpy()[asked],
            "sent": sent,
            "responded": np.where(answered, sent + rng.exponential(1.5, len(asked)), np.nan),
            "score": np.where(answered, rng.binomial(10, 0.8, len(asked)), np.nan),
        }
    ).with_columns(
        pl.col("responded", "score").fill_nan(None),
        survey_type=pl.lit("NPS"), scale_min=pl.lit(0), scale_max=pl.lit(10),
        ticket_id=pl.lit(None, pl.String), agent=pl.lit(None, pl.Int64), channel=pl.lit("email"),
    )  # fmt: skip
    both = pl.concat([csat, nps.select(csat.columns).cast(csat.schema)]).filter(
        pl.col("sent") < LAST_MOMENT
    )
    both = both.sort("sent", "person").with_columns(
        survey_response_id=pl.format("SR{}", pl.int_range(1, pl.len() + 1))
    )
    asked_state = both.with_columns(
        recorded="sent", responded=pl.lit(None, pl.Float64), score=pl.lit(None, pl.Float64)
    )
    answered_state = both.filter(pl.col("responded") < LAST_MOMENT).with_columns(
        recorded="responded"
    )
    return pl.concat([asked_state, answered_state]).sort("recorded", "survey_response_id")
