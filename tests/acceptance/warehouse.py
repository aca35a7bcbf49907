"""A home folder driven through the ``crm`` command, and fingerprints of what it published."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

import duckdb
from typer.testing import CliRunner, Result

from orchestration.cli.app import app
from orchestration.home import Home
from orchestration.runs import run_lock

CRM = Path(sys.executable).with_name("crm")

BOOKKEEPING = {
    "run_id", "trained_at", "built_at", "generation", "batch_id", "ingested_at", "told_at",
}  # fmt: skip
"""Columns that tell which run wrote a row, not what the row says."""


_reading: dict[Path, duckdb.DuckDBPyConnection] = {}
"""The generation that was asked last. Reading its catalog takes 0.1 CPU seconds: a fingerprint of
92 tables took 12 when each question opened the file."""


def opened(file: Path) -> duckdb.DuckDBPyConnection:
    """Open a published file to read it."""
    con = duckdb.connect(":memory:")
    con.execute(f"attach '{file}' as published (read_only)")
    con.execute("use published")
    return con


@dataclass(frozen=True)
class Warehouse:
    """One home folder."""

    home: Path

    def environment(self) -> dict[str, str]:
        """Return the environment of a child process working on this home."""
        return {
            **os.environ,
            "CRM_HOME": str(self.home),
            "PYTHONDONTWRITEBYTECODE": "",
            "COLUMNS": "200",
            "NO_COLOR": "1",
        }

    def crm(
        self, *arguments: str, check: bool = True, timeout: float = 300
    ) -> subprocess.CompletedProcess[str]:
        """Run ``crm`` with ``arguments``; with ``check`` a failure shows what it printed."""
        done = subprocess.run(
            [str(CRM), *arguments],
            env=self.environment(),
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )
        if check:
            assert done.returncode == 0, (
                f"crm {' '.join(arguments)} ended with {done.returncode}\n"
                f"{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
            )
        return done

    def answer(self, *arguments: str, exit_code: int = 0) -> Result:
        """Run ``crm`` with ``arguments`` in this process, in which everything is imported."""
        # a command points dbt and Dagster at its home for as long as its process lives
        with mock.patch.dict(os.environ):
            done = CliRunner().invoke(app, arguments, env=self.environment())
        assert done.exit_code == exit_code, (
            f"crm {' '.join(arguments)}: {done.exception!r}\n{done.output[-4000:]}"
        )
        return done

    def load(self) -> None:
        """Load what has landed, in this process: the imports of another cost more than a file."""
        self._alone("ingest")

    def run(self, *, exit_code: int = 0) -> Result:
        """Run the whole job, in this process: a third of a small run is imports."""
        return self._alone("run", exit_code=exit_code)

    def _alone(self, command: str, *, exit_code: int = 0) -> Result:
        try:
            return self.answer(command, exit_code=exit_code)
        finally:
            run_lock.release(Home(self.home))

    def query(self, sql: str, *parameters: object) -> list[tuple]:
        """Query the current generation as a reader does who stays."""
        file = (self.home / "published" / "crm.duckdb").resolve(strict=True)
        if file not in _reading:
            for earlier in list(_reading):
                _reading.pop(earlier).close()
            _reading[file] = opened(file)
        return _reading[file].execute(sql, list(parameters)).fetchall()

    def look(self, sql: str) -> list[tuple]:
        """Query the published file as a reader does who comes for one question."""
        with opened(self.home / "published" / "crm.duckdb") as con:
            return con.execute(sql).fetchall()

    def query_build(self, sql: str, *parameters: object) -> list[tuple]:
        """Query the private build database; no run may be under way."""
        con = duckdb.connect(str(self.home / "warehouse.duckdb"), read_only=True)
        try:
            return con.execute(sql, list(parameters)).fetchall()
        finally:
            con.close()

    def fingerprint(
        self, schemas: tuple[str, ...] = ("marts", "crm"), without: frozenset[str] = frozenset()
    ) -> dict[str, tuple[int, int]]:
        """Return rows and a hash over all rows of every published table, columns ``without``."""
        columns: dict[str, list[str]] = {}
        for schema, table, column in self.query(
            """
            select table_schema, table_name, column_name
            from information_schema.columns
            where list_contains($1, table_schema)
            order by all
            """,
            list(schemas),
        ):
            if column not in BOOKKEEPING | without:
                columns.setdefault(f'{schema}."{table}"', []).append(f'"{column}"')
        return {
            table: self.query(
                f"select count(*), coalesce(sum(hash(({', '.join(names)}))), 0) from {table}"
            )[0]
            for table, names in columns.items()
        }
