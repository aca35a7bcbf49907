"""Slack: messages in, a workspace export out (users, channels, one file a channel and day)."""

from __future__ import annotations

import json

import numpy as np
import polars as pl

from demo.company.world import World
from demo.files.dirt import DUPLICATE_LINE, TextDirt, plant_lines
from demo.files.landing import Landing
from demo.timeline import timestamps

_DIRT = (
    TextDirt(DUPLICATE_LINE.kind, DUPLICATE_LINE.expected, 0.004, DUPLICATE_LINE.damage),
    TextDirt(
        "missing_key", "quarantined", 0.006, lambda text: '{"type":"message","text":"lost"}'
    ),
)  # fmt: skip


def write_slack(landing: Landing, world: World) -> None:
    """Write the export; a quarter of the messages answer the channel's message before."""
    space = world.slack
    users = [
        {
            "id": row["slack_id"],
            "team_id": "T0NORD",
            "name": row["email"].split("@")[0],
            "real_name": row["name"],
            "is_bot": False,
            "is_restricted": row["person"] >= 0,
            "profile": {"real_name": row["name"], "email": row["email"]},
        }
        for row in space.users.iter_rows(named=True)
    ]
    channels = [
        {"id": row["channel_id"], "name": row["name"], "members": row["members"],
         "is_general": row["name"] == "general"}
        for row in space.channels.iter_rows(named=True)
    ]  # fmt: skip
    landing.write("slack/users.json", _array(users), "slack_users", len(users))
    landing.write("slack/channels.json", _array(channels), "slack_channels", len(channels))
    seconds = np.floor(space.messages["day"].to_numpy() * 86_400).astype(np.int64)
    messages = space.messages.with_columns(
        timestamps(space.messages["day"].to_numpy()),
        ts=pl.format("{}.{}", pl.Series(seconds + 1_719_792_000),
                     (pl.col("serial") % 1_000_000).cast(pl.String).str.zfill(6)),
    )  # fmt: skip
    messages = messages.with_columns(
        date=pl.col("at").dt.strftime("%Y-%m-%d"),
        root=pl.when("threaded").then(pl.col("ts").shift(1).over("channel")),
    )
    for (channel, date), part in messages.group_by("channel", "date", maintain_order=True):
        name = f"slack/{channel}/{date}.json"
        lines = pl.Series("line", [_message(row) for row in part.iter_rows(named=True)])
        texts = plant_lines(landing, name, lines, _DIRT).to_list()
        content = "[\n" + ",\n".join(texts) + "\n]\n"
        landing.write(name, content.encode(), "slack", len(texts))


def _message(row: dict[str, object]) -> str:
    message = {
        "client_msg_id": f"m{row['serial']}",
        "type": "message",
        "user": row["slack_id"],
        "text": row["text"],
        "ts": row["ts"],
        "team": "T0NORD",
    }
    if row["root"]:
        message["thread_ts"] = row["root"]
    return json.dumps(message, ensure_ascii=False)


def _array(objects: list[dict[str, object]]) -> bytes:
    return (json.dumps(objects, ensure_ascii=False, indent=1) + "\n").encode()
