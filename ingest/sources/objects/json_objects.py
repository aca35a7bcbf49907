"""A JSON file of a CRM's objects in; its canonical rows out, chunk by chunk."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import polars as pl

from ingest.parsed import REJECTED_SCHEMA, Parsed
from ingest.sources.gathering import storable
from ingest.sources.json_records import JsonRecord, json_records
from ingest.sources.objects.convert import convert
from ingest.sources.objects.field_frame import field_frame
from ingest.sources.objects.native_object import NativeObject
from ingest.sources.objects.object_file import UNKNOWN, ObjectFile, add_rows
from ingest.sources.objects.object_name import object_called, object_with_fields

CHUNK_RECORDS = 5_000
"""A deal with its history and associations has some ten kilobytes."""

Found = dict[NativeObject | None, list[tuple[JsonRecord, dict[str, Any]]]]


def read_json_objects(file: ObjectFile) -> Iterator[Parsed]:
    """Yield the rows of a list, a page, one record or one record a line."""
    records = json_records(file.path, file.format.list_keys)
    is_first = True
    while chunk := list(islice(records, CHUNK_RECORDS)):
        found: Found = {}
        inner = Inner()
        for record in chunk:
            if record.value is not None:
                fields = file.format.flat(record.value)
                native = _object_of(record.value, fields, file)
                found.setdefault(native, []).append((record, fields))
                _add_children(inner, record, file)
        unread = [record for record in chunk if record.value is None]
        if is_first and len(found) == 1 and not unread:
            file.require_place(next(iter(found)))
        is_first = False
        parsed = _parsed(file, found, unread)
        _add_inner(parsed, inner, file)
        yield parsed


@dataclass(slots=True)
class Inner:
    """Records within others, with the place of the record that they stand in."""

    found: Found = field(default_factory=dict)
    missing: list[tuple[JsonRecord, str]] = field(default_factory=list)


def _add_children(inner: Inner, record: JsonRecord, file: ObjectFile) -> None:
    """Take the records out that are within a record, at any depth."""
    if file.format.children is None or record.value is None:
        return
    waiting = [record.value]
    while waiting:
        children, missing = file.format.children(waiting.pop())
        waiting += children
        inner.missing += [(record, reason) for reason in missing]
        for child in children:
            fields = file.format.flat(child)
            stated = file.format.stated(child)
            native = (
                object_with_fields(fields, file.format.with_id(fields.get("Id")))
                if stated is None
                else object_called(stated, file.format.objects)
            )
            inner.found.setdefault(native, []).append((record, fields))


def _add_inner(parsed: Parsed, inner: Inner, file: ObjectFile) -> None:
    """Add the rows of records within others; each has the position of the one that it is in."""
    rejected = [_reject(record, "cut_off", reason) for record, reason in inner.missing]
    frames = []
    for native, records in inner.found.items():
        if native is None or native.no_place is not None:
            reason = file.unknown if native is None else f"{native.name}: {native.no_place}"
            code = "unknown_object" if native is None else "no_place"
            rejected += [_reject(record, code, reason) for record, _ in records]
            continue
        # convert looks for records that make no row by their positions: one each
        frame = field_frame(list(range(len(records))), [fields for _, fields in records], native)
        converted = convert(frame, native, file.source, file.label)
        places = pl.Series([record.position for record, _ in records], dtype=pl.Int64)
        add_rows(parsed, {entity: _placed(rows, places) for entity, rows in converted.rows.items()})
        frames.append(_placed(converted.rejected, places))
    frames.append(pl.DataFrame(rejected, schema=REJECTED_SCHEMA, orient="row"))
    parsed.rejected = pl.concat([parsed.rejected, *frames])


def _placed(rows: pl.DataFrame, places: pl.Series) -> pl.DataFrame:
    return rows.with_columns(places.gather(rows["position"]).alias("position"))


def _parsed(file: ObjectFile, found: Found, unread: list[JsonRecord]) -> Parsed:
    parsed = Parsed(read=len(unread) + sum(map(len, found.values())))
    rejected = [_reject(record, record.reason_code, record.reason) for record in unread]
    frames = []
    for native, records in found.items():
        if native is None:
            rejected += [_reject(record, "unknown_object", file.unknown) for record, _ in records]
        elif native.no_place is not None:
            reason = f"{native.name}: {native.no_place}"
            rejected += [_reject(record, "no_place", reason) for record, _ in records]
        else:
            positions = [record.position for record, _ in records]
            frame = field_frame(positions, [fields for _, fields in records], native)
            converted = convert(frame, native, file.source, file.label)
            add_rows(parsed, converted.rows)
            frames.append(converted.rejected)
    frames.append(pl.DataFrame(rejected, schema=REJECTED_SCHEMA, orient="row"))
    parsed.rejected = pl.concat(frames)
    return parsed


def _object_of(
    value: dict[str, Any], fields: dict[str, Any], file: ObjectFile
) -> NativeObject | None:
    if file.by_option is not None:
        return file.by_option
    stated = file.format.stated(value)
    if stated is not None:
        return object_called(stated, file.format.objects)
    return file.by_path or object_with_fields(fields, file.format.with_id(fields.get("Id")))


def _reject(record: JsonRecord, code: str, reason: str) -> tuple[int, str, str, str, str]:
    return record.position, UNKNOWN, code, storable(reason), storable(record.payload)
