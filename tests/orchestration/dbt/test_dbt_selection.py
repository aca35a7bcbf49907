from __future__ import annotations

from orchestration.dbt.selection import data_tests_of, downstream_of_scores


def node(kind: str, *parents: str) -> dict:
    return {"resource_type": kind, "depends_on": {"nodes": list(parents)}, "fqn": ["p"]}


NODES = {
    "model.features": node("model", "source.raw"),
    "model.funnel": node("model", "model.features"),
    "model.customer_360": node("model", "source.scores", "model.funnel"),
    "test.features": node("test", "model.features"),
    "test.360": node("test", "model.customer_360"),
    "test.both": node("test", "model.funnel", "model.customer_360"),
    "test.scores": node("test", "source.scores"),
    "test.raw": node("test", "source.raw"),
}
MANIFEST = {
    "nodes": {name: {**one, "fqn": ["p", name]} for name, one in NODES.items()},
    "sources": {"source.scores": {"source_name": "crm"}, "source.raw": {"source_name": "raw"}},
    "child_map": {
        parent: [name for name, one in NODES.items() if parent in one["depends_on"]["nodes"]]
        for parent in ("source.scores", "source.raw", *NODES)
    },
}
BEFORE = ["model.features", "model.funnel"]


def test_what_reads_a_score_directly_or_not_comes_after_the_scores():
    assert downstream_of_scores(MANIFEST) == {
        "model.customer_360",
        "test.360",
        "test.both",
        "test.scores",
    }


def test_a_test_that_compares_both_sides_waits_for_the_second_step():
    assert data_tests_of(MANIFEST, BEFORE) == ["test.features"]
    assert data_tests_of(MANIFEST, ["model.customer_360"]) == [
        "test.360",
        "test.both",
        "test.scores",
    ]


def test_every_test_of_a_model_runs_once_over_both_steps():
    both = data_tests_of(MANIFEST, BEFORE) + data_tests_of(MANIFEST, ["model.customer_360"])

    assert len(both) == len(set(both))
    assert set(both) == {name for name in NODES if name.startswith("test.")} - {"test.raw"}
