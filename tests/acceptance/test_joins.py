"""No model compares every row of one table with every row of another: that takes their product.

DuckDB finds partners by hash only where the condition of a join is made of comparisons joined by
`and`, one of them an equality. An `or`, or a condition on one side alone, beside the equality of
an outer join makes it compare all pairs. On a small company nothing but the plan shows it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from orchestration import warehouse
from orchestration.dbt import prepared
from orchestration.home import Home
from tests.acceptance.warehouse import Warehouse

pytestmark = pytest.mark.pipeline

ALL_PAIRS = {"BLOCKWISE_NL_JOIN", "NESTED_LOOP_JOIN"}
SMALL = {
    "int_actions__opportunities": "deals x the rows of a playbook",
    "int_channels__grouped": "distinct traces x the rules of the channels",
    "programme_roi": "programmes x months",
}
"""Models whose outer joins compare all pairs, and why they may."""


def operators(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for child in node["children"]:
        yield from operators(child)


def has_one_row(node: dict[str, Any]) -> bool:
    return node["extra_info"].get("Estimated Cardinality") == "1"


def test_outer_joins_find_their_partners_by_hash(built: Warehouse) -> None:
    project = prepared.project()
    changes = {f"{one} where changed": sql for one, sql in project.changes.items()}
    compiled = project.sql | changes
    all_pairs = {}
    with warehouse.connect(Home(built.home), read_only=True) as con:
        for unique_id, sql in compiled.items():
            if not unique_id.startswith("model."):
                continue
            ((_, plan),) = con.execute(f"explain (format json) {sql}").fetchall()
            for node in (one for root in json.loads(plan) for one in operators(root)):
                facts = node["extra_info"]
                if (
                    node["name"] in ALL_PAIRS
                    and facts.get("Join Type") in ("LEFT", "RIGHT", "FULL")
                    and not any(has_one_row(child) for child in node["children"])
                ):
                    all_pairs[unique_id.rpartition(".")[2]] = facts.get("Condition") or facts.get(
                        "Conditions"
                    )

    assert len(compiled) > 200
    assert {name: all_pairs[name] for name in all_pairs if name not in SMALL} == {}
