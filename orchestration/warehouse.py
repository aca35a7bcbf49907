"""The one way to the build database: open late, close early, wait a bounded time for others."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

# DuckDB imports it when it is first given a value, which takes seconds, and swallows a Ctrl-C that
# comes meanwhile: the run went on to its end, and whoever had stopped it waited
import pandas  # noqa: F401

from ingest import storage
from ingest.plain_files import NO_FILE, is_plain
from orchestration.errors import Refused, WarehouseLocked
from orchestration.home import Home
from orchestration.sql_text import quoted

WAIT_S = 30.0
"""How long a step waits for a reader (an analyst with the file open) before it gives up."""


def memory_limit() -> str:
    """Return ``$CRM_MEMORY_LIMIT``, else half of the machine: data frames need the other half."""
    physical = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return os.environ.get("CRM_MEMORY_LIMIT") or f"{physical // 2 // 2**20}MiB"


SMALL_BYTES = 1 << 29
"""Below this a statement takes milliseconds, and waking a second thread for it and asking for its
news costs more than it helps: a run over a small company took a tenth more processor time."""


COSTLY_COMPRESSION = "fsst,dict_fsst"
"""Writing 270 small tables took 2.1 s of processor time, half of it to find out that these ways of
packing texts save nothing: the file came to 79 MB with and without them. A file in our own format
has no other way to pack a text as a dictionary."""


def threads(home: Home) -> int:
    """Return how many threads the engine is given for a warehouse of this size."""
    return 1 if home.warehouse.stat().st_size < SMALL_BYTES else os.cpu_count() or 1


@contextmanager
def packed_simply(con: duckdb.DuckDBPyConnection, database: str | None = None) -> Iterator[None]:
    """Write what is made meanwhile without looking for the best way to pack it, if all is small.

    Tables that are being filled are packed when the file is next brought up to date, so that is
    done at the end. Files in our own format (``ingest.storage``) are packed as ever.

    Parameters
    ----------
    database
        Name of the attached one that is written; None means the warehouse itself.
    """
    ((size, own),) = con.execute(
        "select sum(block_size * total_blocks), current_database() from pragma_database_size() "
        "where database_name = current_database()"
    ).fetchall()
    if size >= SMALL_BYTES or storage.is_ours(con, database):
        yield
        return
    con.execute("set disabled_compression_methods = ?", [COSTLY_COMPRESSION])
    try:
        yield
        con.execute(f"checkpoint {quoted(database or own)}")
    finally:
        con.execute("reset disabled_compression_methods")


def _open(home: Home, *, read_only: bool, wait_s: float) -> duckdb.DuckDBPyConnection:
    if not is_plain(home.warehouse):
        raise Refused(f"{home.warehouse} {NO_FILE}, or nothing.")
    deadline = time.monotonic() + wait_s
    pause = 0.1
    while True:
        try:
            if not read_only:
                storage.create(home.warehouse)
            return duckdb.connect(str(home.warehouse), read_only=read_only)
        except duckdb.IOException as error:
            text = str(error)
            reason = text.splitlines()[0]
            # a damaged file is told of with its blocks, and a folder may be called anything
            if "could not set lock" not in text.lower():
                if "version number" in text:
                    raise Refused(
                        f"{home.warehouse} was written by a newer version ({reason}): "
                        "install that one again, or move the file away and run to build it anew."
                    ) from error
                raise Refused(
                    f"{home.warehouse} cannot be opened ({reason}): check its "
                    "permissions and the disk, or move it away and run again to rebuild it."
                ) from error
            if time.monotonic() + pause > deadline:
                pid = re.search(r"PID (\d+)", text)
                raise WarehouseLocked(
                    f"{home.warehouse} is held open by another process"
                    f"{f' (PID {pid[1]})' if pid else ''}: close it there and run again; "
                    "readers should open published/crm.duckdb instead."
                ) from error
            time.sleep(pause)
            pause = min(pause * 2, 2.0)


def set_session(con: duckdb.DuckDBPyConnection) -> None:
    """Set what counts for one session only; a cursor is another one."""
    con.execute("set enable_progress_bar = false")
    con.execute("set TimeZone = 'UTC'")
    # DuckDB takes the rows left by a window for a handful, and would look for the partner of each
    # among all rows of the other side: 5 billion pairs at a million interactions
    con.execute("set asof_loop_join_threshold = 0")


_held: dict[Path, duckdb.DuckDBPyConnection] = {}


@contextmanager
def held(home: Home) -> Iterator[None]:
    """Keep the warehouse open in this process, so that opening it again costs nothing.

    A run opens it some 60 times, dbt included; reading the catalog and writing a checkpoint each
    time took 8 s of a run of 86 s.
    """
    _held[home.warehouse] = _open(home, read_only=False, wait_s=WAIT_S)
    try:
        yield
    finally:
        _let_go(home)


def _let_go(home: Home) -> None:
    con = _held.pop(home.warehouse, None)
    if con is not None:
        con.close()


def _spill_to(con: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Name the folder of what does not fit into memory.

    Named once it has been used, even the same folder is refused: a run that held the warehouse
    failed after its first large load.
    """
    if con.execute("select current_setting('temp_directory')").fetchone() != (str(folder),):
        con.execute("set temp_directory = ?", [str(folder)])


@contextmanager
def connect(
    home: Home, *, read_only: bool = False, wait_s: float | None = None
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the warehouse for one step and close it after.

    Parameters
    ----------
    wait_s
        Seconds to wait while another process has the file open; None means ``WAIT_S``.

    Raises
    ------
    WarehouseLocked
        If it is still open elsewhere after that; the message names the process.
    Refused
        If the file is unreadable.
    """
    home.folder.mkdir(parents=True, exist_ok=True)
    con = _open(home, read_only=read_only, wait_s=WAIT_S if wait_s is None else wait_s)
    try:
        set_session(con)
        con.execute("set autoinstall_known_extensions = false")
        con.execute(f"set memory_limit = '{memory_limit()}'")
        con.execute(f"set threads = {threads(home)}")
        _spill_to(con, home.folder / "tmp")
        yield con
    except duckdb.FatalException:
        # the engine refuses every further statement until the file is opened anew
        _let_go(home)
        raise
    finally:
        con.close()
