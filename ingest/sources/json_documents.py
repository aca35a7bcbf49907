"""A JSON file in, its text out; a text in, its value by a strict reading out."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any, NoReturn

from ingest.parsed import UnreadableFile
from ingest.sources.decompressed import DAMAGED, open_decompressed

MAX_FILE_BYTES = 256 * 1024 * 1024
"""A JSON document is read whole; a larger export comes as one record a line or in parts."""


def loads(text: str) -> Any:
    """Read JSON strictly: ``ValueError`` also for NaN and for numbers beyond a double."""
    return json.loads(text, parse_constant=_refused, parse_float=_finite)


def strict_decoder() -> json.JSONDecoder:
    """Return a decoder as strict as ``loads``, for one value within a text."""
    return json.JSONDecoder(parse_constant=_refused, parse_float=_finite)


def tolerant_decoder() -> json.JSONDecoder:
    """Return a decoder that takes NaN, infinities and numbers beyond a double for null."""
    return json.JSONDecoder(parse_constant=lambda _: None, parse_float=_finite_or_null)


def _refused(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON")


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise ValueError(f"{text[:40]} is too large a number")
    return number


def _finite_or_null(text: str) -> float | None:
    number = float(text)
    return None if math.isinf(number) else number


def document_text(path: Path) -> str:
    """Return the text of a JSON file, UTF-8 or UTF-16.

    Raises
    ------
    UnreadableFile
        If it is damaged, empty, larger than 256 MB or no text.
    """
    try:
        with open_decompressed(path) as file:
            data = file.read(MAX_FILE_BYTES + 1)
    except DAMAGED as damage:
        raise UnreadableFile(f"{path.name} is damaged or cut off ({damage})") from damage
    if len(data) > MAX_FILE_BYTES:
        limit = MAX_FILE_BYTES // 1024**2
        raise UnreadableFile(f"{path.name} is larger than {limit} MB; split it or use JSON lines")
    if not data.strip():
        raise UnreadableFile(f"{path.name} is empty")
    try:
        return data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableFile(f"{path.name} is not UTF-8 ({error.reason})") from error
