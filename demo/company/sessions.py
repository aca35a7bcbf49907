"""Web sessions: who looked when, on which device and why."""

from __future__ import annotations

import numpy as np
import polars as pl

from demo.chance import stream, uuids
from demo.company.customers import Customers
from demo.company.experiments import with_experiments
from demo.company.leads import Leads
from demo.company.orders import Orders
from demo.company.relations import of_kind
from demo.timeline import LAST_MOMENT

SECOND_DEVICE_SHARE = 0.12
KIOSK_SHARE = 0.12
"""Share of trade show leads who sign up on the one tablet at the booth."""


def known_sessions(
    seed: int,
    leads: Leads,
    customers: Customers,
    orders: Orders,
    order_share: float,
    relations: pl.DataFrame,
) -> pl.DataFrame:
    """Return the sessions of leads and customers in time order.

    ``kind`` is form, session, visit, order or kiosk; ``order`` and ``campaign`` are -1 without;
    ``identifies`` marks the first session of each device, in which its person gives an address;
    ``experiment``, ``variant`` and ``carted`` are those of ``demo.company.experiments``.
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
    return with_experiments(seed, _with_devices(rng, sessions, relations))


def _with_devices(
    rng: np.random.Generator, sessions: pl.DataFrame, relations: pl.DataFrame
) -> pl.DataFrame:
    people = int(sessions["person"].max() or 0) + 1  # type: ignore[arg-type]
    ids = pl.Series(uuids(rng, 2 * people + 1).astype(str))
    kiosk = (sessions["kind"] == "kiosk").to_numpy()
    second = rng.random(len(sessions)) < SECOND_DEVICE_SHARE
    owner = np.arange(people)
    lender, borrower = of_kind(relations, "shared_device")
    owner[borrower[borrower < people]] = lender[borrower < people]
    device = np.where(kiosk, 2 * people, 2 * owner[sessions["person"].to_numpy()] + second)
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
            "experiment": np.full(count, -1),
            "variant": np.full(count, -1),
            "carted": np.zeros(count, dtype=bool),
        }
    )
