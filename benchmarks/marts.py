"""Seconds and peak memory of every dbt model, on a whole warehouse and after 1 % more rows.

    python -m benchmarks.marts HOME        one JSON object; HOME has been run before and stays as is

Models are built one after another, so that seconds and memory are of one model each; processor
seconds tell more than wall time on a machine that does other work. Memory is the
kernel's high-water mark of the process while the model was built: an upper bound, because DuckDB
keeps pages of the models before it as long as its limit allows. The increment copies the newest
rows of every raw table under new keys; of some tables only what changed is then built, as in a run.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.measured import measured_child
from ingest.from_contracts.schema import create_schemas_and_tables

LIMIT_MIB = 12 * 1024
SLOWEST = 5


def reset_peak() -> None:
    """Let the kernel count this process's peak memory from now on."""
    Path("/proc/self/clear_refs").write_text("5")


def peak_mib() -> float:
    """Return the peak memory since it was reset."""
    status = Path("/proc/self/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return round(int(line.split()[1]) / 1024, 1)


def build_models(home: Path) -> dict[str, dict[str, float]]:
    """Build every seed and model in ``home``, one at a time; return the figures of each."""
    from orchestration import warehouse
    from orchestration.dbt import models as dbt_models
    from orchestration.dbt import prepared
    from orchestration.home import Home

    project = prepared.project()
    nodes = project.manifest["nodes"]
    begun = time.process_time()
    used: dict[str, dict[str, float]] = {}

    def on_result(result: dbt_models.NodeResult) -> None:
        nonlocal begun
        ended = time.process_time()
        used[result.unique_id] = {"cpu_s": round(ended - begun, 2), "peak_mib": peak_mib()}
        reset_peak()
        begun = time.process_time()

    with warehouse.connect(Home(home)) as con:
        reset_peak()
        begun = time.process_time()
        results = dbt_models.build(
            con,
            project.manifest,
            project.sql,
            dbt_models.buildable(project.manifest),
            on_result,
            changes=project.changes,
            threads=1,
        )
    failed = [one.unique_id for one in results if one.status != "success"]
    if failed:
        raise RuntimeError(f"not built: {', '.join(failed)}")
    return {
        dbt_models.relation(nodes[one.unique_id]): {
            "wall_s": round(one.seconds, 2),
            **used[one.unique_id],
        }
        for one in results
    }


def forget_what_is_kept(warehouse: Path) -> None:
    """Drop the tables of which a build replaces only what changed, so that it builds them whole."""
    from orchestration.dbt import models as dbt_models
    from orchestration.dbt import prepared

    project = prepared.project()
    with duckdb.connect(str(warehouse)) as con:
        for unique_id in project.changes:
            relation = dbt_models.relation(project.manifest["nodes"][unique_id])
            con.execute(f"drop table if exists {relation}")


def add_increment(warehouse: Path, share: float) -> int:
    """Copy the newest rows of every raw table under new keys; return how many there are now."""
    added = 0
    with duckdb.connect(str(warehouse)) as con:
        for (table,) in con.execute(
            "select table_name from duckdb_tables() where schema_name = 'raw' order by all"
        ).fetchall():
            relation = f'raw."{table}"'
            (rows,) = con.execute(f"select count(*) from {relation}").fetchone() or (0,)
            con.execute(
                f"insert into {relation} select * replace (record_key || '~new' as record_key, "
                f"record_hash || '~new' as record_hash) from (from {relation} "
                f"order by known_at desc, record_key limit {int(rows * share)})"
            )
            added += int(rows * share)
    return added


def measure(home: Path, folder: Path) -> dict[str, Any]:
    """Build all models in a child process; return its figures and those of its models."""
    said, whole = measured_child([sys.executable, "-m", "benchmarks.marts", str(home), "--child"])
    models = json.loads(said.splitlines()[-1])
    slowest = sorted(models, key=lambda name: -models[name]["cpu_s"])[:SLOWEST]
    with duckdb.connect(str(folder / "warehouse.duckdb"), read_only=True) as con:
        rows = {
            f'"{schema}"."{table}"': count
            for schema, table, count in con.execute(
                "select schema_name, table_name, estimated_size from duckdb_tables()"
            ).fetchall()
        }
    total = sum(model["cpu_s"] for model in models.values())
    return {
        **whole,
        "model_count": len(models),
        "models_cpu_s": round(total, 2),
        "peak_model_mib": max(model["peak_mib"] for model in models.values()),
        "slowest": [
            {
                "model": name,
                **models[name],
                "share": round(models[name]["cpu_s"] / total, 3),
                "rows": rows.get(name),
            }
            for name in slowest
        ],
        "models": models,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("home", type=Path, help="home folder of a finished run")
    parser.add_argument("--share", type=float, default=0.01, help="rows that are added")
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child:
        print(json.dumps(build_models(given.home)))
        return
    source = given.home / "warehouse.duckdb"
    if not source.exists():
        parser.error(f"{source} does not exist; `crm demo --size m` makes one")
    with tempfile.TemporaryDirectory(prefix="crm-marts-", dir=given.home.parent) as name:
        folder = Path(name)
        shutil.copy2(source, folder / "warehouse.duckdb")
        with duckdb.connect(str(folder / "warehouse.duckdb")) as con:
            # a home of an earlier version lacks what this one reads
            create_schemas_and_tables(con)
        forget_what_is_kept(folder / "warehouse.duckdb")
        full = measure(folder, folder)
        added = add_increment(folder / "warehouse.duckdb", given.share)
        again = measure(folder, folder)
    result = {
        "benchmark": "marts",
        "home": given.home.name,
        "full": full,
        "rows_added": added,
        "after_increment": again,
        "peak_limit_mib": LIMIT_MIB,
        "holds": max(full["peak_model_mib"], again["peak_model_mib"]) <= LIMIT_MIB,
    }
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
