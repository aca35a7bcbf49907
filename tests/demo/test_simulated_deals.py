"""Deals change as the truth says, in the exports and in their history, and demos win them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from demo.company.opportunities import LOSS_REASONS, LOST, WIN_CHANCES, WON
from demo.company.world import World
from demo.files.crm_deal_lines import deal_lines
from demo.timeline import LAST_MOMENT


def _truth(home: Path, name: str) -> pl.DataFrame:
    return pl.read_parquet(home / "truth" / f"{name}.parquet")


def _exported(home: Path, name: str) -> pl.DataFrame:
    parts = sorted((home / "landing" / "crm").glob(f"*/{name}.parquet"))
    return pl.concat(pl.read_parquet(part) for part in parts)


def _history(home: Path) -> pl.DataFrame:
    parts = sorted((home / "landing" / "crm").glob("*/opportunity_history.csv"))
    rows = pl.concat(pl.read_csv(part, infer_schema=False) for part in parts)
    return rows.filter((pl.col("Field") != "mood") & (pl.col("CreatedDate") != "soon"))


def test_every_state_of_a_deal_is_exported_once_after_it_began(home: Path) -> None:
    truth = _truth(home, "opportunity_states")
    exported = _exported(home, "opportunities").unique()

    same = exported.select(
        pl.format("crm:{}", "Id").alias("opportunity_id"),
        changed_at="SystemModstamp",
        stage_name="StageName",
        amount="Amount",
        close_date="CloseDate",
        owner_id=pl.format("crm:{}", "OwnerId"),
        forecast_category="ForecastCategory",
        is_deleted="IsDeleted",
        merged_into=pl.format("crm:{}", "MasterRecordId"),
    )
    keys = ["opportunity_id", "changed_at", "is_deleted"]
    assert same.sort(keys).equals(truth.unique().sort(keys))


@pytest.mark.parametrize(
    ("field", "column"),
    [("stage", "stage_name"), ("amount", "amount"), ("close_date", "close_date"),
     ("owner", "owner_id")],
)  # fmt: skip
def test_the_history_names_the_changes_between_the_states(
    home: Path, field: str, column: str
) -> None:
    states = _truth(home, "opportunity_states").filter(~pl.col("is_deleted"))
    before = pl.col(column).shift(1).over("opportunity_id")
    changed = states.filter(before.is_not_null() & (pl.col(column) != before))

    noted = _history(home).filter((pl.col("Field") == field) & pl.col("OldValue").is_not_null())

    assert changed.height > 0
    assert noted.unique().height == changed.height


def test_the_lines_of_a_deal_add_up_to_its_amount_at_every_moment(world: World) -> None:
    lines = deal_lines(world)
    sums = lines.group_by("opportunity", "day").agg(pl.col("amount").sum())
    both = sums.join(world.opportunity_states, on=["opportunity", "day"], suffix="_of_deal")
    assert len(both) == len(sums) > 0
    assert (both["amount"] == both["amount_of_deal"] * 100).all()
    gross = lines["quantity"] * lines["list_price"]
    assert (gross - lines["discount"] == lines["amount"]).all()
    assert (lines["discount"] >= 0).all()


def test_deals_of_every_kind_of_change_exist(home: Path) -> None:
    states = _truth(home, "opportunity_states").sort("opportunity_id", "changed_at")
    closed = pl.col("stage_name").str.starts_with("Closed")
    reopened = states.filter(
        ~closed & closed.shift(1).over("opportunity_id").fill_null(value=False)
    )

    assert reopened.height > 0
    assert states["is_deleted"].any()


def test_a_deal_is_won_by_a_customer_who_starts_after_it(world: World) -> None:
    won = world.opportunities.filter(
        pl.col("won") & (pl.col("lead") >= 0) & (pl.col("closed") < 690)
    )
    starts = world.customers.table.select("person", "start")
    both = won.join(starts, on="person")
    assert len(both) == len(won)
    assert (both["start"] > both["closed"]).all()


def test_demos_raise_the_chance_to_win_as_planted(world: World) -> None:
    deals = world.opportunities.filter(pl.col("merged_into").is_null())
    for kind, chances in WIN_CHANCES.items():
        for has_demo, chance in zip((False, True), chances, strict=True):
            rows = deals.filter(
                (pl.col("type") == kind) & (pl.col("demo").is_not_null() == has_demo)
            )
            error = np.sqrt(chance * (1 - chance) / len(rows))
            assert abs(rows["won"].mean() - chance) < 4 * error


def test_calls_and_mails_come_as_often_before_a_win_as_before_a_loss(world: World) -> None:
    deals = world.opportunities.with_columns(opportunity=pl.int_range(pl.len())).filter(
        pl.col("merged_into").is_null() & pl.col("gone").is_null()
        & (pl.col("closed") < LAST_MOMENT - 1)
    )  # fmt: skip
    for kind in ("call", "email"):
        counts = deals.join(
            world.activities.filter(pl.col("kind") == kind).group_by("opportunity").len(),
            on="opportunity", how="left",
        ).with_columns(pl.col("len").fill_null(0))  # fmt: skip
        won, lost = (counts.filter(pl.col("won") == flag)["len"] for flag in (True, False))
        error = np.sqrt(won.var() / len(won) + lost.var() / len(lost))
        assert abs(won.mean() - lost.mean()) < 4 * error


def test_activities_of_a_deal_lie_within_it(world: World) -> None:
    states = world.opportunity_states.filter(pl.col("stage").is_in([WON, LOST]))
    ends = states.group_by("opportunity").agg(ended=pl.col("day").max())
    begins = world.opportunity_states.group_by("opportunity").agg(began=pl.col("day").min())
    done = world.activities.join(begins, on="opportunity").join(ends, on="opportunity", how="left")
    assert (done["day"] > done["began"]).all()
    assert (done["day"] < done["ended"].fill_null(LAST_MOMENT)).all()


def test_reasons_of_a_loss_follow_its_stage(world: World) -> None:
    lost = world.opportunities.filter(~pl.col("won"))
    early = lost.filter(pl.col("last_open") == 0)["loss_reason"]
    late = lost.filter(pl.col("last_open") == 3)["loss_reason"]
    assert (early == "price").mean() < 0.25 < (late == "price").mean()
    assert all(abs(sum(column) - 1) < 1e-9 for column in zip(*LOSS_REASONS.values(), strict=True))


def test_targets_reach_beyond_the_last_day(home: Path) -> None:
    book = home / "landing" / "crm" / "2025-12-31" / "quotas.xlsx"
    periods = set(pl.read_excel(book, sheet_name="Quotas")["period_start"].to_list())
    assert {"2026-04-01", "2026-07-01", "2026-10-01"} <= periods


def test_products_grow_and_shrink_as_planted(world: World) -> None:
    lines = world.orders.lines.filter(pl.col("quantity") > 0).join(
        world.products.select("product", "trend"), on="product"
    )
    share = {
        (trend, late): lines.filter(
            (pl.col("trend") == trend) & ((pl.col("day") > 365) == late)
        ).height / lines.filter((pl.col("day") > 365) == late).height
        for trend in ("growing", "declining") for late in (False, True)
    }  # fmt: skip
    assert share["growing", True] > 1.2 * share["growing", False]
    assert share["declining", True] < 0.8 * share["declining", False]


def test_products_come_back_as_often_as_planted(world: World) -> None:
    first = world.orders.lines.filter(pl.col("line") == 1).join(
        world.orders.table.select("order", "fate"), on="order"
    ).join(world.products.select("product", "return_rate"), on="product")  # fmt: skip
    for (rate,), rows in first.group_by("return_rate"):
        error = np.sqrt(rate * (1 - rate) / len(rows))
        assert abs((rows["fate"] == "returned").mean() - rate) < 4 * error
