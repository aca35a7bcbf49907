"""Landing files and ``sources.yml`` in; the raw layer, its bookkeeping and the settings out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb

from ingest.clock import utc_now
from ingest.config import Config
from ingest.errors import UnknownSource, nearest
from ingest.from_contracts.schema import create_schemas_and_tables, write_settings
from ingest.loading.as_of import resolve_as_of
from ingest.loading.load_source import load_source, load_sources
from ingest.loading.results import BatchResult, Progress
from ingest.source import Source

MEMORY_LIMIT = "512MiB"
"""What DuckDB may hold while loading. It keeps what it wrote for as long as it may: 8 GiB of ten
million interactions that nobody reads again before the load has ended."""

_HELD_BACK = {
    "memory_limit": MEMORY_LIMIT,
    # the threads that read have the other core; with one of the engine's there, the one that stores
    # asks it for news all the time and takes the interpreter from the readers: 56 s of processor
    # time for 700,000 web events instead of 40
    "threads": "1",
    # row groups are compressed as they fill, while others are read, and not up to five of them at
    # the commit, for which everything waits
    "write_buffer_row_group_count": "1",
}

__all__ = ["BatchResult", "Progress", "chosen_sources", "load_all", "load_source", "replay"]


def load_all(
    con: duckdb.DuckDBPyConnection,
    config: Config,
    home: Path,
    *,
    only: Sequence[str] | None = None,
    progress: Callable[[Progress], None] | None = None,
    replay: bool = False,
) -> list[BatchResult]:
    """Load what is new in ``home/landing`` of every source, then write ``meta.settings``.

    Sources fail one by one: a failed one is in the results with its message, the others are
    loaded.

    Parameters
    ----------
    con
        Connection to the warehouse, outside of any transaction; tables are created.
    only
        Names of the sources to load; all by default.
    replay
        Read every file that is still in the landing folder again.

    Raises
    ------
    UnknownSource
        If ``only`` names a source that there is not.
    """
    create_schemas_and_tables(con)
    with _held_back(con):
        results = load_sources(
            con,
            chosen_sources(config, only),
            home / "landing",
            quarantine_limit=config.quarantine_limit,
            progress=progress,
            replay=replay,
        )
    now = utc_now()
    as_of = resolve_as_of(con, config.as_of, config.company.time_zone, now)
    write_settings(con, config.company, as_of)
    return results


@contextmanager
def _held_back(con: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Let the engine take little memory and one thread while files are loaded."""
    names = ", ".join(f"current_setting('{name}')" for name in _HELD_BACK)
    before = con.execute(f"select {names}").fetchone()
    assert before is not None  # noqa: S101 - one row, always
    for name, value in _HELD_BACK.items():
        con.execute(f"set {name} = '{value}'")
    try:
        yield
    finally:
        for name, value in zip(_HELD_BACK, before, strict=True):
            con.execute(f"set {name} = '{value}'")


def replay(
    con: duckdb.DuckDBPyConnection,
    config: Config,
    home: Path,
    *,
    only: Sequence[str] | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> list[BatchResult]:
    """Rebuild ``raw`` from the landing folder, e.g. after a mapping was changed.

    Rows of files that are no longer there, or have been overwritten since, stay as they are.
    """
    return load_all(con, config, home, only=only, progress=progress, replay=True)


def chosen_sources(config: Config, only: Sequence[str] | None) -> tuple[Source, ...]:
    """Return the sources of ``only``, in the order of ``sources.yml``."""
    if only is None:
        return config.sources
    names = [source.name for source in config.sources]
    for name in only:
        if name not in names:
            raise UnknownSource(f"there is no source {name!r}; {nearest(name, names)}")
    return tuple(source for source in config.sources if source.name in only)
