"""Web events: sessions in, the pages and actions they consist of out."""

from __future__ import annotations

import numpy as np
import polars as pl

from demo.chance import choose, repeat_index, stream

LANDING = {"/": 0.45, "/products": 0.25, "/blog/winter-lighting": 0.15, "/blog/sensors": 0.15}
INNER = {"/products": 0.45, "/products/aurora-lamp": 0.3, "/about": 0.1, "/support": 0.15}


def session_events(seed: int, month: int, sessions: pl.DataFrame) -> pl.DataFrame:
    """Return the events of the sessions of one month in time order.

    ``type`` is page, identify or track; ``path`` of pages, ``event`` of tracked events.
    """
    rng = stream(seed, "events", month)
    pages = rng.geometric(0.62, len(sessions)).clip(max=8)
    row = repeat_index(pages)
    first = np.r_[True, row[1:] != row[:-1]] if len(row) else np.zeros(0, dtype=bool)
    path = np.where(first, choose(rng, LANDING, len(row)), choose(rng, INNER, len(row))).astype(str)
    kind = sessions["kind"].to_numpy()
    parts = [_events(row, "page", path, "", 0, rng)]
    pricing = np.flatnonzero(sessions["pricing"].to_numpy())
    parts.append(_events(pricing, "page", "/pricing", "", 150, rng))
    identified = np.flatnonzero(sessions["identifies"].to_numpy())
    parts.append(_events(identified, "identify", "", "", 200, rng))
    signed = np.flatnonzero(np.isin(kind, ["form", "kiosk"]))
    parts.append(_events(signed, "track", "/signup", "Signed Up", 205, rng))
    bought = np.flatnonzero(kind == "order")
    filled = np.flatnonzero((kind == "order") | sessions["carted"].to_numpy())
    parts.append(_events(filled, "track", "/cart", "Product Added", 210, rng))
    shown = np.flatnonzero(sessions["experiment"].to_numpy() >= 0)
    parts.append(_events(shown, "track", "/products", "Experiment Viewed", 36, rng))
    parts.append(_events(bought, "track", "/checkout", "Order Completed", 260, rng))
    looked = np.flatnonzero(rng.random(len(sessions)) < 0.08)
    parts.append(_events(looked, "track", "/products/aurora-lamp", "Product Viewed", 90, rng))
    events = pl.concat(parts).with_columns(entry=pl.lit(False))
    events = events.sort("session", "offset", "type", "event").with_columns(
        entry=pl.int_range(pl.len()).over("session") == 0
    )
    joined = events.join(
        sessions.with_row_index("session").cast({"session": pl.Int64}),
        on="session",
        maintain_order="left",
    )
    return joined.with_columns(moment=(pl.col("day") + pl.col("offset") / 86_400)).sort(
        "moment", "session", "offset"
    )


def _events(
    row: np.ndarray,
    kind: str,
    path: np.ndarray | str,
    event: str,
    after: int,
    rng: np.random.Generator,
) -> pl.DataFrame:
    count = len(row)
    if after == 0:  # pages follow one another by half a minute
        starts = np.flatnonzero(np.r_[True, row[1:] != row[:-1]]) if count else row
        place = np.arange(count) - np.repeat(starts, np.diff(np.r_[starts, count]))
        offset = place * 35 + rng.integers(0, 25, count)
    else:
        offset = after + rng.integers(0, 5, count)
    return pl.DataFrame(
        {
            "session": row.astype(np.int64),
            "type": pl.Series([kind], dtype=pl.String).new_from_index(0, count),
            "path": path
            if isinstance(path, np.ndarray)
            else pl.Series([path]).new_from_index(0, count),
            "event": pl.Series([event], dtype=pl.String).new_from_index(0, count),
            "offset": offset.astype(np.int64),
        },
        schema_overrides={"path": pl.String},
    )
