"""Campaign ROI: money to the last decimal, and no ratio where there is nothing below the line."""

from __future__ import annotations

from decimal import Decimal

import polars as pl
import pytest
from simulated_paths import DAY, SCHEMA, touches

from models_ml.attribution.credits import MODELS
from models_ml.attribution.path_table import UnusablePaths
from models_ml.campaign_roi import campaign_roi
from models_ml.score_contract import CAMPAIGN_ROI

COSTS = {"campaign_id": pl.String, "campaign_name": pl.String, "cost_base": pl.Decimal(18, 4)}


def costs(**amounts: str | None) -> pl.DataFrame:
    rows = [(name, name, Decimal(a) if a is not None else None) for name, a in amounts.items()]
    return pl.DataFrame(rows, schema=COSTS, orient="row")


def roi(paths: pl.DataFrame, spent: pl.DataFrame) -> pl.DataFrame:
    return campaign_roi(paths, spent, run_id="r1", data_cutoff=DAY)


def row(frame: pl.DataFrame, campaign: str, model: str) -> dict:
    return frame.filter(
        (pl.col("campaign_id") == campaign) & (pl.col("attribution_model") == model)
    ).row(0, named=True)


PATHS = touches(
    ([("a", 9.0), ("b", 4.0), ("c", 1.0)], "100.01"),
    ([("a", 5.0)], "33.33"),
    ([("b", 5.0), ("a", 2.0)], None),
    ([], "50"),
)


def test_ratios_by_hand():
    table = roi(PATHS, costs(a="50", b="0", c=None))

    first = row(table, "a", "first")
    assert first["conversions"] == 2.0
    assert first["revenue_base"] == Decimal("133.3400")
    assert first["roi"] == pytest.approx((133.34 - 50) / 50)
    assert first["roas"] == pytest.approx(133.34 / 50)
    assert first["cac"] == Decimal("25.0000")
    assert first["share"] == pytest.approx(2 / 3)


def test_without_cost_there_is_no_roi_and_without_conversions_no_cac():
    table = roi(PATHS, costs(a="50", b="0", idle="10"))

    free, idle = row(table, "b", "linear"), row(table, "idle", "linear")
    assert (free["roi"], free["roas"]) == (None, None)
    assert idle["roi"] == -1.0
    assert idle["cac"] is None


@pytest.mark.parametrize("model", MODELS)
def test_revenue_adds_up_to_the_last_decimal(model):
    mine = roi(PATHS, costs(a="50")).filter(pl.col("attribution_model") == model)

    assert mine["revenue_base"].sum() == Decimal("183.3400")
    assert mine["conversions"].sum() == pytest.approx(3.0, abs=1e-9)
    assert mine["share"].sum() == pytest.approx(1.0, abs=1e-9)
    assert row(mine, "direct", model)["revenue_base"] == Decimal("50.0000")


def test_disagreement_is_the_spread_of_the_shares():
    table = roi(PATHS, costs())

    shares = table.filter(pl.col("campaign_id") == "c")["share"]
    assert row(table, "c", "first")["disagreement"] == pytest.approx(shares.max() - shares.min())
    assert row(table, "direct", "first")["disagreement"] == pytest.approx(0.0, abs=1e-12)


def test_no_path_yet_still_shows_the_spending():
    table = roi(pl.DataFrame(schema=SCHEMA), costs(a="50"))

    assert table.schema == CAMPAIGN_ROI.schema
    assert table.height == 2 * len(MODELS)
    assert row(table, "a", "markov")["roi"] == -1.0
    assert table["share"].null_count() == table.height


def test_the_order_of_the_rows_does_not_matter():
    assert roi(PATHS.reverse(), costs(a="1", b="2")).equals(roi(PATHS, costs(b="2", a="1")))


def test_two_costs_of_one_campaign_are_refused():
    with pytest.raises(UnusablePaths, match="hold a more than once"):
        roi(PATHS, pl.concat([costs(a="1"), costs(a="2")]))


def test_a_missing_cost_column_is_named():
    with pytest.raises(UnusablePaths, match="lack the column cost_base"):
        roi(PATHS, costs(a="1").drop("cost_base"))
