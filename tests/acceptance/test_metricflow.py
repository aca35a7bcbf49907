"""MetricFlow, which reads the same definitions in its own way, computes the same numbers."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

import duckdb
import pytest
from metricflow.engine.metricflow_engine import MetricFlowEngine, MetricFlowQueryRequest
from metricflow.protocols.sql_client import SqlEngine
from metricflow.sql.render.duckdb_renderer import DuckDbSqlPlanRenderer
from metricflow_semantics.model.dbt_manifest_parser import (
    parse_manifest_from_dbt_generated_manifest,
)
from metricflow_semantics.model.semantic_manifest_lookup import SemanticManifestLookup

from orchestration.dbt import prepared
from orchestration.dbt.metric_definitions import Metric, read_metrics
from tests.acceptance.warehouse import Warehouse

pytestmark = pytest.mark.pipeline

Figures = dict[object, dict[str, object]]

OF_TABLE = {
    table: list(metrics)
    for table, metrics in groupby(
        sorted(read_metrics(), key=lambda metric: metric.table_name),
        key=lambda metric: metric.table_name,
    )
}


class DuckDBDialect:
    """All that MetricFlow needs to write SQL: it is asked for queries, not for their results."""

    sql_engine_type = SqlEngine.DUCKDB
    sql_plan_renderer = DuckDbSqlPlanRenderer()


@pytest.fixture(scope="module")
def engine() -> MetricFlowEngine:
    written = (prepared.up_to_date() / "semantic_manifest.json").read_text(encoding="utf-8")
    manifest = parse_manifest_from_dbt_generated_manifest(written)
    return MetricFlowEngine(SemanticManifestLookup(manifest), DuckDBDialect())


@pytest.fixture(scope="module")
def published(built: Warehouse) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open what readers have under the name that dbt gives to the build database."""
    con = duckdb.connect(":memory:")
    con.execute(f"attach '{built.home / 'published' / 'crm.duckdb'}' as warehouse (read_only)")
    con.execute("use warehouse")
    yield con
    con.close()


def figures(con: duckdb.DuckDBPyConnection, query: str, group: str | None) -> Figures:
    answer = con.execute(query)
    columns = [column[0] for column in answer.description]
    rows = [dict(zip(columns, row, strict=True)) for row in answer.fetchall()]
    found = {row.pop(group, None) if group else None: row for row in rows}
    assert len(found) == len(rows)
    return found


def known(row: dict[str, object]) -> dict[str, float]:
    return {name: float(value) for name, value in row.items() if value is not None}


def groupings(metrics: list[Metric], engine: MetricFlowEngine) -> dict[str, str]:
    """Return our column or expression for each name that MetricFlow groups by."""
    named = {
        dimension.name: dimension.dunder_name
        for dimension in engine.list_dimensions([metric.name for metric in metrics])
    }
    return {
        "metric_time__month": f"date_trunc('month', {metrics[0].time_column})",
        **{named[name]: f'"{name}"' for name in metrics[0].dimensions},
    }


@pytest.mark.parametrize("table", OF_TABLE)
def test_metricflow_computes_the_same_in_all_and_by_every_dimension(
    engine: MetricFlowEngine, published: duckdb.DuckDBPyConnection, table: str
) -> None:
    metrics = OF_TABLE[table]
    names = [metric.name for metric in metrics]
    selected = ", ".join(f"{metric.expression} as {metric.name}" for metric in metrics)

    for group, column in [(None, None), *groupings(metrics, engine).items()]:
        explained = engine.explain(
            MetricFlowQueryRequest.create(
                metric_names=names, group_by_names=[group] if group else None
            )
        )
        theirs = figures(published, explained.sql_statement.sql, group)
        grouped = f"{column} as {group}, {selected} from {table} group by 1" if group else None
        ours = figures(published, f"select {grouped or f'{selected} from {table}'}", group)

        assert ours.keys() == theirs.keys(), group
        for key in ours:
            assert known(ours[key]) == pytest.approx(known(theirs[key]), rel=1e-9), (group, key)
