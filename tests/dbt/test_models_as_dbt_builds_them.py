"""dbt is the second implementation: what it builds of the same raw rows is what a run builds.

A run tests the data of a model; that the model's unit tests pass is seen here alone.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import acting_company
import duckdb
import pytest
import yaml

from orchestration.dbt import models as dbt_models
from orchestration.dbt import prepared
from orchestration.home import Home

pytestmark = pytest.mark.pipeline

ROOT = Path(__file__).resolve().parents[2]

BUILD = """
import collections, sys
from pathlib import Path
from dbt.cli.main import dbtRunner
from dbt.contracts.graph.manifest import Manifest
from dbt.parser.manifest import extended_mashumuro_decoder

read = Path(sys.argv[1]).read_bytes()
manifest = Manifest.from_msgpack(read, decoder=extended_mashumuro_decoder)
manifest.build_flat_graph()
outcome = dbtRunner(manifest).invoke(sys.argv[2:])
if outcome.exception:
    sys.exit(str(outcome.exception))
for one in outcome.result.results:
    if one.status not in ("success", "pass"):
        print(one.node.unique_id, one.status, one.message)
print(dict(collections.Counter(str(one.node.resource_type) for one in outcome.result.results)))
sys.exit(not outcome.success)
"""
"""`dbt build` of the project as dbt itself has read it for the checkout: reading it once more would
cost 25 CPU seconds, because nothing of it is taken over from another home."""


def one_thread_each(folder: Path) -> Path:
    """Write profiles of the project's whose sessions have one thread each, as those of a run have.

    Two for each of dbt's two sessions wait for each other on two cores: 6 of 43 CPU seconds.
    """
    profiles = yaml.safe_load((ROOT / "profiles.yml").read_text())
    profiles["crm_warehouse"]["outputs"]["local"]["settings"]["threads"] = 1
    (folder / "profiles.yml").write_text(yaml.safe_dump(profiles))
    return folder


@pytest.fixture(scope="module")
def both(
    build_warehouse: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Return one connection with the databases ``ours`` and ``dbts``."""
    ours = build_warehouse(acting_company.rows(), acting_company.CUSTOMERS, ["c_org"])
    home = Home(tmp_path_factory.mktemp("dbts") / "home").use()
    shutil.copyfile(ours, home.warehouse)
    with duckdb.connect(str(home.warehouse)) as con:
        for schema in ("staging", "intermediate", "marts", "features"):
            con.execute(f"drop schema {schema} cascade")
    kinds = ("seed", "model", "unit_test")
    # each of 20,000 debug lines is formatted for a file and a screen that nobody reads
    quietly = ("--log-level", "none", "--log-level-file", "none", "--no-write-json")
    read = str(prepared.up_to_date() / "partial_parse.msgpack")
    chosen = (word for kind in kinds for word in ("--resource-type", kind))
    slim = ("--profiles-dir", str(one_thread_each(tmp_path_factory.mktemp("profiles"))))
    done = subprocess.run(
        [sys.executable, "-c", BUILD, read, *quietly, "build", *slim, *chosen],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    assert f"'unit_test': {len(prepared.project().manifest['unit_tests'])}" in done.stdout
    with duckdb.connect(":memory:") as con:
        con.execute("set threads = 1")
        con.execute(f"attach '{ours}' as ours (read_only)")
        con.execute(f"attach '{home.warehouse}' as dbts (read_only)")
        yield con


def tables(con: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    nodes = prepared.project().manifest["nodes"]
    return [
        (nodes[one]["schema"], nodes[one]["alias"])
        for one in dbt_models.buildable(prepared.project().manifest)
        # a view names its tables with the database they were made in
        if dbt_models.kind(nodes[one]) == "table"
    ]


def test_every_table_has_the_columns_and_types_that_dbt_gives_it(
    both: duckdb.DuckDBPyConnection,
) -> None:
    columns = (
        "select schema_name, table_name, column_name, data_type from duckdb_columns() "
        "where database_name = ? and not internal order by all"
    )
    ours, dbts = (both.execute(columns, [name]).fetchall() for name in ("ours", "dbts"))

    assert len({(schema, table) for schema, table, *_ in ours}) > 200
    assert ours == dbts


def test_every_table_has_the_rows_that_dbt_gives_it(both: duckdb.DuckDBPyConnection) -> None:
    differing, filled = {}, 0
    for schema, table in tables(both):
        names = ", ".join(
            f'"{name}"'
            for (name,) in both.execute(
                "select column_name from duckdb_columns() where database_name = 'dbts' "
                "and schema_name = ? and table_name = ? order by column_index",
                [schema, table],
            ).fetchall()
        )
        ours, dbts = (
            f'select {names} from {name}."{schema}"."{table}"' for name in ("ours", "dbts")
        )
        count, gained, lost = both.execute(
            f"select (select count(*) from ({ours})), "
            f"(select count(*) from ({ours} except all {dbts})), "
            f"(select count(*) from ({dbts} except all {ours}))"
        ).fetchall()[0]
        filled += count > 0
        if gained or lost:
            differing[table] = (count, gained, lost)
    assert differing == {}
    assert filled > 100


def test_dbt_writes_a_comment_on_every_published_column(both: duckdb.DuckDBPyConnection) -> None:
    assert (
        both.execute(
            "select table_name, column_name from duckdb_columns() "
            "where database_name = 'dbts' and schema_name = 'marts' and comment is null"
        ).fetchall()
        == []
    )
