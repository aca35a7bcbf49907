"""Hashes of stored records in; which of new records may be stored already, out.

What is surely new needs no look into the table. Looking for 150,000 records among ten million
compares the texts of all of them: once for each buffer of a load, that grew with the square of it.
"""

from __future__ import annotations

import duckdb
import numpy as np
import polars as pl

from ingest.hash_set import Hashes, HashSet
from ingest.schema import raw_table

_BATCH_ROWS = 1_000_000


class KnownHashes:
    """The record hashes of one entity that are stored, four bytes of each.

    Two records may share the four bytes, as one in six hundred does with some other of seven
    million: what is found here has to be looked up in the table.
    """

    def __init__(self, con: duckdb.DuckDBPyConnection, entity: str) -> None:
        query = f"select record_hash from {raw_table(entity)}"  # noqa: S608
        self._hashes = HashSet()
        for batch in con.execute(query).to_arrow_reader(_BATCH_ROWS):
            self.add(pl.Series(batch.column(0)))

    def may_hold(self, record_hash: pl.Series) -> pl.Series | None:
        """Return which records may be stored already; None if none of them is."""
        if not len(self._hashes):
            return None
        found = self._hashes.holds(_short(record_hash))
        return pl.Series(found) if found.any() else None

    def add(self, record_hash: pl.Series) -> None:
        """Remember records that have been stored."""
        self._hashes.add(_short(record_hash))


def _short(record_hash: pl.Series) -> Hashes:
    return record_hash.hash().to_numpy().astype(np.uint32)
