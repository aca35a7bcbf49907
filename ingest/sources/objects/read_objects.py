"""A file of a CRM's objects in; its canonical rows out, chunk by chunk."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ingest.options import Options
from ingest.parsed import Parsed, UnreadableFile
from ingest.readers.limited import limited_blocks
from ingest.readers.table_chunk import MAX_BYTES
from ingest.source import Source
from ingest.sources.objects.json_objects import read_json_objects
from ingest.sources.objects.object_file import ObjectFile
from ingest.sources.objects.object_format import ObjectFormat
from ingest.sources.objects.table_objects import read_table_objects

OPTIONS: Options = {
    "object": "text",
    "currency": "currency",
    "delimiter": "delimiter",
    "encoding": "encoding",
    "decimal": "decimal",
    "quote": "quote",
    "skip_lines": "count",
}

_ZIP = b"PK\x03\x04"
_BEFORE_JSON = b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n"


def read_objects(path: Path, source: Source, format_: ObjectFormat) -> Iterator[Parsed]:
    """Yield the rows of ``path``.

    Raises
    ------
    UnreadableFile
        If it is neither CSV nor JSON, or holds no object that the warehouse has a place for.
    """
    file = ObjectFile.of(path, source, format_)
    head = next(limited_blocks(path, MAX_BYTES), b"")
    if head.startswith(_ZIP):
        raise UnreadableFile(f"{path.name} is a ZIP archive or Excel file; unpack it or export CSV")
    if head[:4096].lstrip(_BEFORE_JSON)[:1] in (b"{", b"["):
        yield from read_json_objects(file)
    else:
        yield from read_table_objects(file)
