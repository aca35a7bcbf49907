"""Complete rows of a table in; rows of canonical entities, and those that are none, out."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import cache

import polars as pl

from ingest.expressions.exact_column import exact_column
from ingest.expressions.json_text import json_object, members
from ingest.mapping import EntityMap, apply_mapping, entity_map
from ingest.parsed import no_rejects
from ingest.source import Source
from ingest.sources.fivetran.ended import with_ends
from ingest.sources.fivetran.folder import Folder
from ingest.sources.fivetran.joining import complete, derived, with_columns_of
from ingest.sources.fivetran.table import Part, Table, Target
from ingest.sources.fivetran.text_frames import POSITION
from ingest.sources.rejects import PAYLOAD_CHARACTERS

_OF_FIVETRAN = "_fivetran_"
"""Columns that say what Fivetran did; as attributes they would make every sync a new version."""


@dataclass(slots=True)
class Outcome:
    """What rows of a table become."""

    rows: list[tuple[str, pl.DataFrame]] = field(default_factory=list)
    rejected: pl.DataFrame = field(default_factory=no_rejects)
    positions: set[int] = field(default_factory=set)

    def add(self, entity: str, rows: pl.DataFrame) -> None:
        """Take rows of an entity."""
        if not rows.is_empty():
            self.rows.append((entity, rows))
            self.positions |= set(rows["position"])

    def reject(self, rejected: pl.DataFrame) -> None:
        """Take rejected records."""
        self.rejected = pl.concat([self.rejected, rejected])
        self.positions |= set(rejected["position"])


def map_rows(
    frame: pl.DataFrame, name: str, table: Table, folder: Folder, source: Source
) -> Outcome:
    """Make entities of the rows of one table; ``positions`` lacks those that become nothing."""
    outcome = Outcome()
    # tables have hundreds of columns that nobody fills
    nulls = frame.null_count().row(0, named=True)
    own = tuple(name for name, n in nulls.items() if name != POSITION and n < frame.height)
    currency = source.options.get("currency", source.company.base_currency)
    frame = frame.with_columns(
        pl.lit(currency).alias("$company_currency"),
        pl.lit(source.time_zone).alias("$time_zone"),
    )
    frame = complete(frame, name, table, folder)
    for target in table.targets:
        chosen = frame
        if target.where is not None:
            chosen = with_columns_of(frame, target.where.meta.root_names()).filter(target.where)
        if chosen.is_empty():
            continue
        chosen = with_ends(chosen, name, target, folder)
        if target.turned is not None:
            chosen = _turned(chosen, [name for name in own if re.search(target.turned, name)])
        if target.explode is not None:
            chosen = chosen.explode(target.explode)
        chosen = derived(chosen, target.derive)
        mapping = _mapping(target)
        used = mapping.used
        rest = own if target.attributes is None else target.attributes
        rest = tuple(column for column in rest if not column.startswith(_OF_FIVETRAN))
        kept = dict.fromkeys([POSITION, *used, *rest, *target.also])
        shown = {name: name.removeprefix("$") for name in target.also if name not in used}
        shown = {name: bare for name, bare in shown.items() if bare not in kept}
        chosen = with_columns_of(chosen, kept).select(list(kept)).rename(shown)
        mapped = apply_mapping(chosen, mapping, _utc(source), "")
        outcome.add(target.entity, mapped.rows)
        outcome.reject(mapped.rejected)
    return outcome


def _turned(frame: pl.DataFrame, names: list[str]) -> pl.DataFrame:
    """Return a row per value of the columns named."""
    rest = [name for name in frame.columns if name not in names]
    turned = frame.unpivot(names, index=rest, variable_name="$name", value_name="$value")
    return turned.cast({"$value": pl.String}).filter(pl.col("$value").is_not_null())


def map_parts(
    frame: pl.DataFrame, part: Part, tables: dict[str, Table], folder: Folder, source: Source
) -> Outcome:
    """Make the entities that rows are part of; ``positions`` lacks those without a whole."""
    outcome = Outcome()
    frame = with_columns_of(frame, [part.on])
    places = frame.select(pl.col(part.on).alias("$id"), pl.col(POSITION))
    ids = frame[part.on].drop_nulls().unique()
    for name, key in part.tables.items():
        wholes = folder.rows((name,), key, ids)
        if wholes.is_empty():
            continue
        ids = ids.filter(~ids.is_in(wholes[key].implode()))
        wholes = wholes.with_columns(pl.int_range(pl.len(), dtype=pl.Int64).alias(POSITION))
        links = wholes.select(pl.col(key).alias("$id"), pl.col(POSITION).alias("$whole"))
        links = links.join(places, on="$id").drop("$id")
        mapped = map_rows(wholes, name, tables[name], folder, source)
        for entity, rows in mapped.rows:
            placed = rows.rename({"position": "$whole"}).join(links, on="$whole")
            outcome.add(entity, placed.drop("$whole").rename({POSITION: "position"}))
        placed = mapped.rejected.rename({"position": "$whole"}).join(links, on="$whole")
        placed = placed.drop("$whole").rename({POSITION: "position"})
        outcome.reject(placed.select(mapped.rejected.columns))
    return outcome


def rejected_rows(frame: pl.DataFrame, entity: str, code: str, reason: str) -> pl.DataFrame:
    """Return rows as rejected records."""
    if frame.is_empty():
        return no_rejects()
    values = {name: exact_column(name) for name in frame.columns if name != POSITION}
    payload = pl.coalesce(json_object([members(values)]) if values else pl.lit(None), pl.lit("{}"))
    return frame.select(
        pl.col(POSITION).alias("position"),
        entity=pl.lit(entity),
        reason_code=pl.lit(code),
        reason=pl.lit(reason),
        payload=payload.str.slice(0, PAYLOAD_CHARACTERS),
    )


@cache
def _mapping(target: Target) -> EntityMap:
    return entity_map(
        Source(
            name="fivetran",
            format="fivetran",
            path="",
            namespace="",
            entity=target.entity,
            columns=dict(target.columns),
            recorded_at=target.recorded_at,
            is_deleted=target.is_deleted,
            merged_into=target.merged_into,
        )
    )


def _utc(source: Source) -> Source:
    """Return the source as the mapping needs it: Fivetran writes every time in UTC."""
    return replace(source, time_zone="UTC", unmapped="keep", options={})
