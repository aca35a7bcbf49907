"""New rows of one entity in; which are surely new, and which have to be looked up, out.

Said by the hashes of what is stored and of what came before, without asking the transaction that
stores: a thread of its own can say it, ahead of the one that does nothing but store.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import duckdb
import polars as pl
import pyarrow as pa

from ingest.contracts import CONTRACTS
from ingest.engine import shared
from ingest.from_contracts.schema import polars_schema, raw_table
from ingest.raw.apart import apart
from ingest.raw.copies import first_of_each
from ingest.raw.known_hashes import KnownHashes, known_records, known_undated_keys, short_hash

MOST_WAITING = 150_000
"""Rows that wait before they are looked up: each look reads the keys of the whole table."""

_FEW = 50_000
"""Rows that wait as they are. Looking up the newest 35,000 of 700,000 web events takes half as long
as reading the hashes of all of them."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """What is known of the rows of one entity so far.

    Parameters
    ----------
    fresh
        New rows, as the table takes them; None if there are none.
    counts
        ``rows_loaded`` and ``rows_duplicate`` per ``file``, of rows that need not be looked up.
    dated, undated
        Rows to be looked up now, with ``row_number``: of the one whether the table holds them, of
        the other whether they repeat the version before.
    """

    entity: str
    fresh: pa.Table | None
    counts: pl.DataFrame
    dated: pl.DataFrame | None = None
    undated: pl.DataFrame | None = None


class _Known:
    """Hashes of what is stored or has come; the table is read when it is first asked."""

    def __init__(self, read: Callable[[], KnownHashes]) -> None:
        self._read = read
        self._few: list[pl.Series] = []
        self.is_read = False

    @cached_property
    def _hashes(self) -> KnownHashes:
        known = self._read()
        self.is_read = True
        for hashes in self._few:
            known.add(hashes)
        self._few.clear()
        return known

    def may_hold(self, hashes: pl.Series) -> pl.Series | None:
        """Return which of them may be known already, and know them all; None if none is."""
        found = self._hashes.may_hold(hashes)
        self._hashes.add(hashes)
        return found

    def put_off(self, hashes: pl.Series) -> None:
        """Know them without reading the table: when it is read, they may be in it unseen."""
        self._few.append(hashes)


class Arrivals:
    """The rows of one entity that one load brings.

    Rows whose hash is known may be copies, versions without a date whose key is known may repeat
    the one before, and of a few rows nothing is known. They wait, and are looked up together: the
    table is read once for all of them. ``rest`` has to be called after the last rows.

    Parameters
    ----------
    looking
        Connection that sees what was stored before this load.
    """

    def __init__(self, looking: duckdb.DuckDBPyConnection, entity: str) -> None:
        contract = CONTRACTS[entity]
        self._looking = looking
        self._entity = entity
        self._columns = list(polars_schema(contract))
        self._has_versions = contract.has_versions
        self._key = record_identity(entity)
        self._waiting: list[pl.DataFrame] = []
        self._undated: list[pl.DataFrame] = []
        self._known = _Known(lambda: known_records(looking, entity))
        self._known_keys = _Known(lambda: known_undated_keys(looking, entity))

    @cached_property
    def _is_empty(self) -> bool:
        """Whether nothing was stored before."""
        query = f"select not exists (from {raw_table(self._entity)})"
        row = self._looking.execute(query).fetchone()
        return bool(row and row[0])

    def _are_few(self, waiting: list[pl.DataFrame], rows: pl.DataFrame, known: _Known) -> bool:
        """Say whether all rows so far are so few that they wait without being asked for."""
        if known.is_read or self._is_empty:
            return False
        return sum(frame.height for frame in (*waiting, rows)) <= _FEW

    def take(self, rows: pl.DataFrame) -> Arrived:
        """Return which of ``rows`` are new, and what waited for too long.

        Parameters
        ----------
        rows
            Rows with the schema of ``raw.<entity>``, and their short hashes.
        """
        rows = rows.with_row_index("row_number")
        if self._has_versions and rows["recorded_at"].null_count():
            is_dated = rows["recorded_at"].is_not_null()
            fresh, counts = _together(
                self._without_dates(rows.filter(~is_dated)), self._dated(rows.filter(is_dated))
            )
        else:
            fresh, counts = self._dated(rows)
        if sum(frame.height for frame in (*self._waiting, *self._undated)) < MOST_WAITING:
            return Arrived(self._entity, fresh, counts)
        rest = self.rest()
        return Arrived(self._entity, fresh, counts, rest.dated, rest.undated)

    def rest(self) -> Arrived:
        """Return the rows that wait, to be looked up."""
        dated, undated = _numbered(self._waiting), _numbered(self._undated)
        self._waiting, self._undated = [], []
        return Arrived(self._entity, None, NO_COUNTS, dated, undated)

    def _dated(self, rows: pl.DataFrame) -> tuple[pa.Table | None, pl.DataFrame]:
        if rows.is_empty():
            return None, NO_COUNTS
        if self._are_few(self._waiting, rows, self._known):
            self._waiting.append(rows)
            self._known.put_off(rows["short_hash"])
            return None, NO_COUNTS
        waits = self._known.may_hold(rows["short_hash"])
        if waits is not None:
            self._waiting.append(apart(rows.filter(waits)))
        repeated, single = rows["is_repeated"], ~rows["is_repeated"]
        if waits is not None:
            repeated, single = repeated & ~waits, single & ~waits
        first = first_of_each(rows.filter(repeated), self._key)
        numbers = pl.concat([rows["row_number"].filter(single), first["row_number"]])
        return new_and_counted(rows, numbers, self._columns, waits)

    def _without_dates(self, rows: pl.DataFrame) -> tuple[pa.Table | None, pl.DataFrame]:
        """Return those of keys that had no version yet; the others wait."""
        keys = short_hash(rows["record_key"])
        if self._are_few(self._undated, rows, self._known_keys):
            self._undated.append(rows)
            self._known_keys.put_off(keys)
            return None, NO_COUNTS
        waits, known = keys.is_duplicated(), self._known_keys.may_hold(keys)
        waits = waits if known is None else waits | known
        if waits.any():
            self._undated.append(apart(rows.filter(waits)))
        return new_and_counted(rows, rows["row_number"].filter(~waits), self._columns, waits)


def record_identity(entity: str) -> tuple[str, ...]:
    """Return the columns in which two rows agree that are copies of one."""
    version = ("recorded_at",) if CONTRACTS[entity].has_versions else ()
    return ("record_key", "record_hash", *version)


def new_and_counted(
    rows: pl.DataFrame, new_numbers: pl.Series, columns: list[str], waits: pl.Series | None = None
) -> tuple[pa.Table | None, pl.DataFrame]:
    """Return the rows of these numbers, and counts of them and the others but those that wait."""
    is_new = pl.repeat(True, rows.height, eager=True)
    new = rows
    if len(new_numbers) < rows.height:
        is_new = rows["row_number"].is_in(new_numbers.implode())
        new = rows.filter(is_new)
    counted = rows.select("file", is_new=is_new)
    counts = _counts(counted if waits is None else counted.filter(~waits))
    return (None if new.is_empty() else shared(new.select(columns))), counts


def _together(
    *found: tuple[pa.Table | None, pl.DataFrame],
) -> tuple[pa.Table | None, pl.DataFrame]:
    """Return what is new in several parts of one buffer, and the counts of all of them."""
    new = [fresh for fresh, _ in found if fresh is not None]
    counts = pl.concat([counts for _, counts in found])
    return (pa.concat_tables(new) if new else None), counts


def _numbered(frames: list[pl.DataFrame]) -> pl.DataFrame | None:
    """Return the rows of all ``frames``, numbered anew."""
    if not frames:
        return None
    return pl.concat(frames).drop("row_number").with_row_index("row_number")


def _counts(rows: pl.DataFrame) -> pl.DataFrame:
    """Count rows of ``file`` and ``is_new``."""
    return rows.group_by("file").agg(
        rows_loaded=pl.col("is_new").sum().cast(pl.Int64),
        rows_duplicate=(~pl.col("is_new")).sum().cast(pl.Int64),
    )


NO_COUNTS = _counts(pl.DataFrame(schema={"file": pl.String, "is_new": pl.Boolean}))
