"""What the helpdesk really promised and kept: a simulated company in, one row per ticket out."""

from __future__ import annotations

import numpy as np
import polars as pl

from demo.company.office_hours import SCHEDULES
from demo.company.service import POLICIES
from demo.company.world import World
from demo.timeline import LAST_MOMENT, timestamps


def ticket_targets(world: World) -> pl.DataFrame:
    """Return the policy and the schedule of every ticket, and how its first reply kept to them.

    ``business_minutes`` and ``is_late`` are null while nobody has replied.
    """
    tickets = world.tickets
    targets = {name: float(m) for _, t in POLICIES.values() for name, m in t.items()}
    day, reply = tickets["day"].to_numpy(), tickets["first_reply"].to_numpy()
    minutes = np.zeros(len(tickets))
    for schedule in SCHEDULES:
        rows = (tickets["schedule"] == schedule.schedule_id).to_numpy()
        minutes[rows] = schedule.minutes_until(reply[rows]) - schedule.minutes_until(day[rows])
    replied = pl.Series(reply < LAST_MOMENT)
    return tickets.select(
        ticket_id=pl.format("helpdesk:{}", "ticket_id"),
        sla_policy_id="sla_policy",
        schedule_key=pl.format("helpdesk:{}", "schedule"),
        target_minutes=pl.col("priority").replace_strict(targets, return_dtype=pl.Float64),
        created_at=timestamps(day),
        reply_due_at=timestamps(tickets["reply_due"].to_numpy()),
        business_minutes=pl.when(replied).then(pl.Series(minutes)),
        is_late=pl.when(replied).then(pl.col("first_reply") > pl.col("reply_due")),
    )
