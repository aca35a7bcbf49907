"""A step is asked once which assets it makes, and Dagster does with the answer what it did."""

from itertools import pairwise
from typing import Any

import dagster as dg
import pytest

from orchestration.runs import step_keys

NAMES = [f"model_{n}" for n in range(6)]


def chain(order: list[str]) -> dg.AssetsDefinition:
    """Make assets each made of the one before it, yielded in this order."""
    specs = [dg.AssetSpec(NAMES[0])] + [
        dg.AssetSpec(name, deps=[before]) for before, name in pairwise(NAMES)
    ]

    @dg.multi_asset(specs=specs, can_subset=True)
    def made(context: dg.AssetExecutionContext) -> Any:
        for name in order:
            if dg.AssetKey(name) in context.selected_asset_keys:
                yield dg.MaterializeResult(name)

    return made


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[set[str]]:
    """Return what Dagster has found out about steps, each time that it did."""
    found: list[set[str]] = []
    original = step_keys._asked

    def look(step: Any) -> Any:
        keys = original(step)
        found.append({key.to_user_string() for key in keys})
        return keys

    monkeypatch.setattr(step_keys, "_asked", look)
    # put back what is there now when the test is over
    monkeypatch.setattr(step_keys.StepExecutionContext, "get_output_asset_keys", original)
    step_keys.keep_output_keys()
    return found


def test_a_step_is_asked_once_for_all_its_assets(asked: list[set[str]]):
    done = dg.materialize([chain(NAMES)])

    made = [event.asset_key.path[0] for event in done.get_asset_materialization_events()]
    assert made == NAMES
    assert asked == [set(NAMES)]


def test_a_step_of_some_assets_is_asked_for_those(asked: list[set[str]]):
    done = dg.materialize([chain(NAMES)], selection=NAMES[2:4])

    assert len(done.get_asset_materialization_events()) == 2
    assert asked == [set(NAMES[2:4])]


def test_an_asset_before_what_it_is_made_of_is_still_refused(asked: list[set[str]]):
    wrong = [NAMES[1], NAMES[0], *NAMES[2:]]

    with pytest.raises(dg.DagsterInvariantViolationError, match="topological"):
        dg.materialize([chain(wrong)])
    assert asked
