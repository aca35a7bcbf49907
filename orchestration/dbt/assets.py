"""dbt's models and seeds as Dagster sees them: the manifest in; asset and check specs out.

The specs are those of ``dagster_dbt``, which a test compares one by one; that package imports half
of dbt (2.5 s) and has dbt select its nodes anew in every process.
"""

from __future__ import annotations

import hashlib
import textwrap
from collections.abc import Mapping
from typing import Any

import dagster as dg

from orchestration.dbt.models import buildable

Manifest = Mapping[str, Any]
Node = Mapping[str, Any]

UNIQUE_ID = "dagster_dbt/unique_id"

TESTS = "data_tests"
"""Name of the check that stands for all dbt tests of a model."""


def node_of(manifest: Manifest, unique_id: str) -> Node:
    """Return a model, seed, test or source."""
    found: Node = manifest["nodes"].get(unique_id) or manifest["sources"][unique_id]
    return found


def key_of(node: Node) -> dg.AssetKey:
    """Return ``<schema>/<table>``."""
    return dg.AssetKey([node["schema"], node.get("alias") or node["name"]])


def _metadata(node: Node, engine: str) -> dict[str, Any]:
    columns = [
        dg.TableColumn(
            name=name, type=column["data_type"] or "?", description=column["description"]
        )
        for name, column in node["columns"].items()
    ]
    schema = {"dagster/column_schema": dg.TableSchema(columns=columns)} if columns else {}
    return {
        UNIQUE_ID: node["unique_id"],
        "dagster-dbt/materialization_type": node["config"]["materialized"],
        "dagster/table_name": ".".join((node["database"], *key_of(node).path)),
        "dagster/storage_kind": engine,
        **schema,
    }


def _description(node: Node) -> str:
    said = node["description"] or f"dbt {node['resource_type']} {node['name']}"
    return f"{said}\n\n#### Raw SQL:\n```sql\n{textwrap.indent(node['raw_code'], '    ')}\n```"


def _code_version(node: Node) -> str:
    if node["raw_code"]:
        return hashlib.sha1(node["raw_code"].encode(), usedforsecurity=False).hexdigest()
    checksum: str = node["checksum"]["checksum"]
    return checksum


def asset_spec(
    manifest: Manifest, unique_id: str, *, before: dg.AssetKey, owners: list[str]
) -> dg.AssetSpec:
    """Return the spec of a model or seed.

    Parameters
    ----------
    before
        Key of an asset that nodes which read no other dbt node wait for: without it Dagster would
        start a step for those alone.
    owners
        Who answers for an asset that names nobody.
    """
    node = manifest["nodes"][unique_id]
    parents = [one for one in node["depends_on"].get("nodes", []) if not one.startswith("macro.")]
    deps = dict.fromkeys(key_of(node_of(manifest, one)) for one in parents)
    if all(one.startswith("source.") for one in parents):
        deps[before] = None
    engine = manifest["metadata"]["adapter_type"]
    dagster = node["config"]["meta"].get("dagster", {})
    return dg.AssetSpec(
        key_of(node),
        deps=list(deps),
        description=_description(node),
        metadata=_metadata(node, engine),
        skippable=True,
        group_name=dagster.get("group"),
        code_version=_code_version(node),
        owners=dagster.get("owners") or owners,
        kinds={"dbt", engine},
    )


def asset_specs(
    manifest: Manifest, *, before: dg.AssetKey, owners: list[str]
) -> list[dg.AssetSpec]:
    """Return the spec of every model and seed, as ``asset_spec`` does."""
    return [asset_spec(manifest, one, before=before, owners=owners) for one in buildable(manifest)]


def _about(test: Node) -> str | None:
    """Return the one node that a data test is about."""
    nodes = set(test["depends_on"]["nodes"])
    attached: str | None = nodes.pop() if len(nodes) == 1 else test.get("attached_node")
    return attached


def check_specs(manifest: Manifest) -> list[dg.AssetCheckSpec]:
    """Return one check per model that has data tests, the same for each of them.

    Dagster writes three events per check at 8 ms each, 9 s for 363 tests; each test has its row in
    meta.check_results and in the check's metadata.
    """
    tested = {
        _about(node) for node in manifest["nodes"].values() if node["resource_type"] == "test"
    }
    return [
        dg.AssetCheckSpec(
            TESTS,
            asset=key_of(manifest["nodes"][unique_id]),
            blocking=True,
            description="All dbt data tests of the model.",
        )
        for unique_id in buildable(manifest)
        if unique_id in tested
    ]
