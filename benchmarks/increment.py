"""What the newest files cost to load once everything before them is loaded.

    python -m benchmarks.increment [--size m] [--rounds 2]      one JSON object

The newest file of every source is held back while the others are loaded, then it arrives. Its cost
should be its share of the full load plus a small constant; a run with nothing new shows that
constant. A file without which others are not read at all (``users.json`` of a Slack export) is
there from the start.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import duckdb

from ingest import storage
from ingest.config import Config, read_config
from ingest.loading.landing import landed_files
from ingest.loading.load import load_all
from ingest.sources.slack.reading import PEOPLE

SLACK_S = 3.0
"""The constant that is allowed: opening 34 sources and looking at 800 files."""
SHARE_FACTOR = 2.0
"""How much dearer than in a full load a row may be."""


def newest_files(home: Path, config: Config) -> list[Path]:
    """Return the newest file of each source that has more than one."""
    newest = set()
    for source in config.sources:
        landed = landed_files(home / "landing", source)
        files = [file for file in landed if file.location.name not in PEOPLE]
        if len(files) > 1:
            newest.add(files[-1].location)
    return sorted(newest)


def timed_load(home: Path, config: Config) -> tuple[float, int]:
    """Load what is new; return seconds and rows loaded."""
    started = time.perf_counter()
    warehouse = home / "warehouse.duckdb"
    storage.create(warehouse)
    with duckdb.connect(str(warehouse)) as con:
        results = load_all(con, config, home)
    failed = [result.source for result in results if result.status == "failed"]
    if failed:
        raise RuntimeError(f"not loaded: {', '.join(failed)}")
    return time.perf_counter() - started, sum(result.rows_loaded for result in results)


def one_round(home: Path, held: Path) -> dict[str, float]:
    """Load all but the newest files, then those, then nothing."""
    for path in home.glob("warehouse.duckdb*"):
        path.unlink()
    config = read_config(home / "sources.yml")
    files = newest_files(home, config)
    for number, file in enumerate(files):
        shutil.move(file, held / str(number))
    full_s, full_rows = timed_load(home, config)
    for number, file in enumerate(files):
        shutil.move(held / str(number), file)
    new_s, new_rows = timed_load(home, config)
    nothing_s, _ = timed_load(home, config)
    return {
        "full_s": full_s, "full_rows": full_rows, "new_s": new_s, "new_rows": new_rows,
        "nothing_s": nothing_s,
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size", default="m")
    parser.add_argument("--rounds", type=int, default=2)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home, held = Path(folder) / "home", Path(folder) / "held"
        held.mkdir()
        command = [sys.executable, "-m", "demo", "--home", str(home), "--size", given.size]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        rounds = [one_round(home, held) for _ in range(given.rounds)]
    best = min(rounds, key=lambda one: one["new_s"])
    allowed = SHARE_FACTOR * best["full_s"] * best["new_rows"] / best["full_rows"] + SLACK_S
    result: dict[str, Any] = {name: round(value, 2) for name, value in best.items()}
    result["share_of_rows"] = round(best["new_rows"] / best["full_rows"], 4)
    result["share_of_time"] = round(best["new_s"] / best["full_s"], 4)
    result["allowed_s"] = round(allowed, 2)
    result["holds"] = best["new_s"] <= allowed
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
