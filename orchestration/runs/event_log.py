"""Dagster's run history in SQLite, without opening the file at every event."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import dagster as dg

# pinned to the version in pyproject.toml; the class is named in dagster.yaml like any other storage
from dagster._core.events import (  # noqa: TID251
    ASSET_CHECK_EVENTS,
    ASSET_EVENTS,
    EVENT_TYPE_TO_PIPELINE_RUN_STATUS,
)
from dagster._core.storage.asset_check_execution_record import (  # noqa: TID251
    AssetCheckExecutionRecordStatus,
)
from dagster._core.storage.event_log.base import AssetEntry, AssetRecord  # noqa: TID251
from dagster._core.storage.event_log.sqlite import (  # noqa: TID251
    SqliteEventLogStorage,
)
from dagster._core.storage.event_log.sqlite.sqlite_event_log import (  # noqa: TID251
    INDEX_SHARD_NAME,
)
from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.pool import StaticPool

BUSY_S = 60
"""How long a writer waits for another one."""

EVENT_COLUMNS = (
    "run_id", "event", "dagster_event_type", "timestamp", "step_key", "asset_key", "partition",
)  # fmt: skip
INSERT_EVENT = (
    f"insert into event_logs ({', '.join(EVENT_COLUMNS)}) "  # noqa: S608
    f"values ({', '.join('?' for _ in EVENT_COLUMNS)})"
)

INSERT_CHECK = (
    "insert into asset_check_executions (asset_key, check_name, partition, run_id, "
    "execution_status, evaluation_event, evaluation_event_timestamp, evaluation_event_storage_id, "
    "materialization_event_storage_id) values (?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
UPDATE_CHECK = (
    "update asset_check_executions set execution_status = ?, evaluation_event = ?, "
    "evaluation_event_timestamp = ?, evaluation_event_storage_id = ?, "
    "materialization_event_storage_id = ? "
    "where asset_key = ? and check_name = ? and partition is ? and run_id = ?"
)

Row = tuple[Any, ...]
"""Values of ``EVENT_COLUMNS`` as SQLite stores them."""

INDEXED = {*ASSET_EVENTS, *ASSET_CHECK_EVENTS, *EVENT_TYPE_TO_PIPELINE_RUN_STATUS}
"""Kinds of events that are looked up across runs."""


def _stored(value: Any) -> Any:
    """Return a value as SQLAlchemy writes it into SQLite."""
    if isinstance(value, datetime):
        return value.replace(tzinfo=None).isoformat(sep=" ", timespec="microseconds")
    return value


class HeldEventLogStorage(SqliteEventLogStorage):
    """The stock storage, with one connection per file kept for the life of the process.

    The stock one makes an engine, opens the file and closes it again once or twice an event: 7 s
    of a run of 86 s, with some 900 events. For processes that execute one run and end: what it has
    written it need not read again, and the tables do not change under it.
    """

    def __init__(self, *arguments: Any, **named: Any) -> None:
        self._engines: dict[str, Engine] = {}
        self._files: dict[str, sqlite3.Connection] = {}
        self._tables: set[str] = set()
        self._indexes: set[str] = set()
        self._has_index_columns: bool | None = None
        self._written: dict[dg.AssetKey, AssetRecord] = {}
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

    def has_secondary_index(self, name: str) -> bool:
        """Say whether a migration has run; every look at an asset asks it."""
        if name not in self._indexes and super().has_secondary_index(name):
            self._indexes.add(name)
        return name in self._indexes

    def _index_has_moments(self) -> bool:
        # a look into the schema at every event of an asset
        if self._has_index_columns is None:
            self._has_index_columns = self.has_asset_key_col("last_materialization_timestamp")
        return self._has_index_columns

    def _file(self, shard: str) -> sqlite3.Connection:
        """Return SQLite's own connection to a file: SQLAlchemy's costs as much as the statement."""
        if shard not in self._files:
            with self._connect(shard) as connection:
                file = connection.connection.driver_connection
                assert isinstance(file, sqlite3.Connection)  # noqa: S101 - the engine is SQLite's
                self._files[shard] = file
        return self._files[shard]

    def store_event(self, event: dg.EventLogEntry) -> None:
        """Store an event in the file of its run, and what is about assets in the index, too."""
        self.store_event_batch([event])

    def store_event_batch(self, events: Sequence[dg.EventLogEntry]) -> None:
        """Store events as the stock storage does, in one transaction for each file.

        Without composing the statements anew for each of 2,000 events, and with each event written
        as text once.
        """
        rows = [(event, self._row(event)) for event in events]
        for run_id in dict.fromkeys(event.run_id for event in events):
            own = [row for event, row in rows if event.run_id == run_id]
            with self._transaction(run_id) as file:
                file.executemany(INSERT_EVENT, own)
        indexed = [
            (event, row)
            for event, row in rows
            if event.is_dagster_event and event.dagster_event_type in INDEXED
        ]
        if indexed:
            # looked up now: the transaction keeps others from the file
            moments = self._index_has_moments()
            with self._transaction(INDEX_SHARD_NAME) as file:
                for event, row in indexed:
                    self._index(file, event, row, moments)

    def _row(self, event: dg.EventLogEntry) -> Row:
        row = self._event_to_row(event)
        return tuple(_stored(row[name]) for name in EVENT_COLUMNS)

    @contextmanager
    def _transaction(self, shard: str) -> Iterator[sqlite3.Connection]:
        file = self._file(shard)
        # another thread may be at the same connection; sqlite3 begins with the first statement
        with self._db_lock, file:
            yield file

    def _index(
        self, file: sqlite3.Connection, event: dg.EventLogEntry, row: Row, moments: bool
    ) -> None:
        """Write into the index what an event says of an asset, a check or the run's end.

        ``moments`` tells whether the index has the time of an asset's newest event, too.
        """
        event_id = file.execute(INSERT_EVENT, row).lastrowid
        assert event_id is not None  # noqa: S101 - a row has been inserted
        kind, happened = event.dagster_event_type, event.get_dagster_event()
        if kind in ASSET_EVENTS:
            self._index_tags(file, event, event_id)
            self._index_asset(file, event, event_id, moments)
        if kind is dg.DagsterEventType.ASSET_CHECK_EVALUATION_PLANNED:
            self._index_planned_check(file, happened, row, event_id)
        elif kind is dg.DagsterEventType.ASSET_CHECK_EVALUATION:
            self._index_check(file, happened, row, event_id)

    def _index_tags(self, file: sqlite3.Connection, event: dg.EventLogEntry, event_id: int) -> None:
        happened = event.get_dagster_event()
        tags = self._tags_for_asset_event(event)
        if tags and happened.asset_key and self.has_table("asset_event_tags"):
            key, moment = happened.asset_key.to_string(), self._event_insert_timestamp(event)
            file.executemany(
                "insert into asset_event_tags (event_id, asset_key, key, value, event_timestamp) "
                "values (?, ?, ?, ?, ?)",
                [(event_id, key, name, value, _stored(moment)) for name, value in tags.items()],
            )

    def _index_asset(
        self, file: sqlite3.Connection, event: dg.EventLogEntry, event_id: int, moments: bool
    ) -> None:
        happened = event.get_dagster_event()
        if happened.asset_key is None:
            return
        values = self._get_asset_entry_values(event, event_id, moments)
        if values:
            names = ("asset_key", *values)
            # the stock storage inserts, and updates when that fails
            file.execute(
                f"insert into asset_keys ({', '.join(names)}) "  # noqa: S608
                f"values ({', '.join('?' for _ in names)}) on conflict (asset_key) "
                f"do update set {', '.join(f'{name} = excluded.{name}' for name in values)}",
                (happened.asset_key.to_string(), *map(_stored, values.values())),
            )
        if happened.is_step_materialization:
            record = dg.EventLogRecord(storage_id=event_id, event_log_entry=event)
            self._written[happened.asset_key] = AssetRecord(
                storage_id=event_id,
                asset_entry=AssetEntry(
                    asset_key=happened.asset_key,
                    last_materialization_record=record,
                    last_run_id=event.run_id,
                ),
            )

    def _index_planned_check(
        self, file: sqlite3.Connection, happened: dg.DagsterEvent, row: Row, event_id: int
    ) -> None:
        planned = happened.asset_check_planned_data
        subset = planned.partitions_subset
        partitions: list[str | None] = [*subset.get_partition_keys()] if subset else [None]
        run_id, text, _, moment, *_ = row
        file.executemany(
            INSERT_CHECK,
            [
                (
                    planned.asset_key.to_string(), planned.check_name, partition, run_id,
                    AssetCheckExecutionRecordStatus.PLANNED.value, text, moment, event_id, None,
                )
                for partition in partitions
            ],
        )  # fmt: skip

    def _index_check(
        self, file: sqlite3.Connection, happened: dg.DagsterEvent, row: Row, event_id: int
    ) -> None:
        found = happened.asset_check_evaluation_data
        status = (
            AssetCheckExecutionRecordStatus.SUCCEEDED
            if found.passed
            else AssetCheckExecutionRecordStatus.FAILED
        )
        about = found.target_materialization_data
        run_id, text, _, moment, *_ = row
        key = (found.asset_key.to_string(), found.check_name, found.partition, run_id)
        told = (status.value, text, moment, event_id, about.storage_id if about else None)
        # a check that nobody planned is one of a run outside of any plan
        if file.execute(UPDATE_CHECK, (*told, *key)).rowcount == 0:
            file.execute(INSERT_CHECK, (*key, *told))

    def get_asset_records(
        self, asset_keys: Sequence[dg.AssetKey] | None = None
    ) -> Sequence[AssetRecord]:
        """Return what is known of assets; what this process has written without asking the file.

        Every asset asks for the newest materialisations of those it is made of, to write their
        versions into its own: 10 ms each.
        """
        if asset_keys is None:
            return super().get_asset_records()
        known = [self._written[key] for key in asset_keys if key in self._written]
        others = [key for key in asset_keys if key not in self._written]
        return [*known, *(super().get_asset_records(others) if others else ())]

    def dispose(self) -> None:
        """Close the files."""
        self._files.clear()
        for engine in self._engines.values():
            engine.dispose()
        self._engines.clear()
        super().dispose()
