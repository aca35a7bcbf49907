"""The column settings of one source in; a checked description of all of them out."""

from __future__ import annotations

from dataclasses import dataclass

from ingest.contracts import CONTRACTS, Contract
from ingest.errors import nearest
from ingest.mapping.column_map import FILE, POSITION, ColumnMap, MappingError
from ingest.mapping.conditions import Condition, read_where
from ingest.source import Source

LINEAGE_SETTINGS = {
    "recorded_at": "recorded_at",
    "is_deleted": "is_deleted",
    "merged_into": "merged_into_ref",
}
"""Settings beside ``columns``, and the lineage columns they fill."""


@dataclass(frozen=True, slots=True)
class EntityMap:
    """How the columns of one entity are made from a source's columns, and of which rows."""

    contract: Contract
    columns: dict[str, ColumnMap]
    lineage: dict[str, ColumnMap]
    where: tuple[Condition, ...] = ()

    @property
    def all(self) -> dict[str, ColumnMap]:
        """Every column that is made, the entity's own and the lineage."""
        return {**self.columns, **self.lineage}

    @property
    def used(self) -> tuple[str, ...]:
        """Source columns that values are made of, in order, without ``$file`` and ``$position``."""
        names = [name for column in self.all.values() for name in column.columns]
        return tuple(name for name in dict.fromkeys(names) if name not in {FILE, POSITION})

    @property
    def read(self) -> tuple[str, ...]:
        """Source columns that are used, or that ``where`` looks at."""
        return tuple(dict.fromkeys((*self.used, *(one.column for one in self.where))))

    @property
    def gives_tidy_texts(self) -> bool:
        """Say whether stripped source columns give texts that need no stripping."""
        return all(column.gives_tidy_texts for column in self.all.values())

    def needs(self, source_column: str) -> bool:
        """Say whether no row can be made without ``source_column``."""
        if any(source_column == condition.column for condition in self.where):
            return True
        return any(
            source_column in self.columns[column.name].columns
            for column in self.contract.columns
            if column.required and column.name in self.columns
        )


def entity_map(source: Source) -> EntityMap:
    """Check the mapping of a source.

    Raises
    ------
    MappingError
        With the keys that lead from the source's entry to the mistake.
    """
    if source.entity is None:
        raise MappingError(f"format {source.format} needs entity: what its rows are")
    if not isinstance(source.entity, str):
        raise MappingError("must be one entity; of a file of two make two sources", "entity")
    if source.entity not in CONTRACTS:
        remedy = nearest(source.entity, CONTRACTS)
        raise MappingError(f"there is no entity {source.entity!r}; {remedy}", "entity")
    contract = CONTRACTS[source.entity]
    columns = {}
    for name, setting in source.columns.items():
        if name not in contract.column_names:
            remedy = nearest(name, contract.column_names)
            message = f"{contract.name} has no column {name!r}; {remedy}"
            raise MappingError(message, "columns", name)
        columns[name] = _read(setting, "columns", name)
    for column in contract.columns:
        if column.required and column.name not in columns:
            message = f"{contract.name} needs the column {column.name}: {column.description}"
            raise MappingError(message, "columns")
    lineage = {}
    for name, target in LINEAGE_SETTINGS.items():
        setting = getattr(source, name)
        if setting is not None:
            lineage[target] = _read(setting, name)
    try:
        where = read_where(source.where)
    except MappingError as error:
        raise MappingError(error.message, "where", *error.keys) from error
    return EntityMap(contract, columns, lineage, where)


def _read(setting: object, *keys: str) -> ColumnMap:
    try:
        return ColumnMap.read(setting)
    except MappingError as error:
        raise MappingError(error.message, *keys, *error.keys) from error
