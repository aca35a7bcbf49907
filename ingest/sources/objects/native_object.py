"""The table that says what becomes of the records of one object of a CRM."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import polars as pl

from ingest.contracts import CONTRACTS
from ingest.mapping import ColumnMap, EntityMap

Setting = str | dict[str, Any] | pl.Expr
"""A field, a setting as in ``sources.yml``, or an expression over fields; the ``from`` of a
setting may be an expression too."""

SUPPLIED = ("$position", "$currency", "$file", "$time_zone", "$region")
"""Columns that ``convert`` supplies: the record's place, the currency of amounts that state none
(option ``currency``, else the company's), the file below ``landing/``, the source's zone, and the
company's country, in which numbers without a country's code are."""

MADE_HERE = "$expr:"
"""Prefix of columns that hold the value of an expression."""


@dataclass(frozen=True, eq=False)
class ObjectMap:
    """How one entity's rows are made of an object's fields.

    Parameters
    ----------
    rows
        Turns the object's frame into one with a line per row to make, e.g. one per change;
        ``fields`` are then the fields it needs.
    where
        The lines of the frame that make a row; all without it.
    absorbed
        Fields that expressions say completely, so that ``attributes`` need not repeat them;
        those of the currency, ``recorded_at``, ``is_deleted`` and ``merged_into`` never are.
    keep_rest
        Whether fields without a column go to ``attributes``.
    """

    entity: str
    columns: dict[str, Setting]
    recorded_at: Setting | None = None
    is_deleted: Setting | None = None
    merged_into: Setting | None = None
    rows: Callable[[pl.DataFrame], pl.DataFrame] | None = None
    fields: tuple[str, ...] = ()
    where: pl.Expr | None = None
    absorbed: tuple[str, ...] = ()
    keep_rest: bool = True

    @cached_property
    def lineage(self) -> dict[str, Setting]:
        """The lineage columns that the source fills."""
        given = {
            "recorded_at": self.recorded_at,
            "is_deleted": self.is_deleted,
            "merged_into_ref": self.merged_into,
        }
        return {name: setting for name, setting in given.items() if setting is not None}

    @cached_property
    def expressions(self) -> tuple[pl.Expr, ...]:
        """The columns that expressions make, under the names that ``entity_map`` uses."""
        made = {**self.columns, **self.lineage}.items()
        found = {name: _expression(setting) for name, setting in made}
        return tuple(e.alias(MADE_HERE + name) for name, e in found.items() if e is not None)

    @cached_property
    def entity_map(self) -> EntityMap:
        """The mapping, for ``ingest.mapping``."""
        contract = CONTRACTS[self.entity]
        for name in self.columns:
            contract.column(name)
        return EntityMap(
            contract,
            {name: _column_map(name, setting) for name, setting in self.columns.items()},
            {name: _column_map(name, setting) for name, setting in self.lineage.items()},
        )

    @cached_property
    def said(self) -> frozenset[str]:
        """Fields that need no place in ``attributes`` although expressions read them."""
        settings = [*self.lineage.values(), self.columns.get("currency", "")]
        expressions = [e for e in map(_expression, settings) if e is not None]
        return frozenset(self.absorbed).union(*(e.meta.root_names() for e in expressions))

    @cached_property
    def needed(self) -> frozenset[str]:
        """Every field the map reads."""
        plain = {name for name in self.entity_map.used if not name.startswith(MADE_HERE)}
        read = [e for e in (*self.expressions, self.where) if e is not None]
        in_expressions = {name for e in read for name in e.meta.root_names()}
        return frozenset(self.fields) | (frozenset() if self.rows else plain | in_expressions)


@dataclass(frozen=True, eq=False)
class Refusal:
    """Records for which the warehouse has no place, and what to tell a person about them.

    Parameters
    ----------
    reason
        A sentence without full stop, or an expression over the fields.
    """

    where: pl.Expr
    reason_code: str
    reason: str | pl.Expr


@dataclass(frozen=True, eq=False)
class NativeObject:
    """One object of a CRM.

    Parameters
    ----------
    name
        As the CRM calls it.
    also_called
        Other names that files and options have for it.
    evidence
        Groups of fields; a record that has all fields of one group is of this object.
    nested
        Types of fields that hold lists, all others are text.
    without_rows
        What to say of a record that no map makes a row of.
    no_place
        Why the warehouse cannot take the object at all; it has no maps then.
    """

    name: str
    maps: tuple[ObjectMap, ...] = ()
    also_called: tuple[str, ...] = ()
    evidence: tuple[tuple[str, ...], ...] = ()
    refusals: tuple[Refusal, ...] = ()
    nested: dict[str, pl.DataType] = field(default_factory=dict)
    without_rows: str = "has nothing that makes a row"
    no_place: str | None = None

    @property
    def entity(self) -> str:
        """Entity of the first map, named in rejects."""
        return self.maps[0].entity if self.maps else self.name

    @cached_property
    def fields(self) -> tuple[str, ...]:
        """Every field that some map or refusal reads, sorted."""
        names = {name for each in self.maps for name in each.needed} | set(self.nested)
        for refusal in self.refusals:
            names |= set(refusal.where.meta.root_names())
            if isinstance(refusal.reason, pl.Expr):
                names |= set(refusal.reason.meta.root_names())
        return tuple(sorted(names - set(SUPPLIED)))


def _expression(setting: Setting) -> pl.Expr | None:
    source = setting.get("from") if isinstance(setting, dict) else setting
    return source if isinstance(source, pl.Expr) else None


def _column_map(name: str, setting: Setting) -> ColumnMap:
    if _expression(setting) is None:
        return ColumnMap.read(setting)
    settings = setting if isinstance(setting, dict) else {}
    return ColumnMap.read({**settings, "from": MADE_HERE + name})
