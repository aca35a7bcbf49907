"""Telephone exchange: calls in, Asterisk call detail records in Berlin time out."""

from __future__ import annotations

import polars as pl

from demo.company.world import World
from demo.files.dirt import DUPLICATE_LINE, TextDirt, plant_lines
from demo.files.landing import Landing, months
from demo.phones import dialled
from demo.timeline import LAST_MOMENT, local, timestamps

STAMP = "%Y-%m-%d %H:%M:%S"

_DIRT = (
    DUPLICATE_LINE,
    TextDirt("too_few_fields", "quarantined", 0.002, lambda text: ",".join(text.split(",")[:6])),
    TextDirt(
        "unreadable_time", "quarantined", 0.002,
        lambda text: ",".join([*text.split(",")[:9], '"gestern"', *text.split(",")[10:]]),
    ),
)  # fmt: skip


def write_calls(landing: Landing, world: World) -> None:
    """Write one file a month, no header, as ``cdr_csv`` with unique id and user field."""
    extensions = dict(zip(world.agents["agent"], world.agents["extension"], strict=True))
    dial = {number: dialled(number) for number in world.calls["phone"].unique().to_list()}
    calls = world.calls.with_columns(
        finish=pl.col("day") + (pl.col("wait") + pl.col("talk")) / 86_400
    ).filter(pl.col("finish") < LAST_MOMENT)
    calls = calls.with_columns(
        timestamps(calls["day"].to_numpy(), "start"),
        serial=pl.int_range(pl.len()),
        extension=pl.col("agent").replace_strict(extensions, return_dtype=pl.String),
        outside=pl.col("phone").replace_strict(dial, return_dtype=pl.String),
    ).with_columns(
        answer=pl.col("start") + pl.duration(seconds=pl.col("wait")),
        end=pl.col("start") + pl.duration(seconds=pl.col("wait") + pl.col("talk")),
    )
    inbound = pl.col("inbound")
    number = pl.col("serial").cast(pl.String).str.zfill(8)
    line = pl.concat_str(
        pl.lit('"","'), pl.when(inbound).then("outside").otherwise("extension"), pl.lit('","'),
        pl.when(inbound).then("extension").otherwise("outside"), pl.lit('","'),
        pl.when(inbound).then(pl.lit("from-trunk")).otherwise(pl.lit("from-internal")),
        pl.lit('","'), pl.when(inbound).then("outside").otherwise("extension"),
        pl.lit('","PJSIP/trunk-'), number,
        pl.lit('","PJSIP/'), "extension", pl.lit("-"), number,
        pl.lit('","Dial","PJSIP/'), "extension", pl.lit('","'), local("start", STAMP),
        pl.lit('","'),
        pl.when("answered").then(local("answer", STAMP)).otherwise(pl.lit("")),
        pl.lit('","'), local("end", STAMP), pl.lit('",'),
        (pl.col("wait") + pl.col("talk")).cast(pl.String), pl.lit(","),
        pl.col("talk").cast(pl.String), pl.lit(',"'), "disposition",
        pl.lit('","DOCUMENTATION","'), pl.col("start").dt.epoch("s").cast(pl.String), pl.lit("."),
        pl.col("serial").cast(pl.String), pl.lit('",""'),
    )  # fmt: skip
    lines = calls.select("day", line=line)
    for _, label, part in months(lines, "day"):
        name = f"phone/cdr-{label}.csv"
        landing.write_lines(name, plant_lines(landing, name, part["line"], _DIRT), "phone")
