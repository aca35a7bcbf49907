"""Dagster's run history in SQLite, without opening the file at every event."""

from __future__ import annotations

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
from dagster._core.storage.event_log.base import AssetEntry, AssetRecord  # noqa: TID251
from dagster._core.storage.event_log.sqlite import (  # noqa: TID251
    SqliteEventLogStorage,
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

    def _has_asset_key_index_cols_on_connection(self, conn: Connection) -> bool:
        # a look into the schema at every event of an asset
        if self._has_index_columns is None:
            self._has_index_columns = super()._has_asset_key_index_cols_on_connection(conn)
        return self._has_index_columns

    def store_event(self, event: dg.EventLogEntry) -> None:
        """Store an event in the file of its run, and what is about assets in the index, too.

        What the stock storage does, without composing the statements anew for each of 2,000 events.
        """
        row = self._event_to_row(event)
        values = tuple(_stored(row[name]) for name in EVENT_COLUMNS)
        with self.run_connection(event.run_id) as conn:
            conn.exec_driver_sql(INSERT_EVENT, values)
        kind = event.dagster_event_type if event.is_dagster_event else None
        if kind not in INDEXED:
            return
        with self.index_connection() as conn:
            event_id = conn.exec_driver_sql(INSERT_EVENT, values).lastrowid
            if kind in ASSET_EVENTS:
                self._store_asset_event_tags(conn, [event], [event_id])
                self._store_asset_event(conn, event, event_id)
        if kind in ASSET_CHECK_EVENTS:
            self.store_asset_check_event(event, event_id)

    def _store_asset_event(self, conn: Connection, event: dg.EventLogEntry, event_id: int) -> None:
        happened = event.dagster_event
        if happened is None or happened.asset_key is None:
            return
        values = self._get_asset_entry_values(
            event, event_id, self._has_asset_key_index_cols_on_connection(conn)
        )
        if values:
            names = ("asset_key", *values)
            # the stock storage inserts, and updates when that fails
            conn.exec_driver_sql(
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
        for engine in self._engines.values():
            engine.dispose()
        self._engines.clear()
        super().dispose()
