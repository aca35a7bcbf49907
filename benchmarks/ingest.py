"""Loading into ``raw`` against DuckDB's own readers and against dlt, on the same files.

    python -m benchmarks.ingest [--home DIR | --size m] [--rounds 3] [--without-dlt]

One JSON object on standard output. Each contestant is a process of its own, in turn, so that peak
memory is the kernel's count and no one finds a warm cache of its own making. Figures are of the
median round of each; ratios are taken round by round, for the speed of a machine drifts, and
their median counts. Ours is everything from the gzip file to committed rows: contract checks,
identifiers, deduplication, lineage, quarantine. The peers only read and store.

- ``duckdb``: ``create table as select`` from ``read_json``/``read_csv`` with explicit columns.
- ``dlt``: a pipeline into DuckDB, merge disposition, Arrow tables as input.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import Any

import duckdb
import pandas  # noqa: F401 - DuckDB imports it at the first bound value

from benchmarks.measured import measured_child
from ingest import storage
from ingest.config import read_config
from ingest.loading.load import load_all
from ingest.sources.segment.calls import SHAPE

Round = dict[str, float]
"""Rows, seconds, processor seconds and peak memory of one run of one contestant."""

REQUIRED = {"web/duckdb": 0.5, "csv/duckdb": 0.5, "web/dlt": 5.0}
"""Ours to the peer's rows per second: at least."""
PEAK_LIMIT_MIB = 3 * 1024


def struct_type(shape: Any) -> str:
    """Return the SQL type of a JSON shape."""
    if isinstance(shape, str):
        return shape
    return "struct(" + ", ".join(f'"{name}" {struct_type(of)}' for name, of in shape.items()) + ")"


def explicit_columns(shape: dict[str, Any]) -> str:
    return "{" + ", ".join(f"'{name}': '{struct_type(of)}'" for name, of in shape.items()) + "}"


def web_by_duckdb(home: Path, database: Path) -> int:
    with duckdb.connect(str(database)) as con:
        con.execute(
            "create table events as select * from read_json("
            f"'{home}/landing/web/*.jsonl.gz', format = 'newline_delimited', "
            f"columns = {explicit_columns(json.loads(SHAPE))}, ignore_errors = true)"
        )
        con.execute("checkpoint")
        return count(con, "events")


CSV_TYPES = {
    "shop_order_lines": {
        **dict.fromkeys(("order_id", "line", "customer_id", "sku", "product_name"), "varchar"),
        "quantity": "double",
        **dict.fromkeys(("unit_price", "list_price", "discount", "cogs"), "decimal(18, 4)"),
        "currency": "varchar",
        **dict.fromkeys(("placed_at", "modified_at"), "timestamp"),
    },
}


def csv_by_duckdb(home: Path, database: Path) -> int:
    columns = explicit_columns(CSV_TYPES["shop_order_lines"])
    with duckdb.connect(str(database)) as con:
        con.execute(
            "create table lines as select * from read_csv("
            f"'{home}/landing/shop/*/order_lines.csv', header = true, columns = {columns}, "
            "ignore_errors = true)"
        )
        con.execute("checkpoint")
        return count(con, "lines")


def by_us(source: str) -> Callable[[Path, Path], int]:
    def load(home: Path, database: Path) -> int:
        storage.create(database)
        with duckdb.connect(str(database)) as con:
            (result,) = load_all(con, read_config(home / "sources.yml"), home, only=[source])
            if result.status != "loaded":
                raise RuntimeError(f"{source}: {result.status}: {result.message}")
            con.execute("checkpoint")
        return result.records_read

    return load


def web_by_dlt(home: Path, database: Path) -> int:
    from benchmarks.ingest_dlt import load_web

    return load_web(home, database)


def count(con: duckdb.DuckDBPyConnection, table: str) -> int:
    row = con.execute(f"select count(*) from {table}").fetchone()
    assert row is not None
    return int(row[0])


CONTESTANTS: dict[str, Callable[[Path, Path], int]] = {
    "web/ours": by_us("web"),
    "web/duckdb": web_by_duckdb,
    "web/dlt": web_by_dlt,
    "csv/ours": by_us("shop_order_lines"),
    "csv/duckdb": csv_by_duckdb,
}


def contend(name: str, home: Path) -> None:
    """Run one contestant in this process and print what it did."""
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        rows = CONTESTANTS[name](home, Path(folder) / "warehouse.duckdb")
        print(json.dumps({"rows": rows, "seconds": time.perf_counter() - started}))


def compete(home: Path, names: list[str], rounds: int) -> dict[str, list[Round]]:
    """Run every contestant ``rounds`` times in turn; return what each round took."""
    ran: dict[str, list[Round]] = {name: [] for name in names}
    for _ in range(rounds):
        for name in names:
            command = [sys.executable, "-m", "benchmarks.ingest", "--contestant", name]
            said, usage = measured_child([*command, "--home", str(home)])
            found = {**json.loads(said), "peak_mib": usage["peak_mib"], "cpu_s": usage["cpu_s"]}
            ran[name].append(found)
    return ran


def summary(rounds: list[Round]) -> Round:
    """Return the median round."""
    found = sorted(rounds, key=lambda one: one["seconds"])[(len(rounds) - 1) // 2]
    return {
        "rows": found["rows"],
        "seconds": round(found["seconds"], 2),
        "rows_per_second": round(found["rows"] / found["seconds"]),
        "cpu_s": found["cpu_s"],
        "peak_mib": found["peak_mib"],
    }


def verdict(ran: dict[str, list[Round]]) -> dict[str, Any]:
    """Return the ratios to the peers, each beside what is required of it."""
    ratios = {}
    for name, required in REQUIRED.items():
        if name in ran:
            pairs = zip(ran[f"{name.split('/')[0]}/ours"], ran[name], strict=True)
            each = [
                (ours["rows"] / ours["seconds"]) / (theirs["rows"] / theirs["seconds"])
                for ours, theirs in pairs
            ]
            ratio = round(median(each), 2)
            ratios[name] = {
                "ratio": ratio,
                "lowest": round(min(each), 2),
                "highest": round(max(each), 2),
                "required": required,
                "holds": ratio >= required,
            }
    peak = max(
        one["peak_mib"] for name, rounds in ran.items() if name.endswith("/ours") for one in rounds
    )
    return {
        "ratios": ratios,
        "peak_mib": {"ours": peak, "limit": PEAK_LIMIT_MIB, "holds": peak < PEAK_LIMIT_MIB},
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--home", type=Path, help="home with a simulated company's landing files")
    parser.add_argument("--size", default="m", help="size to simulate where no home is given")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--without-dlt", action="store_true")
    parser.add_argument("--contestant", choices=CONTESTANTS, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.contestant:
        contend(given.contestant, given.home)
        return
    with tempfile.TemporaryDirectory() as folder:
        home = given.home or Path(folder)
        if given.home is None:
            command = [sys.executable, "-m", "demo", "--home", folder, "--size", given.size]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        names = list(CONTESTANTS)
        no_dlt = given.without_dlt or find_spec("dlt") is None
        if no_dlt:
            names.remove("web/dlt")
        ran = compete(home, names, given.rounds)
    contestants = {name: summary(rounds) for name, rounds in ran.items()}
    result = {"cores": os.cpu_count(), "rounds": given.rounds, "contestants": contestants}
    if no_dlt and not given.without_dlt:
        result["missing"] = "dlt is not installed: uv sync --group benchmarks"
    print(json.dumps({**result, **verdict(ran)}, indent=2))


if __name__ == "__main__":
    main()
