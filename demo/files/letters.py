"""Mail as facts: turns in, one row per message with addresses, ids and kind out."""

from __future__ import annotations

import polars as pl

from demo.chance import stream
from demo.company.world import World
from demo.timeline import LAST_MOMENT, timestamps

AUTO_REPLY_SHARE, BOUNCE_SHARE, ROLE_SHARE = 0.01, 0.008, 0.1
ATTACHMENT_SHARE, HTML_SHARE = 0.03, 0.25


def make_letters(world: World) -> pl.DataFrame:
    """Return messages, out-of-office answers and delivery failures in time order."""
    rng = stream(world.seed, "mail")
    turns = world.turns.filter(pl.col("channel") == "email")
    staff = world.agents.select("agent", agent_name="name", agent_email="email")
    moves = world.contacts.filter(pl.col("new_email").is_not_null()).select(
        "person", "moved", "new_email"
    )
    domains = world.accounts.select("account", "domain")
    frame = (
        turns.join(world.people.select("person", "first", "last", "email", "account"), on="person",
                   maintain_order="left")
        .join(staff, on="agent", maintain_order="left")
        .join(moves, on="person", how="left", maintain_order="left")
        .join(domains, on="account", how="left", maintain_order="left")
    )  # fmt: skip
    count = len(frame)
    # a few business customers write inquiries from the company's role address
    role = (
        pl.Series(rng.random(count) < ROLE_SHARE)
        & pl.col("conversation").str.starts_with("inquiry")
        & pl.col("domain").is_not_null()
    )
    frame = frame.with_columns(
        kind=pl.lit("message"),
        address=pl.when(role)
        .then(pl.format("info@{}", "domain"))
        .when(pl.col("moved") < pl.col("day"))
        .then("new_email")
        .otherwise("email"),
        html=pl.Series(rng.random(count) < HTML_SHARE),
        attached=pl.Series(rng.random(count) < ATTACHMENT_SHARE),
        single=pl.col("inbound") & (pl.col("turn") == 0),
    )
    frame = frame.with_columns(
        message_id=pl.concat_str(
            "conversation", pl.lit("."), pl.col("turn").cast(pl.String),
            pl.when("inbound").then(pl.lit("@mx.kunde.example")).otherwise(
                pl.lit("@mail.nordlicht.example")
            ),
        )
    ).with_columns(
        previous_id=pl.col("message_id").shift(1).over("conversation"),
        root_id=pl.col("message_id").first().over("conversation"),
    )  # fmt: skip
    chance = pl.Series(rng.random(count))
    outbound = frame.filter(~pl.col("inbound") & (chance < AUTO_REPLY_SHARE + BOUNCE_SHARE))
    pick = rng.random(len(outbound))
    answers = outbound.with_columns(
        kind=pl.when(pl.Series(pick) < BOUNCE_SHARE / (AUTO_REPLY_SHARE + BOUNCE_SHARE))
        .then(pl.lit("bounce"))
        .otherwise(pl.lit("auto_reply")),
        day=pl.col("day") + 0.0008,
        inbound=pl.lit(True),
        previous_id="message_id",
        message_id=pl.format("auto-{}", "message_id"),
        html=pl.lit(False),
        attached=pl.lit(False),
        single=pl.lit(False),
    )
    both = pl.concat([frame, answers]).filter(pl.col("day") < LAST_MOMENT).sort("day", "message_id")
    return both.with_columns(timestamps(both["day"].to_numpy(), "at"))
