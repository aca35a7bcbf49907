"""A stored model is the model; a file from elsewhere is refused."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
import skops.io
from simulated_segments import customers
from sklearn.linear_model import LinearRegression

from models_ml import customer_segments, lead_scores, store


def test_a_stored_score_scores_the_same(leads, lead_model, tmp_path):
    place = store.save(lead_model, tmp_path)

    again = store.load(tmp_path, "lead_scores", lead_model.version)

    assert sorted(p.name for p in place.iterdir()) == ["card.json", "card.md", "model.skops"]
    assert again.card == lead_model.card
    assert lead_scores.score(again, leads.current, run_id="r").equals(
        lead_scores.score(lead_model, leads.current, run_id="r")
    )
    test_rows = leads.features.head(50)
    assert np.array_equal(
        again.evaluated.terms(test_rows, lead_scores.DEFINITION).log_odds,
        lead_model.evaluated.terms(test_rows, lead_scores.DEFINITION).log_odds,
    )


@pytest.mark.parametrize("count", [0, 30, 400])
def test_stored_segments_group_the_same(count, tmp_path):
    frame = customers(400).frame
    model = customer_segments.train(frame.head(count))

    store.save(model, tmp_path)
    again = store.load(tmp_path, "customer_segments", model.version)

    assert customer_segments.score(again, frame, run_id="r").equals(
        customer_segments.score(model, frame, run_id="r")
    )


def test_rules_are_stored_too(leads, tmp_path):
    model = lead_scores.train(
        leads.features.clear(), leads.labels.clear(), as_of=leads.current["as_of"][0]
    )

    store.save(model, tmp_path)
    again = store.load(tmp_path, "lead_scores", model.version)

    assert again.evaluated is None
    assert lead_scores.score(again, leads.current, run_id="r").equals(
        lead_scores.score(model, leads.current, run_id="r")
    )


def test_a_version_that_is_not_there_is_named_with_those_that_are(lead_model, tmp_path):
    store.save(lead_model, tmp_path)

    with pytest.raises(store.UnreadableModel, match=lead_model.version):
        store.load(tmp_path, "lead_scores", "20990101-000000000000")


def test_a_file_with_a_foreign_type_is_refused(lead_model, tmp_path):
    place = store.save(lead_model, tmp_path)
    skops.io.dump({"predictor": Foreign(), "line": LinearRegression()}, place / "model.skops")

    with pytest.raises(store.UnreadableModel, match="Foreign"):
        store.load(tmp_path, "lead_scores", lead_model.version)


class Foreign:
    def __init__(self) -> None:
        self.frame = {"a": 1}


def test_versions_are_listed_in_order(lead_model, tmp_path):
    assert store.versions(tmp_path, "lead_scores") == []

    store.save(lead_model, tmp_path)

    assert store.versions(tmp_path, "lead_scores") == [lead_model.version]


def test_the_card_is_the_same_to_the_last_byte(leads, lead_model, tmp_path):
    place = store.save(lead_model, tmp_path)
    first = (place / "card.json").read_bytes(), (place / "card.md").read_bytes()
    again = lead_scores.train(
        leads.features.reverse(), leads.labels.reverse(), as_of=leads.current["as_of"][0]
    )

    store.save(again, tmp_path)

    assert ((place / "card.json").read_bytes(), (place / "card.md").read_bytes()) == first
    assert pl.read_json(place / "card.json")["score"][0] == "lead_scores"
