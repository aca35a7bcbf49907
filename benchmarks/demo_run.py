"""Wall time and peak memory of the simulated company's whole way, stage by stage.

    python -m benchmarks.demo_run s m        one JSON object per size on standard output

The generator is a process of its own, and so is the run: peak memory is the kernel's own count
for each.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.measured import measured_child

CRM = Path(sys.executable).with_name("crm")
SECONDS_LIMIT = {"s": 60.0}


def demo_run(size: str, seed: int, folder: Path) -> dict[str, Any]:
    """Simulate and run one size in ``folder``; return the figures."""
    home = folder / size
    environment = {**os.environ, "CRM_HOME": str(home), "PYTHONDONTWRITEBYTECODE": ""}
    _, simulate = measured_child(
        [sys.executable, "-m", "demo", "--home", str(home), "--size", size, "--seed", str(seed)],
        environment,
    )
    _, run = measured_child([str(CRM), "run"], environment)
    _, again = measured_child([str(CRM), "run"], environment)
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as con:
        stages = con.execute(
            """
            select stage, round(seconds, 2), rows
            from meta.stage_times
            where run_id = (select run_id from meta.runs order by started_at limit 1)
            order by seconds desc
            """
        ).fetchall()
        interactions = con.execute(
            "select (select count(*) from raw.interaction) + (select count(*) from raw.web_event)"
            " + (select count(*) from raw.email_event)"
        ).fetchall()[0][0]
    wall = simulate["wall_s"] + run["wall_s"]
    return {
        "benchmark": "demo_run",
        "size": size,
        "interactions": interactions,
        "simulate": {
            **simulate,
            "interactions_per_s": round(interactions / simulate["wall_s"]),
        },
        "run": run,
        "run_again_nothing_new": again,
        "wall_s": round(wall, 2),
        "wall_limit_s": SECONDS_LIMIT.get(size),
        "stages": [
            {"stage": stage, "seconds": seconds, "rows": rows} for stage, seconds, rows in stages
        ],
        "warehouse_mib": round((home / "warehouse.duckdb").stat().st_size / 2**20, 1),
        "published_mib": round((home / "published" / "crm.duckdb").stat().st_size / 2**20, 1),
    }


def main() -> None:
    """Read the sizes from the command line and print a JSON object for each."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("sizes", nargs="*", default=["s"], help="xs, s, m or l")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="crm-demo-run-") as folder:
        for size in arguments.sizes:
            print(json.dumps(demo_run(size, arguments.seed, Path(folder))), flush=True)


if __name__ == "__main__":
    main()
