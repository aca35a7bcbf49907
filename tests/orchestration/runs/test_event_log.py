"""What a run writes into Dagster's history is what Dagster's own storage writes."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from orchestration.home import Home
from orchestration.runs import history

VOLATILE = {"id", "run_id", "last_run_id", "create_timestamp", "timestamp"}


@dg.asset
def source() -> dg.MaterializeResult:
    return dg.MaterializeResult(metadata={"dagster/row_count": 3})


@dg.multi_asset(
    specs=[dg.AssetSpec("first", deps=[source]), dg.AssetSpec("second", deps=["first"])],
    check_specs=[dg.AssetCheckSpec("filled", asset="second")],
)
def two() -> Any:
    yield dg.MaterializeResult("first", tags={"kind": "a"})
    yield dg.MaterializeResult("second", check_results=[dg.AssetCheckResult(passed=False)])


@dg.asset(deps=["second"])
def broken() -> None:
    raise ValueError("it breaks")


def run_twice(instance: dg.DagsterInstance) -> None:
    for _ in range(2):
        done = dg.materialize([source, two, broken], instance=instance, raise_on_error=False)
        assert not done.success


def rows(file: Path, table: str) -> list[tuple]:
    """Return what both must write alike: no ids, moments or texts that hold them."""
    with sqlite3.connect(file) as con:
        names = [
            name
            for _, name, kind, *_ in con.execute(f"pragma table_info({table})").fetchall()
            if name not in VOLATILE
            and "timestamp" not in name
            and not (kind in ("TEXT", "JSON") and name in ("event", "evaluation_event"))
            and name != "last_materialization"
        ]
        found = con.execute(f"select {', '.join(names)} from {table} order by id").fetchall()
    return [tuple(row) for row in found]


@pytest.fixture(scope="module")
def histories(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Return the folders with the history of the same runs, the stock storage's first."""
    stock = tmp_path_factory.mktemp("stock")
    (stock / "dagster.yaml").write_text("telemetry: {enabled: false}\n")
    with dg.DagsterInstance.from_config(str(stock)) as instance:
        run_twice(instance)
    home = Home(tmp_path_factory.mktemp("held"))
    home.dagster.mkdir()
    (home.dagster / "dagster.yaml").write_text("telemetry: {enabled: false}\n")
    with history.instance_of(home) as instance:
        run_twice(instance)
    return stock / "history" / "runs", home.dagster / "history" / "runs"


def index(folder: Path) -> Path:
    return folder / "index.db"


@pytest.mark.parametrize(
    "table", ["event_logs", "asset_keys", "asset_check_executions", "asset_event_tags"]
)
def test_the_index_has_the_rows_of_the_stock_storage(histories: tuple[Path, Path], table: str):
    stock, held = (rows(index(folder), table) for folder in histories)

    assert len(stock) > 1
    if table == "asset_event_tags":
        # versions are made of run ids
        stock, held = ([row[:2] for row in one] for one in (stock, held))
    assert held == stock


def test_moments_are_written_as_the_stock_storage_does(histories: tuple[Path, Path]):
    shapes = []
    for folder in histories:
        with sqlite3.connect(index(folder)) as con:
            found = con.execute(
                "select timestamp from event_logs union all "
                "select last_materialization_timestamp from asset_keys"
            ).fetchall()
        shapes.append({re.sub(r"\d", "0", moment) for (moment,) in found})

    assert shapes[0] == shapes[1] == {"0000-00-00 00:00:00.000000"}


def test_each_run_has_the_events_of_the_stock_storage(histories: tuple[Path, Path]):
    stock, held = (
        sorted(rows(file, "event_logs") for file in folder.glob("*-*.db")) for folder in histories
    )

    assert len(stock) == 2
    assert held == stock


def test_the_stock_storage_reads_what_was_written(histories: tuple[Path, Path]):
    told = []
    for folder in histories:
        with dg.DagsterInstance.from_config(str(folder.parents[1])) as instance:
            keys = [dg.AssetKey(name) for name in ("source", "first", "second", "broken")]
            records = {one.asset_entry.asset_key: one for one in instance.get_asset_records(keys)}
            newest = {
                key.to_user_string(): one.asset_entry.last_materialization_record
                for key, one in records.items()
            }
            events = {name: one.asset_materialization for name, one in newest.items() if one}
            told.append(
                {
                    name: (event.metadata, sorted(event.tags), newest[name].storage_id)
                    for name, event in events.items()
                }
            )
            # second is made of the first that this very run has made
            pointer = events["second"].tags["dagster/input_event_pointer/first"]
            assert pointer == str(newest["first"].storage_id)

    assert told[0] == told[1]
    assert set(told[0]) == {"source", "first", "second"}
