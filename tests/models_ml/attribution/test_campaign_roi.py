"""Campaign ROI: money to the last decimal, and no ratio where there is nothing below the line."""

from __future__ import annotations

from decimal import Decimal

import polars as pl
import pytest
from simulated_paths import CREDITS, DAY, SCHEMA, credits_by_hand, touches

from models_ml.attribution.bootstrap import bootstrap_interval
from models_ml.attribution.campaign_credits import MEASURES, MODELS, read_credits
from models_ml.attribution.path_table import UnusablePaths
from models_ml.campaign_roi import campaign_roi
from models_ml.score_contract import CAMPAIGN_ROI

COSTS = {"campaign_id": pl.String, "campaign_name": pl.String, "cost_base": pl.Decimal(18, 4)}


def costs(**amounts: str | None) -> pl.DataFrame:
    rows = [(name, name, Decimal(a) if a is not None else None) for name, a in amounts.items()]
    return pl.DataFrame(rows, schema=COSTS, orient="row")


PATHS = touches(
    ([("a", 9.0), ("b", 4.0), ("c", 1.0)], "100.01"),
    ([("a", 5.0)], "33.33"),
    ([("b", 5.0), ("a", 2.0)], None),
    ([], "50"),
)
FIRST = credits_by_hand(
    ("c0", "a", 0.5, "50.0100"),
    ("c0", "b", 0.25, "25"),
    ("c0", "c", 0.25, "25"),
    ("c1", "a", 1.0, "33.33"),
    (None, "direct", 1.0, "50"),
)


def roi(spent: pl.DataFrame, paths: pl.DataFrame = PATHS, rows: pl.DataFrame = FIRST):
    return campaign_roi(paths, rows, spent, run_id="r1", data_cutoff=DAY)


def row(frame: pl.DataFrame, campaign: str, model: str) -> dict:
    return frame.filter(
        (pl.col("campaign_id") == campaign) & (pl.col("attribution_model") == model)
    ).row(0, named=True)


def test_the_order_of_the_rows_makes_no_difference():
    paths = touches(*[([("a", 9.0), ("b", 1.0)], "10") for _ in range(40)])
    share = [1 / (n + 3) for n in range(40)]
    rows = credits_by_hand(
        *((f"c{n % 4}", "a", share[n], "4") for n in range(40)),
        *((f"c{n % 4}", "b", 1 - share[n], "6") for n in range(40)),
    )
    spent = costs(a="50", b="20")

    expected = roi(spent, paths, rows)

    for seed in range(5):
        shuffled = rows.sample(fraction=1, shuffle=True, seed=seed)
        assert roi(spent.reverse(), paths.reverse(), shuffled).equals(expected)


def test_ratios_by_hand():
    first = row(roi(costs(a="50", b="0", c=None)), "a", "first")

    assert (first["conversions"], first["acquisitions"]) == (1.5, 1.5)
    assert first["revenue_base"] == Decimal("83.3400")
    assert first["margin_base"] == Decimal("41.6700")
    assert first["roi"] == pytest.approx((83.34 - 50) / 50)
    assert first["roas"] == pytest.approx(83.34 / 50)
    assert first["cac"] == Decimal("33.3333")
    # of the two conversions that campaigns preceded; the third is nobody's merit
    assert first["share"] == pytest.approx(0.75)


def test_without_cost_there_is_no_roi_and_without_acquisitions_no_cac():
    table = roi(costs(a="50", b="0", idle="10"))

    free, idle = row(table, "b", "linear"), row(table, "idle", "linear")
    assert (free["roi"], free["roas"], free["roi_low"]) == (None, None, None)
    assert (idle["roi"], idle["roi_high"], idle["conversions_high"]) == (-1.0, -1.0, 0.0)
    assert idle["cac"] is None


@pytest.mark.parametrize("model", MODELS)
def test_revenue_adds_up_to_the_last_decimal(model):
    mine = roi(costs(a="50")).filter(pl.col("attribution_model") == model)

    assert mine["revenue_base"].sum() == Decimal("183.3400")
    assert mine["conversions"].sum() == pytest.approx(3.0, abs=1e-9)
    assert mine["share"].sum() == pytest.approx(1.0, abs=1e-9)
    direct = row(mine, "direct", model)
    assert direct["revenue_base"] == Decimal("50.0000")
    assert (direct["share"], direct["conversions_low"]) == (None, None)


def test_disagreement_is_the_spread_of_the_shares():
    table = roi(costs())

    shares = table.filter(pl.col("campaign_id") == "c")["share"]
    assert shares.n_unique() > 1
    assert row(table, "c", "first")["disagreement"] == pytest.approx(shares.max() - shares.min())


def test_one_unknown_margin_makes_the_margin_of_the_campaign_unknown():
    rows = FIRST.with_columns(
        pl.when(pl.col("campaign_id") == "b")
        .then(None)
        .otherwise("margin_base")
        .alias("margin_base")
    )
    table = roi(costs(), rows=rows)

    assert row(table, "b", "first")["margin_base"] is None
    assert row(table, "a", "first")["margin_base"] == Decimal("41.6700")
    # the chain divides the margin of all
    assert row(table, "a", "markov")["margin_base"] is None


def test_intervals_hold_the_credit_of_a_binomial_count():
    paths = touches(*[([("a", 1.0)], "10" if number % 4 == 0 else None) for number in range(400)])
    buyers = [(f"c{number}", "a", 1.0, "10") for number in range(0, 400, 4)]

    interval = bootstrap_interval(read_credits(paths, credits_by_hand(*buyers)), 1000)

    # a sum of 100 customers drawn Poisson(1) times has a standard deviation of 10
    for bounds, expected in ((interval.low, 100 - 19.6), (interval.high, 100 + 19.6)):
        assert bounds[:, MEASURES.index("conversions"), 0] == pytest.approx(expected, abs=3)


def test_no_path_yet_still_shows_the_spending():
    table = roi(costs(a="50"), pl.DataFrame(schema=SCHEMA), pl.DataFrame(schema=CREDITS))

    assert table.schema == CAMPAIGN_ROI.schema
    assert table.height == 2 * len(MODELS)
    assert row(table, "a", "markov")["roi"] == -1.0
    assert table["share"].null_count() == table.height


def test_the_order_of_the_rows_does_not_matter():
    assert roi(costs(a="1", b="2"), PATHS.reverse(), FIRST.reverse()).equals(
        roi(costs(b="2", a="1"))
    )


def test_a_credit_that_no_path_leads_to_is_named():
    with pytest.raises(UnusablePaths, match="no path leads customer c9 over campaign a"):
        roi(costs(), rows=credits_by_hand(("c9", "a", 1.0, "1")))


def test_two_costs_of_one_campaign_are_refused():
    with pytest.raises(UnusablePaths, match="hold a more than once"):
        roi(pl.concat([costs(a="1"), costs(a="2")]))


def test_a_missing_cost_column_is_named():
    with pytest.raises(UnusablePaths, match="lack the column cost_base"):
        roi(costs(a="1").drop("cost_base"))
