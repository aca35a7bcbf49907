"""Customer segments: planted groups found, ids that stay, nobody moved by others."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import polars as pl
import pytest
from simulated_segments import AS_OF, customers
from sklearn.metrics import adjusted_rand_score

from models_ml import customer_segments
from models_ml.probability_score.feature_table import UnusableTable
from models_ml.score_contract import CUSTOMER_SEGMENTS
from models_ml.segmentation.cluster_count import Candidate, choose
from models_ml.segmentation.label_matching import match_labels
from models_ml.segmentation.segment_features import FEATURES
from models_ml.segmentation.segment_names import segment_names


@pytest.fixture(scope="module")
def shoppers():
    return customers(1200)


@pytest.fixture(scope="module")
def model(shoppers):
    return customer_segments.train(shoppers.frame)


def test_planted_groups_are_found(shoppers, model):
    rows = customer_segments.score(model, shoppers.frame, run_id="r1")

    assert rows.schema == CUSTOMER_SEGMENTS.schema
    assert model.card.method == "model"
    assert adjusted_rand_score(shoppers.group, rows["segment_id"]) > 0.8
    assert model.card.measures["stability"] > 0.9


def test_customers_without_an_order_for_a_year_are_dormant(shoppers, model):
    rows = customer_segments.score(model, shoppers.frame, run_id="r1")

    dormant = rows.filter(pl.col("segment_name") == "Dormant")
    assert dormant.height == (shoppers.group == 4).sum()
    assert dormant["distance"].null_count() == dormant.height


def test_a_segment_does_not_depend_on_who_else_is_grouped(shoppers, model):
    together = customer_segments.score(model, shoppers.frame, run_id="r1")

    alone = pl.concat(
        customer_segments.score(model, shoppers.frame[i], run_id="r1") for i in range(30)
    )

    assert alone.equals(together.head(30))


def test_the_same_customers_in_another_order_give_the_same_segments(shoppers, model):
    again = customer_segments.train(shoppers.frame.sample(fraction=1, shuffle=True, seed=2))

    assert again.card == model.card
    assert (again.centroids == model.centroids).all()


def test_training_again_on_the_same_data_changes_nothing(shoppers, model):
    again = customer_segments.train(shoppers.frame, model)

    assert again.version == model.version
    assert (again.ids == model.ids).all()


def test_segments_keep_their_ids_when_other_customers_come(shoppers, model):
    later = customers(1500, seed=5, as_of=AS_OF + timedelta(days=30))

    new = customer_segments.train(later.frame, model)

    old_rows = customer_segments.score(model, later.frame, run_id="r1")
    new_rows = customer_segments.score(new, later.frame, run_id="r1")
    assert (old_rows["segment_id"] == new_rows["segment_id"]).mean() > 0.9
    assert new.ids[-1] == model.ids[-1]


def test_ids_of_rules_are_not_used_again_by_a_model(shoppers):
    rules = customer_segments.train(shoppers.frame.head(50))
    model = customer_segments.train(shoppers.frame, rules)

    assert rules.card.method == "rules"
    assert set(model.ids[:-1]).isdisjoint(rules.ids)
    assert model.ids[-1] == rules.ids[-1]


def test_few_customers_are_grouped_by_rules(shoppers):
    rules = customer_segments.train(shoppers.frame.head(50))
    rows = customer_segments.score(rules, shoppers.frame.head(50), run_id="r1")

    assert set(rows["method"]) == {"rules"}
    assert rows["silhouette"].null_count() == 50
    best = rows.filter(
        (pl.col("rfm_recency") == 5)
        & (pl.col("rfm_frequency") == 5)
        & (pl.col("rfm_monetary") == 5)
    )
    assert set(best["segment_name"]) <= {"Champions"}


def test_nobody_at_all_is_no_error(shoppers):
    model = customer_segments.train(shoppers.frame.clear())

    assert customer_segments.score(model, shoppers.frame.clear(), run_id="r1").is_empty()
    assert customer_segments.score(model, shoppers.frame, run_id="r1").height == 1200


def test_rfm_scores_are_higher_for_recent_frequent_and_large(shoppers, model):
    rows = customer_segments.score(model, shoppers.frame, run_id="r1").join(
        shoppers.frame, on="customer_id"
    )

    means = (
        rows.group_by("rfm_recency").agg(pl.col("days_since_last_order").mean()).sort("rfm_recency")
    )
    assert means["days_since_last_order"].is_sorted(descending=True)
    assert rows.filter(pl.col("rfm_monetary") == 5)["revenue_365d"].min() > (
        rows.filter(pl.col("rfm_monetary") == 4)["revenue_365d"].max()
    )


def test_the_earlier_date_of_the_features_tells_the_previous_segment(model, shoppers):
    before = shoppers.frame.with_columns(pl.col("as_of") - timedelta(days=30))
    moved = before.with_columns(
        pl.when(pl.col("customer_id") == "c00000")
        .then(0)
        .otherwise("orders_365d")
        .alias("orders_365d")
    )

    rows = customer_segments.score(model, pl.concat([moved, shoppers.frame]), run_id="r1")

    assert set(rows["as_of"]) == {AS_OF}
    first, second = rows.head(2).to_dicts()
    assert first["prev_segment_id"] == model.ids[-1]
    assert first["changed_at"] == AS_OF
    assert second["prev_segment_id"] == second["segment_id"]
    assert second["changed_at"] == AS_OF - timedelta(days=30)


def test_what_was_published_tells_the_previous_segment_before_anything_else(model, shoppers):
    before = shoppers.frame.with_columns(pl.col("as_of") - timedelta(days=30))
    past = AS_OF - timedelta(days=7)
    published = pl.DataFrame(
        {
            "customer_id": ["c00000", "c00001"],
            "as_of": [past, past],
            "segment_id": [
                77,
                int(customer_segments.score(model, shoppers.frame[1], run_id="r")["segment_id"][0]),
            ],
            "changed_at": [past, past - timedelta(days=100)],
        }
    )

    rows = customer_segments.score(
        model, pl.concat([before, shoppers.frame]), run_id="r1", previous=published
    )

    first, second = rows.head(2).to_dicts()
    assert (first["prev_segment_id"], first["changed_at"]) == (77, AS_OF)
    assert second["changed_at"] == past - timedelta(days=100)


def test_a_rerun_of_the_same_date_is_not_a_change(model, shoppers):
    first = customer_segments.score(model, shoppers.frame, run_id="r1")

    again = customer_segments.score(model, shoppers.frame, run_id="r1", previous=first)

    assert again.equals(first)


@pytest.mark.parametrize("column", ["tenure_days", "customer_id"])
def test_a_missing_column_is_named(shoppers, column):
    with pytest.raises(UnusableTable, match=f"segment_features lacks the column {column}"):
        customer_segments.train(shoppers.frame.drop(column))


def test_the_largest_count_that_repeats_is_chosen():
    found = [Candidate(3, 0.5, 0.99), Candidate(4, 0.4, 0.93), Candidate(5, 0.45, 0.86)]

    assert choose(found, previous=None) == 4
    assert choose(found, previous=5) == 5
    assert choose([Candidate(3, 0.5, 0.4), Candidate(4, 0.4, 0.6)], previous=3) == 4


def test_a_centroid_that_moved_far_gets_a_new_id():
    old = np.array([[0.0, 0.0], [3.0, 3.0]])

    ids = match_labels(np.array([[3.1, 3.0], [9.0, 9.0]]), old, np.array([4, 2]), highest_id=6)

    assert ids.tolist() == [2, 7]


def test_segments_of_one_name_tell_what_sets_them_apart():
    centroids = np.zeros((3, len(FEATURES)))
    centroids[:2, FEATURES.index("tickets_365d")] = [2.0, -1.0]
    rfm = np.array([[3.0, 3.0, 3.0], [3.0, 3.0, 3.0], [5.0, 5.0, 5.0]])

    names = segment_names(rfm, centroids, FEATURES)

    assert names == ["Regulars, high tickets", "Regulars, low tickets", "Champions"]
