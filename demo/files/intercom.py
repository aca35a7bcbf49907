"""Chat: turns in, Intercom conversation objects out."""

from __future__ import annotations

import io

import polars as pl

from demo.company.world import World
from demo.files.dirt import DUPLICATE_LINE, TextDirt, plant_lines
from demo.files.landing import Landing, months

_DIRT = (
    DUPLICATE_LINE,
    TextDirt(
        "missing_key", "quarantined", 0.003, lambda text: '{"type":"conversation"}'
    ),
    TextDirt("not_an_object", "quarantined", 0.001, lambda text: "null"),
)  # fmt: skip

_ANSWERS = ("Thanks for writing, let me check.", "That is solved now.", "Anything else?")


def write_chats(landing: Landing, world: World) -> None:
    """Write one file a month: ``{"type": "conversation.list", "conversations": […]}``."""
    chats = _conversations(world)
    for _, label, part in months(chats, "day"):
        name = f"intercom/conversations-{label}.json"
        buffer = io.BytesIO()
        part.drop("day").write_ndjson(buffer)
        lines = pl.Series("line", buffer.getvalue().decode().splitlines())
        objects = plant_lines(landing, name, lines, _DIRT).to_list()
        content = (
            '{"type":"conversation.list","conversations":[\n'
            + ",\n".join(objects)
            + f'\n],"total_count":{len(objects)}}}\n'
        )
        landing.write(name, content.encode(), "intercom", len(objects))


def _conversations(world: World) -> pl.DataFrame:
    turns = world.turns.filter(pl.col("channel") == "chat")
    people = world.people.select("person", "email", name=pl.format("{} {}", "first", "last"))
    buyers = world.customers.table.select("person", "user_id")
    staff = world.agents.select(
        "agent", agent_id="agent_id", agent_name="name", agent_email="email"
    )
    start = 1_719_792_000  # epoch seconds of the first day
    frame = (
        turns.join(people, on="person", maintain_order="left")
        .join(buyers, on="person", maintain_order="left")
        .join(staff, on="agent", maintain_order="left")
        .with_columns(
            stamp=start + pl.col("second"),
            body=pl.when("inbound")
            .then(
                pl.when(pl.col("turn") == 0)
                .then(pl.format("<p>Hello, I have a question about my {}.</p>", "topic"))
                .otherwise(pl.lit("<p>Any news on this?</p>"))
            )
            .otherwise(
                pl.format(
                    "<p>{}</p>",
                    (pl.col("turn") % 3).replace_strict(
                        dict(enumerate(_ANSWERS)), return_dtype=pl.String
                    ),
                )
            ),
            author=pl.struct(
                type=pl.when("inbound").then(pl.lit("user")).otherwise(pl.lit("admin")),
                id=pl.when("inbound").then(pl.format("ic{}", "person")).otherwise("agent_id"),
                name=pl.when("inbound").then("name").otherwise("agent_name"),
                email=pl.when("inbound").then("email").otherwise("agent_email"),
            ),
        )
    )
    part = pl.struct(
        type=pl.lit("conversation_part"),
        id=pl.format("{}-{}", "conversation", "turn"),
        part_type=pl.lit("comment"),
        body="body",
        created_at="stamp",
        updated_at="stamp",
        notified_at="stamp",
        assigned_to=pl.lit(None, pl.String),
        author="author",
        attachments=pl.lit([], pl.List(pl.String)),
        redacted=pl.lit(False),
    )
    parts = (
        frame.filter(pl.col("turn") > 0)
        .group_by("conversation", maintain_order=True)
        .agg(parts=part, updated=pl.col("stamp").last())
    )
    heads = (
        frame.filter(pl.col("turn") == 0)
        .join(parts, on="conversation", how="left", maintain_order="left")
        .with_columns(pl.col("updated").fill_null(pl.col("stamp")))
    )
    ratings = world.tickets.select(
        "rated", "score", conversation=pl.format("ticket-{}", "ticket_id")
    )
    heads = heads.join(ratings, on="conversation", how="left", maintain_order="left")
    rated = pl.col("score").is_not_null()
    return heads.select(
        "day",
        type=pl.lit("conversation"),
        id="conversation",
        created_at="stamp",
        updated_at="updated",
        waiting_since=pl.lit(None, pl.Int64),
        snoozed_until=pl.lit(None, pl.Int64),
        source=pl.struct(
            type=pl.lit("conversation"), id=pl.format("{}-0", "conversation"),
            delivered_as=pl.lit("customer_initiated"), subject=pl.lit(""), body="body",
            author="author", url=pl.lit("https://www.nordlicht.example/support"),
        ),
        contacts=pl.struct(
            type=pl.lit("contact.list"),
            contacts=pl.concat_list(
                pl.struct(
                    type=pl.lit("contact"), id=pl.format("ic{}", "person"), external_id="user_id"
                )
            ),
        ),
        teammates=pl.struct(
            type=pl.lit("admin.list"),
            admins=pl.concat_list(pl.struct(type=pl.lit("admin"), id="agent_id")),
        ),
        admin_assignee_id="agent_id",
        team_assignee_id=pl.lit("support"),
        open=pl.lit(False),
        state=pl.lit("closed"),
        read=pl.lit(True),
        priority=pl.lit("not_priority"),
        conversation_rating=pl.when(rated).then(
            pl.struct(
                rating=pl.col("score").cast(pl.Int64), remark=pl.lit(None, pl.String),
                created_at=start + (pl.col("rated") * 86_400).floor().cast(pl.Int64),
            )
        ),
        tags=pl.struct(
            type=pl.lit("tag.list"),
            tags=pl.concat_list(pl.struct(type=pl.lit("tag"), id="topic", name="topic")),
        ),
        conversation_parts=pl.struct(
            type=pl.lit("conversation_part.list"), conversation_parts=pl.col("parts").fill_null([]),
            total_count=pl.col("parts").list.len().fill_null(0),
        ),
    )  # fmt: skip
