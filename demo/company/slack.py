"""Slack: colleagues among themselves and channels shared with large customers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from demo.chance import stream
from demo.timeline import LAST_MOMENT

INTERNAL = ("general", "support", "sales")
SHARED_CHANNELS = 4
MOST_TALKING_DAYS = 60
"""Messages are bundled on so many days, because an export has one file a channel and day."""

PHRASES = (
    "Morning all", "Could somebody look at the open returns?", "Done, thanks", "I am on it",
    "The new price list is online", "Shipment left this morning", "Any news on our order?",
    "Can we move the call to Thursday?", "Looks good to me", "We need ten more units",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Workspace:
    """Users (colleagues have ``agent``, guests ``person``), channels and messages."""

    users: pl.DataFrame
    channels: pl.DataFrame
    messages: pl.DataFrame


def make_workspace(
    seed: int, agents: pl.DataFrame, customers: pl.DataFrame, accounts: pl.DataFrame, count: int
) -> Workspace:
    """Return a workspace of ``count`` messages; customers write only as long as they stay."""
    rng = stream(seed, "slack")
    loyal = customers.filter((pl.col("account") >= 0) & pl.col("left").is_null())
    largest = (
        loyal.group_by("account").len().sort("len", "account", descending=[True, False])
    )["account"].head(SHARED_CHANNELS).to_list()  # fmt: skip
    guests = loyal.filter(pl.col("account").is_in(largest)).unique("person", maintain_order=True)
    guests = guests.sort("account", "person")
    users = pl.concat(
        [
            agents.select("name", "email", "agent", person=pl.lit(-1, pl.Int64)),
            guests.select(
                name=pl.format("{} {}", "first", "last"),
                email="email",
                agent=pl.lit(-1, pl.Int64),
                person="person",
            ),
        ]
    ).with_columns(slack_id=pl.format("U0{}", pl.int_range(1000, 1000 + pl.len())))
    domains = accounts["domain"].to_list()
    names = [*INTERNAL, *(f"ext-{domains[a].split('.')[0]}" for a in largest)]
    members = {name: np.arange(len(agents)) for name in INTERNAL}
    joined = dict.fromkeys(INTERNAL, 0.0)
    for account, name in zip(largest, names[len(INTERNAL) :], strict=True):
        rows = np.flatnonzero((guests["account"] == account).to_numpy())
        members[name] = np.r_[len(agents) + rows, rng.integers(0, 14, 1)]
        joined[name] = float(guests["start"].to_numpy()[rows].max())
    channel = rng.integers(0, len(names), count)
    talking = min(MOST_TALKING_DAYS, max(6, count // 15))
    days = np.sort(rng.integers(0, int(LAST_MOMENT), talking))
    begin = np.array([joined[name] for name in names])[channel]
    bundle = days[rng.integers(np.searchsorted(days, begin).clip(max=talking - 1), talking)]
    day = np.maximum(bundle, np.ceil(begin)) + (7 + 9 * rng.random(count)) / 24
    which = rng.random(count)
    author = np.zeros(count, dtype=np.int64)
    for number, name in enumerate(names):
        here = channel == number
        author[here] = members[name][(which[here] * len(members[name])).astype(int)]
    messages = pl.DataFrame(
        {
            "channel": np.array(names)[channel] if count else [],
            "day": day,
            "user": author,
            "text": np.array(PHRASES)[rng.integers(0, len(PHRASES), count)],
            "threaded": rng.random(count) < 0.25,
        }
    ).filter(pl.col("day") < LAST_MOMENT)
    messages = messages.sort("channel", "day", "user").with_row_index("serial")
    messages = messages.join(
        users.select("slack_id", "person", user=pl.int_range(pl.len())), on="user",
        maintain_order="left",
    )  # fmt: skip
    channels = pl.DataFrame(
        {
            "channel_id": [f"C0{100 + i}" for i in range(len(names))],
            "name": names,
            "members": [
                [users["slack_id"][int(u)] for u in members[name]] for name in names
            ],
        }
    )  # fmt: skip
    return Workspace(users, channels, messages)
