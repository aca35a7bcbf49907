"""dbt's declarations against the tables they speak of, and the build of a warehouse without any."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pytest
import yaml
from scratch_warehouse import ROOT

from ingest.contracts import CONTRACTS
from ingest.from_contracts.schema import create_schemas_and_tables
from ingest.tables import TABLES
from orchestration.dbt import prepared
from orchestration.dbt import tests as dbt_tests
from tests.dbt_builds import build_models

STAGING = ROOT / "dbt_project" / "models" / "staging"


@pytest.mark.parametrize("schema", ["identity", "meta"])
def test_other_sources_have_the_columns_of_their_tables(schema: str) -> None:
    text = (STAGING / f"_{schema}__sources.yml").read_text(encoding="utf-8")
    declared = {
        table["name"]: {
            column["name"]: column["data_type"]
            + (
                " primary key"
                if column.get("config", {}).get("meta", {}).get("primary_key")
                else ""
            )
            for column in table["columns"]
        }
        for table in yaml.safe_load(text)["sources"][0]["tables"]
    }
    tables = {
        table.name: {name: kind.removesuffix(" not null") for name, kind, _ in table.columns}
        for table in TABLES
        if table.schema == schema and table.name in declared
    }
    assert declared == tables


@pytest.mark.parametrize("entity", sorted(CONTRACTS))
def test_staging_leaves_out_no_column_of_the_contract(entity: str) -> None:
    contract = CONTRACTS[entity]
    sql = (STAGING / f"stg_{contract.plural}.sql").read_text(encoding="utf-8")
    plain = (
        r"^        (?:coalesce\(|\{\{ (?:without_query|in_namespace)\(')?(\w+)"
        r"(?:, false\)|'\) \}\})?(?: as \w+)?,?$"
    )
    selected = set(re.findall(plain, sql, flags=re.MULTILINE))
    single_key = {contract.key[0].name} if len(contract.key) == 1 else set()
    assert set(contract.column_names) - selected - single_key == set()


def test_every_folder_of_models_has_its_own_schema() -> None:
    project = yaml.safe_load((ROOT / "dbt_project.yml").read_text(encoding="utf-8"))
    models = ROOT / "dbt_project" / "models"
    folders = {path.relative_to(models).parts[0] for path in models.rglob("*.sql")}
    assert folders == set(project["models"]["crm_warehouse"]) - {"+persist_docs"}
    for folder in folders:
        assert project["models"]["crm_warehouse"][folder]["+schema"] == folder


def test_no_model_asks_for_what_a_run_does_not_do() -> None:
    nodes = prepared.project().manifest["nodes"].values()
    built = [node for node in nodes if node["resource_type"] in ("model", "seed", "snapshot")]
    assert {node["config"]["materialized"] for node in built} == {"view", "table", "seed"}
    assert [node["name"] for node in built if node["config"]["pre-hook"]] == []
    assert [node["name"] for node in built if node["config"]["post-hook"]] == []
    untyped = {
        node["name"]: sorted(set(node["columns"]) - set(node["config"]["column_types"]))
        for node in built
        if node["resource_type"] == "seed"
        and set(node["columns"]) != set(node["config"]["column_types"])
    }
    assert untyped == {}


@pytest.mark.pipeline
def test_a_warehouse_that_is_not_there_builds_empty_and_can_be_loaded_afterwards(
    tmp_path: Path,
) -> None:
    build_models(tmp_path)

    manifest, sql = prepared.project().manifest, prepared.project().sql
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as con:
        tests = dbt_tests.run_tests(con, manifest, sql, [one for one in sql if "test." in one[:5]])
        assert len(tests) > 1000
        assert {
            name: one.message for name, one in tests.items() if one.blocking and not one.passed
        } == {}
        counts = con.execute(
            "select sum(estimated_size), count(*) from duckdb_tables() where schema_name = 'marts'"
        ).fetchone()
        assert counts is not None
        assert counts[0] == 0
        assert counts[1] > 20
        create_schemas_and_tables(con)
        con.execute("insert or replace into meta.settings values ('as_of', '2026-01-01')")
