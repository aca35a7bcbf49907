"""The planted truth agrees with itself, and its chances with what then happened."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl
from sklearn.metrics import roc_auc_score

from demo.company.churn_chances import silence_probability
from demo.company.lead_chances import conditional_probability
from demo.company.world import World
from demo.timeline import GRID_DAYS, HORIZON


def _truth(home: Path, name: str) -> pl.DataFrame:
    return pl.read_parquet(home / "truth" / f"{name}.parquet")


def test_an_identifier_belongs_to_one_person(home: Path) -> None:
    identity = _truth(home, "identity")
    assert identity["identifier"].is_unique().all()
    shared = _truth(home, "shared_identifiers").filter(pl.col("kind") != "household_phone")
    assert identity.join(shared, on="identifier").is_empty()


def test_a_lead_is_asked_about_only_while_it_is_open(home: Path) -> None:
    rows = _truth(home, "lead_probabilities").join(_truth(home, "leads"), on="lead_id")
    assert (rows["created_at"] < rows["as_of"]).all()
    assert (rows["as_of"] - rows["created_at"] <= timedelta(days=90)).all()
    assert rows["probability"].is_between(0, 1).all()


def test_the_grid_ends_where_the_data_ends(home: Path) -> None:
    as_of = _truth(home, "churn_probabilities")["as_of"].unique().sort(descending=True)
    assert as_of[0] == datetime.fromisoformat("2026-07-01")
    assert (as_of.head(3).diff().drop_nulls() == timedelta(days=-30)).all()


def test_lead_chances_are_true_to_what_happened(world: World) -> None:
    past = [day for day in GRID_DAYS if day + 90 <= HORIZON]
    rows = pl.concat(conditional_probability(world.leads, float(day)) for day in past)
    chance, outcome = rows["probability"].to_numpy(), rows["outcome"].to_numpy()
    assert roc_auc_score(outcome, chance) > 0.78
    # standard error of the mean outcome is near 0.005; a lead occurs in up to three rows
    assert abs(chance.mean() - outcome.mean()) < 0.02
    sure = chance > 0.3
    assert abs(chance[sure].mean() - outcome[sure].mean()) < 0.08


def test_churn_chances_are_true_to_what_happened(world: World) -> None:
    chances = silence_probability(world.customers)
    orders = world.customers.orders
    customer, day = orders["customer"].to_numpy(), orders["day"].to_numpy()
    chance, outcome = [], []
    for as_of in (d for d in GRID_DAYS if d + 90 <= HORIZON):
        asked = np.unique(customer[(day < as_of) & (day >= as_of - 365)])
        again = np.unique(customer[(day >= as_of) & (day < as_of + 90)])
        chance.append(chances[asked, as_of // 10])
        outcome.append(~np.isin(asked, again))
    p, y = np.concatenate(chance), np.concatenate(outcome)
    assert roc_auc_score(y, p) > 0.85
    for low, high in ((0.0, 0.2), (0.2, 0.8), (0.8, 1.01)):
        rows = (p >= low) & (p < high)
        assert abs(p[rows].mean() - y[rows].mean()) < 0.05


def test_campaigns_cause_no_more_than_they_bring(home: Path) -> None:
    campaigns = _truth(home, "campaigns")
    assert (campaigns["incremental_conversions"] <= campaigns["expected_conversions"]).all()
    letters = campaigns.filter(pl.col("name").str.starts_with("Newsletter"))
    assert (letters["incremental_conversions"] == 0).all()


def test_leavers_order_no_more(world: World) -> None:
    orders = world.orders.table.join(
        world.customers.table.select("customer", "left"), on="customer", maintain_order="left"
    )
    assert not (orders["day"] >= orders["left"]).any()


def test_the_page_about_the_company_names_every_truth_table_and_mistake(home: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "simulated_company.md").read_text()
    named = set(re.findall(r"`([a-z_]+)`", page))
    assert {file.stem for file in (home / "truth").glob("*.parquet")} <= named
    kinds = set(_truth(home, "identity_errors")["kind"]) | set(
        _truth(home, "shared_identifiers")["kind"]
    )
    assert kinds <= set(re.findall(r"[a-z_]+", page))
