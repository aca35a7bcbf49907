"""Campaigns, experiments and carts: what the files show is what the truth says was the cause."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from scipy.stats import binomtest

from demo.company.experiments import EXPERIMENTS
from demo.company.world import World


def _web(home: Path, event: str) -> list[dict]:
    found = []
    for path in sorted((home / "landing" / "web").glob("*.jsonl.gz")):
        for line in gzip.decompress(path.read_bytes()).decode().splitlines():
            if f'"event":"{event}"' in line and line.endswith("}"):
                try:
                    found.append(json.loads(line))
                except json.JSONDecodeError:  # a planted half of a line
                    continue
    return found


def test_a_campaign_causes_its_share_of_the_first_orders_it_precedes(world: World) -> None:
    brought = world.first_orders.filter(pl.col("campaign") >= 0).join(
        world.campaigns.select("campaign", "incremental_share"), on="campaign"
    )
    assert 0.4 < len(brought) / len(world.first_orders) < 0.6
    for (share,), rows in brought.group_by("incremental_share"):
        error = np.sqrt(share * (1 - share) / len(rows))
        assert abs(rows["is_incremental"].mean() - share) <= 4 * error
    assert not world.first_orders.filter(pl.col("campaign") < 0)["is_incremental"].any()


def test_every_brought_first_order_has_its_click_shortly_before(world: World) -> None:
    brought = world.first_orders.filter(pl.col("campaign") >= 0)
    clicks = world.touches.filter(pl.col("touch_type") == "click").select(
        "person", "campaign", clicked="day"
    )
    near = brought.join(clicks, on=["person", "campaign"]).filter(
        (pl.col("clicked") < pl.col("start")) & (pl.col("clicked") > pl.col("start") - 0.6)
    )
    assert near["person"].n_unique() == len(brought)


def test_some_repeat_orders_have_a_touch_and_most_have_none(world: World) -> None:
    repeats = world.customers.orders.filter(pl.col("rank") > 0)
    reminded = world.touches.filter(
        pl.col("person").is_in(world.customers.table["person"].implode())
        & (pl.col("type") == "email") & (pl.col("touch_type") == "click")
    )  # fmt: skip
    assert 0.02 < len(reminded) / len(repeats) < 0.08


@pytest.mark.parametrize("number", range(len(EXPERIMENTS)))
def test_devices_are_assigned_and_convert_as_planted(world: World, number: int) -> None:
    experiment = EXPERIMENTS[number]
    units = world.sessions.filter(pl.col("experiment") == number)
    assert units["anonymous_id"].is_unique().all()
    treated = units["variant"] == 1
    assert binomtest(treated.sum(), len(units), experiment.treated_share).pvalue > 1e-4
    for variant, chance in enumerate(experiment.chances):
        carted = units.filter(pl.col("variant") == variant)["carted"]
        assert binomtest(carted.sum(), len(carted), chance).pvalue > 1e-4
    # an even assignment is as good as impossible where it is broken
    even = binomtest(treated.sum(), len(units), 0.5).pvalue
    assert even < 1e-4 if experiment.treated_share != 0.5 else even > 1e-4


def test_the_files_show_each_device_its_variant(home: Path) -> None:
    shown = {
        (call["properties"]["experiment_id"], f"anonymous_id:web:{call['anonymousId']}"):
            call["properties"]["variation_id"]
        for call in _web(home, "Experiment Viewed")
    }  # fmt: skip
    units = pl.read_parquet(home / "truth" / "experiment_units.parquet")
    assert len(units) > 0
    assert shown == {
        (EXPERIMENTS[number].experiment_id, device): ("control", "treatment")[variant]
        for number, variant, device in units.select(
            "experiment", "variant", "anonymous_id"
        ).iter_rows()
    }


def test_carts_are_filled_with_and_without_an_order(home: Path) -> None:
    added = {call["properties"]["cart_id"] for call in _web(home, "Product Added")}
    ordered = {call["anonymousId"] for call in _web(home, "Order Completed")}
    assert len(added) > len(ordered) > 0
    for call in _web(home, "Product Added"):
        assert call["properties"]["price"] > 0
        assert call["properties"]["sku"].startswith("NL-")


def test_mail_comes_back_for_every_reason(home: Path) -> None:
    parts = [
        pl.read_csv(path, infer_schema=False, truncate_ragged_lines=True)
        for path in sorted((home / "landing" / "marketing").glob("email-events-*.csv"))
    ]
    bounced = pl.concat(parts).filter(pl.col("bounce_category").is_not_null())
    assert set(bounced["event"]) == {"bounce"}
    assert set(bounced["bounce_category"]) <= {"soft", "hard", "block"}


def test_members_are_leads_who_came_and_contacts_who_were_asked(home: Path) -> None:
    parts = [
        pl.read_csv(path, infer_schema=False)
        for path in sorted((home / "landing" / "crm").glob("*/campaign_members.csv"))
    ]
    members = pl.concat(parts)
    assert (members["LeadId"].is_null() != members["ContactId"].is_null()).all()
    sent = members.filter(pl.col("Status") == "Sent")
    assert len(sent) > 0
    assert (sent["HasResponded"] == "false").all()


def test_visitors_come_from_assistants_search_and_ads(home: Path) -> None:
    seen = "".join(
        gzip.decompress(path.read_bytes()).decode()
        for path in (home / "landing" / "web").glob("*.jsonl.gz")
    )
    for trace in ("https://chatgpt.com/", "utm_source=chatgpt.com", "https://www.perplexity.ai/",
                  "gclid=", "fbclid=", "https://www.google.com/"):  # fmt: skip
        assert trace in seen, trace
