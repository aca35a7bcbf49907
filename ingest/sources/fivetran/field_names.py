"""The tables of a preset in; which of their columns a name without underscores is, out.

Salesforce's connector may keep the names that Salesforce has: ``AccountId`` for ``account_id``, in
a database that folds letters ``ACCOUNTID``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import polars as pl

from ingest.sources.fivetran.table import Join, Table, Target


def field_names(tables: Mapping[str, Table]) -> dict[str, str]:
    """Return the columns that the tables use, by their names without underscores."""
    used = {name for table in tables.values() for name in _of_table(table)}
    return {name.replace("_", ""): name for name in sorted(used) if "_" in name.strip("_")}


def _of_table(table: Table) -> Iterator[str]:
    names: list[str] = [*_roots(table.derive.values())]
    if table.part is not None:
        names += [table.part.on, *table.part.tables.values()]
    if table.previous is not None:
        names += [*table.previous.by, *table.previous.at, *table.previous.values]
    for target in table.targets:
        names += _of_target(target)
    for join in table.joins:
        names += _of_join(join)
    if table.instead is not None:
        names += [table.instead[0], *_of_table(table.instead[1])]
    return (name for name in names if not name.startswith(("$", "_fivetran_", "previous.")))


def _of_target(target: Target) -> Iterator[str]:
    for setting in (*target.columns.values(), target.recorded_at, target.is_deleted):
        source = setting.get("from") if isinstance(setting, Mapping) else setting
        if isinstance(source, str):
            yield source
    yield from (target.merged_into or "", *(target.attributes or ()))
    yield from _roots([] if target.where is None else [target.where])


def _of_join(join: Join) -> Iterator[str]:
    yield from (join.on, join.key, *join.take.values(), *join.order)
    yield from _roots([*join.derive.values(), *([] if join.where is None else [join.where])])
    for inner in join.joins:
        yield from _of_join(inner)


def _roots(expressions: Iterable[pl.Expr]) -> Iterator[str]:
    for expression in expressions:
        yield from expression.meta.root_names()
