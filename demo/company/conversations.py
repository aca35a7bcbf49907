"""Talk: leads, tickets and inquiries in, one table of turns over mail, chat and phone out.

A turn is one message or one call: ``conversation`` (text, unique), ``turn`` (from 0), ``channel``
(email, chat, voice), ``inbound``, ``day``, ``person``, ``agent``, ``topic``, ``ticket`` (or -1),
``answered`` (calls).
"""

from __future__ import annotations

import numpy as np
import polars as pl

from demo.chance import choose, stream
from demo.company.agents import SALES, SERVICE
from demo.company.customers import Customers
from demo.company.leads import Leads
from demo.names import TOPICS
from demo.timeline import LAST_MOMENT

TURN_COLUMNS = (
    "conversation", "channel", "inbound", "day", "person", "agent", "topic", "ticket", "answered",
)  # fmt: skip


def make_turns(
    seed: int, leads: Leads, customers: Customers, tickets: pl.DataFrame
) -> pl.DataFrame:
    """Return all turns in time order within the simulated time."""
    parts = [
        *_lead_turns(seed, leads),
        *_ticket_turns(tickets),
        *_inquiry_turns(seed, customers),
    ]
    turns = pl.concat(part.select(TURN_COLUMNS) for part in parts)
    turns = turns.filter(pl.col("day") < LAST_MOMENT).sort("day", "conversation", "inbound")
    return turns.with_columns(
        turn=pl.int_range(pl.len()).over("conversation"),
        second=(pl.col("day") * 86_400).floor().cast(pl.Int64),
    )


def _lead_turns(seed: int, leads: Leads) -> list[pl.DataFrame]:
    rng = stream(seed, "lead turns")
    table = leads.table
    mail = table.select(
        "lead", "person", conversation=pl.format("lead-{}", "lead_id"), agent="rep",
        topic=pl.lit("offer"), ticket=pl.lit(-1, pl.Int64), answered=pl.lit(True),
    )  # fmt: skip
    first = mail.with_columns(
        day=table["responded"], inbound=pl.lit(False), channel=pl.lit("email")
    ).filter(pl.col("day").is_not_null())
    replies = _joined(leads, mail, "reply", inbound=True, channel="email")
    again = replies.filter(pl.Series(rng.random(len(replies)) < 0.5))
    again = again.with_columns(
        day=pl.col("day") + 0.05 + pl.Series(rng.exponential(0.3, len(again))),
        inbound=pl.lit(False),
    )
    calls = _joined(leads, mail, "call", inbound=True, channel="voice")
    calls = calls.with_columns(
        inbound=pl.Series(rng.random(len(calls)) < 0.4),
        conversation=pl.format("lead-call-{}", pl.int_range(pl.len())),
    )
    tried = table.filter(pl.col("with_phone") & pl.Series(rng.random(len(table)) < 0.15))
    missed = mail.join(tried.select("lead", "created"), on="lead", maintain_order="left")
    missed = missed.with_columns(
        day=pl.col("created") + pl.Series(rng.random(len(missed)) * 10),
        inbound=pl.lit(False),
        channel=pl.lit("voice"),
        answered=pl.lit(False),
        conversation=pl.format("lead-missed-{}", pl.int_range(pl.len())),
    )
    return [first, replies, again, calls, missed]


def _joined(
    leads: Leads, mail: pl.DataFrame, kind: str, *, inbound: bool, channel: str
) -> pl.DataFrame:
    events = leads.engagement.filter(pl.col("kind") == kind).select("lead", "day")
    return events.join(mail, on="lead", maintain_order="left").with_columns(
        inbound=pl.lit(inbound), channel=pl.lit(channel)
    )


def _ticket_turns(tickets: pl.DataFrame) -> list[pl.DataFrame]:
    base = tickets.select(
        "person", "agent", "topic", "ticket", "channel", "day", "first_reply", "solved",
        "second_message",
        conversation=pl.format("ticket-{}", "ticket_id"), answered=pl.lit(True),
    )  # fmt: skip
    written = base.filter(pl.col("channel") != "voice")
    return [
        base.with_columns(inbound=pl.lit(True)),
        written.with_columns(day="first_reply", inbound=pl.lit(False)),
        written.filter(pl.col("second_message").is_not_null()).with_columns(
            day="second_message", inbound=pl.lit(True)
        ),
        written.filter(pl.col("ticket") % 5 < 2).with_columns(
            day=pl.col("solved") - 0.001, inbound=pl.lit(False)
        ),
    ]


def _inquiry_turns(seed: int, customers: Customers) -> list[pl.DataFrame]:
    rng = stream(seed, "inquiries")
    asked = customers.inquiries
    count = len(asked)
    person = customers.table["person"].to_numpy()[asked["customer"].to_numpy()]
    channel = choose(rng, {"email": 0.4, "chat": 0.4, "voice": 0.2}, count).astype(str)
    base = pl.DataFrame(
        {
            "conversation": [f"inquiry-{i}" for i in range(count)],
            "person": person,
            "agent": SALES + rng.integers(0, SERVICE, count),
            "topic": np.array([t[0] for t in TOPICS])[rng.integers(0, len(TOPICS), count)],
            "channel": channel,
            "day": asked["day"],
            "answered": (channel != "voice") | (rng.random(count) < 0.85),
            "reply": asked["day"].to_numpy() + rng.lognormal(np.log(0.1), 1.0, count),
        },
        schema_overrides={"conversation": pl.String},
    ).with_columns(ticket=pl.lit(-1, pl.Int64), inbound=pl.lit(True))
    replies = base.filter(pl.col("channel") != "voice").with_columns(
        day="reply", inbound=pl.lit(False)
    )
    return [base, replies]


def make_calls(seed: int, turns: pl.DataFrame, numbers: pl.DataFrame) -> pl.DataFrame:
    """Return the calls among ``turns`` with durations; people without a number never call.

    Parameters
    ----------
    numbers
        ``person`` and the ``phone`` they call from, E.164.
    """
    rng = stream(seed, "calls")
    calls = turns.filter(pl.col("channel") == "voice").join(
        numbers, on="person", maintain_order="left"
    )
    count = len(calls)
    wait = np.rint(rng.gamma(2.0, 9.0, count)).astype(np.int64) + 2
    talk = np.rint(rng.lognormal(5.1, 0.8, count)).astype(np.int64)
    disposition = choose(rng, {"NO ANSWER": 0.75, "BUSY": 0.2, "FAILED": 0.05}, count).astype(str)
    return calls.with_columns(
        wait=pl.Series(wait),
        talk=pl.when("answered").then(pl.Series(talk)).otherwise(0),
        disposition=pl.when("answered").then(pl.lit("ANSWERED")).otherwise(pl.Series(disposition)),
    )
