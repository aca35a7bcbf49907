"""What identity resolution costs, in full and for a day's rows, beside Splink alone.

    python -m benchmarks.identity [--file] [SIZE …]

A size is a number of identifiers (default 10000 100000). With 113500 the number of contacts passes
a power of two on the day, and everybody is resolved anew. Prints JSON: CPU seconds and peak memory
of a run over all but the last day, of the day, 1 % new rows, of a run over everything at once
(whose customers must be the same), and, on the same contacts, of Splink with its own tutorial's
comparisons and learnt weights; F1 of both against the planted persons.

The warehouse is in memory, so that the figures are those of the computation alone; with ``--file``
in a file, as a run has it, which packs what is written and unpacks what is read.

Each of the three is a process of its own, which has resolved a few people before it is measured,
so that what is loaded once is in none of the figures.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
import polars as pl

from benchmarks.identity_contacts import contacts, load
from benchmarks.identity_splink import MOST_CPU_S
from benchmarks.identity_truth import agreement
from ingest import storage
from ingest.from_contracts.schema import create_schemas_and_tables
from orchestration import warehouse
from orchestration.identity.resolve import resolve_identities

KEY = bytes(range(32))

_JUDGED = ("f1", "precision", "recall")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", nargs="*", type=int, default=[10_000, 100_000])
    parser.add_argument("--file", action="store_true", help="keep the warehouse in a file")
    parser.add_argument("--part", choices=_PARTS, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.part:
        if arguments.folder is None:
            parser.error("--part needs --folder, with what the part `contacts` has written there")
        part = _PARTS[arguments.part]
        print(json.dumps(part(arguments.sizes[0], arguments.folder, arguments.file)))
        return
    runs = []
    for size in arguments.sizes:
        with tempfile.TemporaryDirectory() as folder:
            runs.append(measure(size, Path(folder), in_file=arguments.file))
    print(json.dumps({"runs": runs}, indent=2))


def measure(size: int, folder: Path, *, in_file: bool) -> dict[str, object]:
    """Return what one size costs."""
    _part("contacts", size, folder, in_file=in_file)
    by_day = _part("by_day", size, folder, in_file=in_file)
    at_once = _part("at_once", size, folder, in_file=in_file)
    splink = splink_alone(folder)
    found = pl.read_parquet(folder / "by_day.parquet")
    records = pl.read_parquet(folder / "contacts.parquet")
    truth = records.select(identifier=pl.format("contact:crm:{}", "id"), person_id="person")
    judged = agreement(truth, found)
    if (folder / "splink.parquet").exists():
        learnt = agreement(truth, pl.read_parquet(folder / "splink.parquet"))
        splink |= {f"splink_{name}": learnt[name] for name in _JUDGED}
    return {
        **by_day,
        **at_once,
        "day_share_of_full": round(by_day["day_cpu_s"] / at_once["at_once_cpu_s"], 4),
        "day_gives_the_same_customers": found.equals(pl.read_parquet(folder / "at_once.parquet")),
        "day_passes_a_power_of_two": (int((records["day"] == 0).sum()) - 1).bit_length()
        < (len(records) - 1).bit_length(),
        **{name: judged[name] for name in _JUDGED},
        **splink,
    }


def splink_alone(folder: Path) -> dict[str, object]:
    """Return what Splink takes on the contacts of a folder, or which limit ended it."""
    command = [sys.executable, "-m", "benchmarks.identity_splink"]
    command += [str(folder / name) for name in ("contacts.parquet", "splink.parquet", "spilled")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        steps = [json.loads(line) for line in child.stdout]
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    report: dict[str, object] = {
        "splink_cpu_s": round(usage.ru_utime + usage.ru_stime, 1),
        "splink_peak_mib": round(usage.ru_maxrss / 1024),
        "splink_steps": steps,
    }
    if child.returncode == -signal.SIGXCPU:
        report["splink_ended_by"] = f"its limit of {MOST_CPU_S} s of processor time"
    elif child.returncode == 2:
        report["splink_ended_by"] = steps.pop()["step"]
    elif child.returncode:
        raise subprocess.CalledProcessError(child.returncode, command)
    return report


def _part(name: str, size: int, folder: Path, *, in_file: bool) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.identity", str(size)]
    command += ["--part", name, "--folder", str(folder), *(["--file"] if in_file else [])]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    print(json.dumps({"size": size, "part": name, **figures}), file=sys.stderr, flush=True)
    return figures


def _write_contacts(size: int, folder: Path, in_file: bool) -> dict[str, float]:
    contacts(size).write_parquet(folder / "contacts.parquet")
    return {}


def _by_day(size: int, folder: Path, in_file: bool) -> dict[str, float]:
    """Resolve all but the last day's contacts, then those."""
    con = _company(folder / "by_day.duckdb" if in_file else None)
    records = pl.scan_parquet(folder / "contacts.parquet")
    load(con, records.filter(pl.col("day") == 0).collect(), "before")
    full = _cpu_seconds(lambda: resolve_identities(con, key=KEY, run_id="full"))
    load(con, records.filter(pl.col("day") == 1).collect(), "day")
    day = _cpu_seconds(lambda: resolve_identities(con, key=KEY, run_id="day"))
    peak = _peak_mib()
    return {
        "identifiers": _write_customers(con, folder / "by_day.parquet"),
        "contacts": con.sql("select count(*) from raw.contact").fetchall()[0][0],
        "full_cpu_s": full,
        "day_cpu_s": day,
        "peak_mib": peak,
    }


def _at_once(size: int, folder: Path, in_file: bool) -> dict[str, float]:
    """Resolve the same contacts, all at once."""
    con = _company(folder / "at_once.duckdb" if in_file else None)
    records = pl.scan_parquet(folder / "contacts.parquet")
    for day, batch in ((0, "before"), (1, "day")):
        load(con, records.filter(pl.col("day") == day).collect(), batch)
    seconds = _cpu_seconds(lambda: resolve_identities(con, key=KEY, run_id="at_once"))
    peak = _peak_mib()
    _write_customers(con, folder / "at_once.parquet")
    return {"at_once_cpu_s": seconds, "at_once_peak_mib": peak}


def _company(file: Path | None) -> duckdb.DuckDBPyConnection:
    """Return an empty warehouse, in a process that has resolved another one before."""
    with duckdb.connect() as con:
        create_schemas_and_tables(con)
        load(con, contacts(200), "before")
        resolve_identities(con, key=KEY, run_id="warm")
    if file is None:
        con = duckdb.connect()
    else:
        storage.create(file)
        con = duckdb.connect(str(file))
        con.execute("set memory_limit = $limit", {"limit": warehouse.memory_limit()})
    create_schemas_and_tables(con)
    return con


def _write_customers(con: duckdb.DuckDBPyConnection, file: Path) -> int:
    con.sql(
        "select identifier, customer_id from identity.identifier_map where is_current order by all"
    ).write_parquet(str(file))
    return int(con.sql("select count(*) from identity.identifier_map where is_current").pl().item())


def _cpu_seconds(work: Callable[[], object]) -> float:
    before = time.process_time()
    work()
    return round(time.process_time() - before, 2)


def _peak_mib() -> float:
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)


_PARTS = {"contacts": _write_contacts, "by_day": _by_day, "at_once": _at_once}


if __name__ == "__main__":
    main()
