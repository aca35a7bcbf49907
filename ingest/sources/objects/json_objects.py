"""A JSON file of a CRM's objects in; its canonical rows out, chunk by chunk."""

from __future__ import annotations

from collections.abc import Iterator
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
        for record in chunk:
            if record.value is not None:
                fields = file.format.flat(record.value)
                native = _object_of(record.value, fields, file)
                found.setdefault(native, []).append((record, fields))
        unread = [record for record in chunk if record.value is None]
        if is_first and len(found) == 1 and not unread:
            file.require_place(next(iter(found)))
        is_first = False
        yield _parsed(file, found, unread)


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
