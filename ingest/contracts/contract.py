"""What a contract is: an entity, its grain, and what each of its columns promises."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Type = Literal[
    "text", "integer", "number", "money", "boolean", "date", "timestamp", "text[]", "json"
]
"""Logical column types; ``money`` is an exact decimal(18, 4), ``timestamp`` is naive UTC."""

Sensitivity = Literal["public", "internal", "personal", "special"]
"""``personal`` identifies or describes a person; ``special`` is free text or a category of
personal data that deserves more care (message bodies, recordings, birth dates)."""

DUCKDB_TYPES: dict[Type, str] = {
    "text": "varchar",
    "integer": "bigint",
    "number": "double",
    "money": "decimal(18, 4)",
    "boolean": "boolean",
    "date": "date",
    "timestamp": "timestamp",
    "text[]": "varchar[]",
    "json": "varchar",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of an entity.

    Parameters
    ----------
    ref
        Name of the entity whose ``record_key`` the column holds (``<namespace>:<id>``), or
        ``person`` for a person identifier (``<id_type>:<value>``, see ``ingest.identifiers``).
    identifier
        Identifier type that the value is evidence of for the row's person: two identifiers
        in one row belong to one person.
    allowed
        The only values accepted; empty means any.
    describes
        It only describes its record, which is worth more than the value: one that cannot be read,
        as ``11-50`` employees, becomes null and is kept in ``attributes``, under ``unreadable``.
        Any other value that does not fit its type costs the row.
    codes
        It states a country, a currency, a language or a time zone: what names one becomes its code
        (ISO 3166 alpha-2, ISO 4217, BCP 47, IANA's name), anything else stays.
    """

    name: str
    type: Type
    description: str
    key: bool = False
    required: bool = False
    ref: str | None = None
    identifier: str | None = None
    sensitivity: Sensitivity = "internal"
    allowed: tuple[str, ...] = ()
    describes: bool = False
    codes: Literal["country", "currency", "language", "time_zone"] | None = None
    minimum: float | None = None
    maximum: float | None = None

    @property
    def is_duration(self) -> bool:
        """Return whether it counts seconds, as its name says."""
        return self.type == "number" and self.name.endswith("_s")


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """One canonical entity.

    Parameters
    ----------
    kind
        ``event`` rows happen once and are hardly ever corrected; ``state`` rows describe
        something that changes, and every change arrives as a new version.
    occurred_at
        The column that says when the row happened or came to be; it becomes ``occurred_at``.
    is_revised
        Of an event: its source changes its record, and may change it back, as the status of a
        payment; so every version counts, as of a state.
    """

    name: str
    plural: str
    grain: str
    kind: Literal["event", "state"]
    columns: tuple[Column, ...]
    occurred_at: str | None = None
    is_revised: bool = False

    @property
    def has_versions(self) -> bool:
        """Whether what a record says may be again what it said before."""
        return self.kind == "state" or self.is_revised

    @property
    def key(self) -> tuple[Column, ...]:
        """The columns that together name one record within its source."""
        return tuple(column for column in self.columns if column.key)

    @property
    def column_names(self) -> tuple[str, ...]:
        """Names of the entity's own columns, in order, without the lineage."""
        return tuple(column.name for column in self.columns)

    def column(self, name: str) -> Column:
        """Return the column called ``name``; ``KeyError`` names the entity and its columns."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.name} has no column {name!r}; it has {', '.join(self.column_names)}")


LINEAGE: tuple[Column, ...] = (
    Column(
        name="record_key",
        type="text",
        required=True,
        description="<namespace>:<source_record_id>; the same record has the same key for ever.",
    ),
    Column(
        name="source",
        type="text",
        required=True,
        sensitivity="public",
        description="Name of the source in sources.yml.",
    ),
    Column(
        name="source_record_id",
        type="text",
        required=True,
        description="The record's own id in its source; several key columns are joined by |.",
    ),
    Column(
        name="record_hash",
        type="text",
        required=True,
        description="Hash of the record's contents; two versions differ in it.",
    ),
    Column(
        name="file",
        type="text",
        required=True,
        description="File the version came from, relative to landing/.",
    ),
    Column(
        name="position",
        type="integer",
        required=True,
        sensitivity="public",
        description="Place within the file, from 1: line, message or array element.",
    ),
    Column(
        name="batch_id",
        type="text",
        required=True,
        sensitivity="public",
        description="The load that brought the version; see meta.ingest_batches.",
    ),
    Column(
        name="occurred_at",
        type="timestamp",
        sensitivity="public",
        description="When it happened (UTC).",
    ),
    Column(
        name="recorded_at",
        type="timestamp",
        sensitivity="public",
        description="When the source last changed the record (UTC); null where it does not say.",
    ),
    Column(
        name="known_at",
        type="timestamp",
        required=True,
        sensitivity="public",
        description="First moment the warehouse could know this version (UTC): recorded_at, "
        "else occurred_at, else ingested_at; the basis of every point-in-time feature.",
    ),
    Column(
        name="ingested_at",
        type="timestamp",
        required=True,
        sensitivity="public",
        description="When this warehouse loaded the version (UTC).",
    ),
    Column(
        name="is_deleted",
        type="boolean",
        required=True,
        sensitivity="public",
        description="The source says that the record no longer exists.",
    ),
    Column(
        name="merged_into_ref",
        type="text",
        description="record_key of the record that this one was merged into by its source.",
    ),
    Column(
        name="attributes",
        type="json",
        sensitivity="special",
        description="Everything the source sent that has no column of its own (JSON object).",
    ),
)
"""Columns that every raw table carries after the entity's own, filled by the loader."""
