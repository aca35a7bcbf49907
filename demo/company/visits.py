"""Web sessions: who looked when, with what on the screen; and the events they consist of."""

from __future__ import annotations

import numpy as np
import polars as pl

from demo.chance import choose, repeat_index, stream, uuids
from demo.company.customers import Customers
from demo.company.leads import Leads
from demo.company.orders import Orders
from demo.timeline import LAST_MOMENT

LANDING = {"/": 0.45, "/products": 0.25, "/blog/winter-lighting": 0.15, "/blog/sensors": 0.15}
INNER = {"/products": 0.45, "/products/aurora-lamp": 0.3, "/about": 0.1, "/support": 0.15}
SECOND_DEVICE_SHARE = 0.12
KIOSK_SHARE = 0.12
"""Share of trade show leads who sign up on the one tablet at the booth."""

SESSION_COLUMNS = (
    "person", "day", "kind", "pricing", "campaign", "order", "anonymous_id", "identifies",
)  # fmt: skip


def known_sessions(
    seed: int, leads: Leads, customers: Customers, orders: Orders, order_share: float
) -> pl.DataFrame:
    """Return the sessions of leads and customers in time order.

    ``kind`` is form, session, visit, order or kiosk; ``order`` and ``campaign`` are -1 without;
    ``identifies`` marks the first session of each device, in which its person gives an address.
    """
    rng = stream(seed, "sessions")
    person = leads.table["person"]
    lead_campaign = leads.table["campaign"]
    engaged = leads.engagement.filter(pl.col("kind").is_in(["form", "session"]))
    rows = engaged["lead"]
    from_form = (engaged["kind"] == "form").to_numpy()
    parts = [
        pl.DataFrame(
            {
                "person": person.gather(rows),
                "day": engaged["day"],
                "kind": engaged["kind"],
                "pricing": engaged["pricing"],
                "campaign": np.where(from_form, lead_campaign.gather(rows).to_numpy(), -1),
                "order": pl.Series(np.full(len(engaged), -1)),
            }
        )
    ]
    buyer = customers.table["person"]
    visits = customers.visits
    ordered = orders.table.filter(pl.Series(rng.random(len(orders.table)) < order_share))
    for frame, kind in ((visits, "visit"), (ordered, "order")):
        parts.append(
            pl.DataFrame(
                {
                    "person": buyer.gather(frame["customer"]),
                    "day": frame["day"],
                    "kind": pl.Series([kind], dtype=pl.String).new_from_index(0, len(frame)),
                    "pricing": np.zeros(len(frame), dtype=bool),
                    "campaign": np.full(len(frame), -1),
                    "order": frame["order"] if kind == "order" else np.full(len(frame), -1),
                }
            )
        )
    shows = leads.table.filter(pl.col("lead_source") == "trade_show")
    shows = shows.filter(pl.Series(rng.random(len(shows)) < KIOSK_SHARE))
    parts.append(
        shows.select(
            "person", day="created", kind=pl.lit("kiosk"), pricing=pl.lit(False),
            campaign=pl.lit(-1, pl.Int64), order=pl.lit(-1, pl.Int64),
        )
    )  # fmt: skip
    sessions = pl.concat(part.cast({"order": pl.Int64, "campaign": pl.Int64}) for part in parts)
    sessions = sessions.filter(pl.col("day") < LAST_MOMENT).sort("day", "person", "kind", "order")
    return _with_devices(rng, sessions)


def _with_devices(rng: np.random.Generator, sessions: pl.DataFrame) -> pl.DataFrame:
    people = int(sessions["person"].max() or 0) + 1  # type: ignore[arg-type]
    ids = pl.Series(uuids(rng, 2 * people + 1).astype(str))
    kiosk = (sessions["kind"] == "kiosk").to_numpy()
    second = rng.random(len(sessions)) < SECOND_DEVICE_SHARE
    device = np.where(kiosk, 2 * people, 2 * sessions["person"].to_numpy() + second)
    return sessions.with_columns(
        anonymous_id=ids.gather(pl.Series(device)),
        identifies=pl.struct("person", pl.Series("device", device)).is_first_distinct(),
    )


def anonymous_sessions(
    seed: int, month: int, count: int, begin: float, end: float, campaigns: pl.DataFrame
) -> pl.DataFrame:
    """Return ``count`` sessions of strangers between two days, one in five from a paid ad."""
    rng = stream(seed, "strangers", month)
    paid = campaigns.filter(
        pl.col("type").is_in(["paid_search", "paid_social"])
        & (pl.col("start_day") <= begin)
        & (pl.col("end_day") >= begin)
    )["campaign"].to_numpy()
    day = np.sort(begin + rng.random(count) * (min(end, LAST_MOMENT) - begin))
    devices = max(1, int(count / 1.5))
    ids = pl.Series(uuids(rng, devices).astype(str), dtype=pl.String)
    pick = rng.integers(0, len(paid), count) if len(paid) else np.zeros(count, dtype=int)
    return pl.DataFrame(
        {
            "person": np.full(count, -1),
            "day": day,
            "kind": pl.Series(["stranger"], dtype=pl.String).new_from_index(0, count),
            "pricing": rng.random(count) < 0.08,
            "campaign": np.where(rng.random(count) < 0.2, paid[pick] if len(paid) else -1, -1),
            "order": np.full(count, -1),
            "anonymous_id": ids.gather(pl.Series(rng.integers(0, devices, count))),
            "identifies": np.zeros(count, dtype=bool),
        }
    )


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
    parts.append(_events(bought, "track", "/cart", "Product Added", 210, rng))
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
