"""A JSON file in any of the shapes exports have in, its records one by one out.

Shapes: a list; an object that holds the list under a known key (a page of an API); one record;
one record a line (``.jsonl``, ``.ndjson``, or by look). A damaged list gives the records before
the damage.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ingest.parsed import UnreadableFile
from ingest.sources.json_documents import document_text, loads, strict_decoder
from ingest.sources.json_nesting import MAX_NESTING, is_nested_deeper
from ingest.sources.rejects import PAYLOAD_CHARACTERS
from ingest.sources.text_lines import line_chunks

MAX_RECORD_BYTES = 10_000_000
"""A conversation with thousands of parts has a few megabytes."""


@dataclass(frozen=True, slots=True)
class JsonRecord:
    """One record of a file.

    Parameters
    ----------
    position
        Place in the file, from 1.
    value
        The object; None where the record cannot be used.
    text
        Beginning of an unusable record as it arrived.
    """

    position: int
    value: dict[str, Any] | None
    text: str = ""
    reason_code: str = ""
    reason: str = ""

    @property
    def payload(self) -> str:
        """The record as text, for the quarantine."""
        if self.value is None:
            return self.text
        return json.dumps(self.value, ensure_ascii=False)[:PAYLOAD_CHARACTERS]


def json_records(path: Path, list_keys: tuple[str, ...] = ()) -> Iterator[JsonRecord]:
    """Yield the records of ``path``.

    Parameters
    ----------
    list_keys
        Keys under which an object holds the list of records; ``result.records`` within another.

    Raises
    ------
    UnreadableFile
        If the file is empty, larger than 256 MB, no text, or no JSON at all.
    """
    suffixes = [suffix.lower() for suffix in path.suffixes[-2:]]
    if ".jsonl" in suffixes or ".ndjson" in suffixes:
        yield from _streamed_lines(path)
        return
    text = document_text(path)
    try:
        whole = loads(text)
    except (ValueError, RecursionError) as error:
        yield from _salvaged(path, text, list_keys, error)
        return
    if isinstance(whole, dict):
        lists = (found for key in list_keys if (found := _list_under(whole, key)) is not None)
        whole = next(lists, [whole])
    if not isinstance(whole, list):
        raise UnreadableFile(f"{path.name} holds no JSON object but {type(whole).__name__}")
    for position, value in enumerate(whole, start=1):
        yield _checked(position, value)


def _list_under(whole: dict[str, Any], key: str) -> list[Any] | None:
    found: Any = whole
    for name in key.split("."):
        found = found.get(name) if isinstance(found, dict) else None
    return found if isinstance(found, list) else None


def _checked(position: int, value: Any, text: str | None = None) -> JsonRecord:
    if not isinstance(value, dict):
        text = json.dumps(value, ensure_ascii=False)[:PAYLOAD_CHARACTERS] if text is None else text
        return JsonRecord(position, None, text, "not_an_object", "record is not a JSON object")
    if is_nested_deeper(value, MAX_NESTING):
        reason = f"JSON nests deeper than {MAX_NESTING} levels"
        return JsonRecord(position, None, text or "", "nested_too_deep", reason)
    return JsonRecord(position, value)


def _streamed_lines(path: Path) -> Iterator[JsonRecord]:
    for chunk in line_chunks(path, "", max_line_bytes=MAX_RECORD_BYTES):
        unread = chunk.rejected.select("position", "payload", "reason_code", "reason").rows()
        found = [JsonRecord(position, None, *rest) for position, *rest in unread]
        for position, line, is_utf8 in chunk.lines.rows():
            found.append(_line(position, line) if is_utf8 else _not_utf8(position, line))
        yield from sorted(found, key=lambda record: record.position)


def _not_utf8(position: int, line: str) -> JsonRecord:
    reason = "JSON must be UTF-8, this line is not"
    return JsonRecord(position, None, line[:PAYLOAD_CHARACTERS], "not_utf8", reason)


def _line(position: int, line: str) -> JsonRecord:
    head = line[:PAYLOAD_CHARACTERS]
    try:
        return _checked(position, loads(line), head)
    except RecursionError:
        reason = f"JSON nests deeper than {MAX_NESTING} levels"
        return JsonRecord(position, None, head, "nested_too_deep", reason)
    except ValueError as error:
        return JsonRecord(position, None, head, "malformed_json", f"no JSON: {error}")


def _salvaged(
    path: Path, text: str, list_keys: tuple[str, ...], error: Exception
) -> Iterator[JsonRecord]:
    """Yield what can be read of a text that is not one JSON document."""
    if not text.lstrip().startswith("["):
        lines = text.rstrip().split("\n")
        records = [_line(position, line) for position, line in enumerate(lines, start=1)]
        if 2 * sum(record.value is not None for record in records) >= len(lines):
            return iter(records)
    opening = r"\s*\["
    if list_keys:
        keys = "|".join(re.escape(key.rpartition(".")[2]) for key in list_keys)
        opening += rf'|\s*\{{[^\[\]]*?"(?:{keys})"\s*:\s*\['
    start = re.match(opening, text)
    if start is None:
        raise UnreadableFile(f"{path.name} is not JSON: {error}")
    return _elements(text, start.end())


def _elements(text: str, at: int) -> Iterator[JsonRecord]:
    """Yield the elements of a list from ``at`` on, and its damaged rest as one record."""
    decoder = strict_decoder()
    position = 0
    space = re.compile(r"[\s,]*")
    while (at := space.match(text, at).end()) < len(text) and text[at] != "]":  # type: ignore[union-attr]
        position += 1
        head = text[at : at + PAYLOAD_CHARACTERS]
        try:
            value, at = decoder.raw_decode(text, at)
        except RecursionError:
            reason = f"JSON nests deeper than {MAX_NESTING} levels; the rest of the list is lost"
            yield JsonRecord(position, None, head, "nested_too_deep", reason)
            return
        except ValueError as error:
            reason = f"the list is damaged from here on: {error}"
            yield JsonRecord(position, None, head, "malformed_json", reason)
            return
        yield _checked(position, value, head)
