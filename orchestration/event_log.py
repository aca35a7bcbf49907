"""Dagster's run history in SQLite, without opening the file at every event."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

# pinned to the version in pyproject.toml; the class is named in dagster.yaml like any other storage
from dagster._core.storage.event_log.sqlite import (  # noqa: TID251
    SqliteEventLogStorage,
)
from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.pool import StaticPool

BUSY_S = 60
"""How long a writer waits for another one."""


class HeldEventLogStorage(SqliteEventLogStorage):
    """The stock storage, with one connection per file kept for the life of the process.

    The stock one makes an engine, opens the file and closes it again once or twice an event: 7 s
    of a run of 86 s, with some 900 events. For processes that execute one run and end.
    """

    def __init__(self, *arguments: Any, **named: Any) -> None:
        self._engines: dict[str, Engine] = {}
        self._tables: set[str] = set()
        super().__init__(*arguments, **named)

    @classmethod
    def from_config_value(cls, inst_data: Any, config_value: Any) -> HeldEventLogStorage:
        """Make the storage that dagster.yaml describes."""
        return cls(inst_data=inst_data, **config_value)

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        with self._db_lock:
            engine = self._engines.get(shard)
            if engine is None:
                engine = self._engines[shard] = create_engine(
                    self.conn_string_for_shard(shard),
                    poolclass=StaticPool,
                    # the lock above keeps threads apart
                    connect_args={"timeout": BUSY_S, "check_same_thread": False},
                )
            if shard not in self._initialized_dbs:
                self._initdb(engine)
                self._initialized_dbs.add(shard)
            with engine.begin() as connection:
                yield connection

    def has_table(self, table_name: str) -> bool:
        """Say whether the index has a table; every event of an asset or check asks it."""
        if table_name not in self._tables and super().has_table(table_name):
            self._tables.add(table_name)
        return table_name in self._tables

    def dispose(self) -> None:
        """Close the files."""
        for engine in self._engines.values():
            engine.dispose()
        self._engines.clear()
        super().dispose()
