"""Web server log: a sample of the sessions and the crawlers in, combined log lines out."""

from __future__ import annotations

import numpy as np
import polars as pl

from demo.chance import choose, stream
from demo.company.world import World
from demo.files.dirt import TextDirt, cut_in_half, plant_lines
from demo.files.landing import Landing
from demo.files.segment_calls import USER_AGENTS
from demo.timeline import LAST_MOMENT, MONTHS, local, month_starts, timestamps

BOTS = (
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
    "curl/8.5.0",
)
PATHS = {"/": 0.4, "/products": 0.25, "/robots.txt": 0.05, "/pricing": 0.1, "/blog/sensors": 0.2}
BOT_SHARE = 0.35
REQUESTS_PER_VISIT = 0.25

# no copies: two equal lines of an access log are two requests
_DIRT = (
    TextDirt("truncated_line", "quarantined", 0.002, lambda text: cut_in_half(text)[:40]),
    TextDirt("not_a_request", "quarantined", 0.001, lambda text: "-- log rotated --"),
)


def write_access_log(landing: Landing, world: World) -> None:
    """Write one gzipped log a month in Berlin time."""
    edges = month_starts()
    total = REQUESTS_PER_VISIT * (world.size.visits + len(world.sessions) / 10)
    for month, label in enumerate(MONTHS):
        rng = stream(world.seed, "requests", month)
        count = max(3, int(total / len(MONTHS)))
        begin, end = edges[month], min(edges[month + 1], LAST_MOMENT)
        moment = np.sort(begin + rng.random(count) * (end - begin))
        if month == len(MONTHS) - 1:
            # the smallest company is not busy every day, but its data must reach the last one
            moment[-1] = LAST_MOMENT
        bot = rng.random(count) < BOT_SHARE
        agent = np.where(
            bot, np.array(BOTS)[rng.integers(0, 3, count)],
            np.array(USER_AGENTS)[rng.integers(0, 3, count)],
        )  # fmt: skip
        status = choose(rng, {200: 0.93, 304: 0.03, 404: 0.035, 500: 0.005}, count)
        frame = pl.DataFrame(
            {
                "at": timestamps(moment),
                "host": rng.integers(1, 255, count),
                "path": choose(rng, PATHS, count).astype(str),
                "status": status.astype(np.int64),
                "size": rng.integers(400, 30_000, count),
                "agent": agent,
                "serial": np.arange(count),
            }
        )
        lines = frame.select(
            line=pl.concat_str(
                pl.lit("192.0.2."), pl.col("host").cast(pl.String), pl.lit(" - - ["),
                local("at", "%d/%b/%Y:%H:%M:%S %z"), pl.lit('] "GET '), "path", pl.lit("?r="),
                pl.col("serial").cast(pl.String), pl.lit(' HTTP/1.1" '),
                pl.col("status").cast(pl.String), pl.lit(" "), pl.col("size").cast(pl.String),
                pl.lit(' "-" "'), "agent", pl.lit('"'),
            )
        )["line"]  # fmt: skip
        name = f"web_log/access-{label}.log.gz"
        landing.write_lines(name, plant_lines(landing, name, lines, _DIRT), "web_log")
