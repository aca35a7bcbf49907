"""CRM export of what reps did for a deal: activities in, one CSV a month out."""

from __future__ import annotations

import polars as pl

from demo.company.contacts import standing
from demo.company.world import World
from demo.files.dirt import DUPLICATE_ROW, CellDirt
from demo.files.export_columns import agent_ids, stamped
from demo.files.landing import Landing
from demo.files.tables import export_csv
from demo.timeline import iso

SUBJECTS = {"meeting": "Product demo", "call": "Call about the offer", "email": "Offer sent"}


def write_activities(landing: Landing, world: World) -> None:
    """Write meetings, calls and mails as they were logged when they were over."""
    contacts = standing(world.contacts).select("person", "contact_id")
    done = world.activities.join(
        contacts, on="person", how="left", maintain_order="left"
    ).with_columns(over=pl.col("day") + pl.col("minutes") / 1440)
    frame = stamped(done, started_at="day", ended_at="over")
    rows = frame.select(
        Id="activity_id",
        WhoId="contact_id",
        WhatId="opportunity_id",
        OwnerId=agent_ids(world, "rep"),
        Type=pl.col("kind").str.to_titlecase(),
        Subject=pl.col("kind").replace_strict(SUBJECTS, return_dtype=pl.String),
        CallDisposition=pl.when(pl.col("kind") == "call").then(
            pl.when("answered").then(pl.lit("Answered")).otherwise(pl.lit("No Answer"))
        ),
        ActivityDateTime=iso("started_at"),
        EndDateTime=iso("ended_at"),
    )
    dirt = (DUPLICATE_ROW, CellDirt("missing_key", "quarantined", 0.003, "Id", None))
    export_csv(
        landing, "crm/{day}/activities.csv", rows, frame["over"], kind="activities", dirt=dirt
    )
