"""``crm.outbox``: every change of the tables for systems that act, in the order it was told."""

from __future__ import annotations

from ingest.tables.table import Table

OUTBOX_TABLES: tuple[Table, ...] = (
    Table(
        "crm",
        "outbox",
        "One row per change of one row of one table that orchestration/outbox/outbox.yml declares, "
        "in the order in which to apply them. What was acknowledged long ago and has been "
        "overtaken is removed.",
        (
            (
                "outbox_id",
                "bigint not null",
                "Position: larger in every later row, never used again; without gaps but for rows "
                "that were delivered long ago.",
            ),
            ("table_name", "varchar not null", "Table or view of schema crm that the row is of."),
            ("op", "varchar not null", "insert, update or delete."),
            ("key", "varchar not null", "JSON object of the declared key: which row."),
            (
                "payload",
                "varchar",
                "JSON object of the declared columns after the change, times as "
                "YYYY-MM-DD HH:MM:SS (UTC); null for a delete.",
            ),
            ("row_hash", "varchar", "MD5 of payload; null for a delete."),
            (
                "prev_hash",
                "varchar",
                "row_hash of what was told of this row before; null for an insert.",
            ),
            (
                "idempotency_key",
                "varchar not null",
                "The same whenever this change is delivered, and of no other change.",
            ),
            ("generation", "bigint not null", "Generation that told it first."),
            ("told_at", "timestamp not null", "When it was told first (UTC)."),
            (
                "attempt",
                "integer not null",
                "Deliveries that failed since the last retry, as "
                "known when the generation was built.",
            ),
            (
                "ack_at",
                "timestamp",
                "When its delivery was acknowledged (UTC); null if it was not "
                "when the generation was built.",
            ),
            (
                "error",
                "varchar",
                "Why the last delivery failed; null if none has since the last retry.",
            ),
        ),
    ),
)
