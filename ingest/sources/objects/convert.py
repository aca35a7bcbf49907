"""A frame of one object's fields in; the canonical rows made of it, and the rejects, out."""

from __future__ import annotations

from dataclasses import dataclass, replace

import polars as pl

from ingest.expressions.exact_column import exact_column
from ingest.expressions.json_text import json_object, members
from ingest.mapping import apply_mapping
from ingest.parsed import no_rejects
from ingest.source import Source
from ingest.sources.objects.native_object import NativeObject, ObjectMap
from ingest.sources.rejects import PAYLOAD_CHARACTERS

_KEPT = ("$position", "$attributes")


@dataclass(frozen=True, slots=True)
class Converted:
    """Canonical rows by entity, with ``position``; and the records that make none."""

    rows: dict[str, pl.DataFrame]
    rejected: pl.DataFrame


def convert(frame: pl.DataFrame, native: NativeObject, source: Source, file: str) -> Converted:
    """Make canonical rows of an object's records.

    Parameters
    ----------
    frame
        ``$position``, the object's fields as text (blanks null), optionally ``$attributes``.
    file
        Name of the file relative to ``landing/``.
    """
    missing = [name for name in native.fields if name not in frame.columns]
    currency = source.options.get("currency", source.company.base_currency)
    given = frame.with_columns(
        *(pl.lit(None, native.nested.get(name, pl.String())).alias(name) for name in missing),
        pl.lit(currency).alias("$currency"),
        pl.lit(file).alias("$file"),
        pl.lit(source.time_zone).alias("$time_zone"),
        pl.lit(source.company.default_region).alias("$region"),
    )
    given, rejected = _refused(given, native)
    frames: dict[str, list[pl.DataFrame]] = {}
    for each in native.maps:
        made = _mapped(given, each, source, file)
        frames.setdefault(each.entity, []).append(made.rows[each.entity])
        rejected.append(made.rejected)
    rows = {entity: pl.concat(parts, how="diagonal_relaxed") for entity, parts in frames.items()}
    seen = pl.concat(
        [*(made["position"] for made in rows.values()), *(r["position"] for r in rejected)]
    )
    if seen.n_unique() < frame.height:
        silent = given.join(seen.to_frame("$position"), on="$position", how="anti")
        rejected.append(_rejects(silent, native, "no_row", pl.lit(native.without_rows)))
    return Converted(rows, pl.concat(rejected))


def _refused(frame: pl.DataFrame, native: NativeObject) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    """Take out the records that the warehouse has no place for."""
    rejected = [no_rejects()]
    for refusal in native.refusals:
        where = refusal.where.fill_null(value=False)
        reason = refusal.reason
        told = reason if isinstance(reason, pl.Expr) else pl.lit(reason)
        rejected.append(_rejects(frame.filter(where), native, refusal.reason_code, told))
        frame = frame.filter(~where)
    return frame, rejected


def _rejects(
    frame: pl.DataFrame, native: NativeObject, reason_code: str, reason: pl.Expr
) -> pl.DataFrame:
    if frame.is_empty():
        return no_rejects()
    shown = {name: exact_column(name) for name in frame.columns if not name.startswith("$")}
    payload = json_object([members(shown)]) if shown else pl.lit(None, pl.String)
    return frame.select(
        pl.col("$position").alias("position"),
        entity=pl.lit(native.entity),
        reason_code=pl.lit(reason_code),
        reason=reason,
        payload=payload.fill_null("{}").str.slice(0, PAYLOAD_CHARACTERS),
    )


def _mapped(frame: pl.DataFrame, each: ObjectMap, source: Source, file: str) -> Converted:
    lines = each.rows(frame) if each.rows is not None else frame
    if each.where is not None:
        lines = lines.filter(each.where.fill_null(value=False))
    lines = lines.with_columns(each.expressions)
    used = {*each.entity_map.used, *_KEPT}
    kept = [name for name in lines.columns if name in used or _is_rest(name, lines, each)]
    settings = replace(source, unmapped="keep" if each.keep_rest else "drop")
    mapped = apply_mapping(lines[kept], each.entity_map, settings, file)
    rejected = mapped.rejected.with_columns(pl.col("payload").fill_null("{}"))
    return Converted({each.entity: mapped.rows}, rejected)


def _is_rest(name: str, lines: pl.DataFrame, each: ObjectMap) -> bool:
    """Say whether a column belongs into ``attributes``."""
    if not each.keep_rest or name.startswith("$") or name in each.said:
        return False
    return lines[name].null_count() < lines.height
