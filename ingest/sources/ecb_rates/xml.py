"""The XML of the ECB's reference rates in; its days and their rates as text out.

A document type is refused, and with it every entity: neither a bomb of entities nor a file of
this machine gets in. Nothing is kept of the document but the rates.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from xml.parsers import expat

from ingest.parsed import UnreadableFile
from ingest.readers.limited import limited_blocks
from ingest.sources.gathering import storable

MAX_DEPTH = 10
"""The rates stand on the fourth level."""
MAX_TAG_BYTES = 1 << 20
"""The parser keeps a tag until it is complete; a rate has fifty bytes."""
CHUNK_CELLS = 200_000
_KNOWN_ENCODINGS = ("utf-8", "utf-16", "iso-8859-1", "us-ascii")
"""Those that the parser reads itself; of others it can read those of one byte a character."""

Cell = tuple[int, str, str | None, str | None]


@dataclass(slots=True)
class RateCubes:
    """Days of one chunk.

    Parameters
    ----------
    read
        Days in it.
    cells
        Position of the day, day, currency, rate. A day without rates has one cell without.
    """

    read: int = 0
    cells: list[Cell] = field(default_factory=list)


class _Document:
    """What the parser of XML is told to remember."""

    def __init__(self) -> None:
        self.depth = 0
        self.position = 0
        self.day: str | None = None
        self.day_depth = 0
        self.has_rates = False
        self.chunk = RateCubes()

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise UnreadableFile(f"nests deeper than {MAX_DEPTH} levels; it is no file of rates")
        if name.rpartition(":")[2] != "Cube":
            return
        if "time" in attributes and self.day is None:
            self.position += 1
            self.chunk.read += 1
            self.day, self.day_depth, self.has_rates = attributes["time"], self.depth, False
        elif self.day is not None:
            self.has_rates = True
            currency = storable(attributes.get("currency", ""))
            rate = storable(attributes.get("rate", ""))
            self.chunk.cells.append((self.position, storable(self.day), currency, rate))

    def end(self, _name: str) -> None:
        if self.day is not None and self.depth == self.day_depth:
            self._close_day()
        self.depth -= 1

    def _close_day(self) -> None:
        if not self.has_rates:
            self.chunk.cells.append((self.position, storable(self.day or ""), None, None))
        self.day = None

    def take(self) -> RateCubes:
        """Return the chunk and begin the next one; a day cut off before its rates is none."""
        if self.day is not None and not self.has_rates:
            self.chunk.read, self.position = self.chunk.read - 1, self.position - 1
        chunk, self.chunk = self.chunk, RateCubes()
        return chunk


def rate_cubes(path: Path, max_bytes: int) -> Iterator[RateCubes]:
    """Yield the days of ``path``.

    Raises
    ------
    UnreadableFile
        If it has a document type, is no file of rates, or, after the days before, is damaged.
    """
    document = _Document()
    fed = 0
    parser = expat.ParserCreate()
    parser.StartElementHandler = document.start
    parser.EndElementHandler = document.end
    parser.StartDoctypeDeclHandler = _refuse_document_type
    parser.XmlDeclHandler = _refuse_other_encodings
    try:
        for block in limited_blocks(path, max_bytes):
            for at in range(0, len(block), 1 << 16):
                parser.Parse(block[at : at + (1 << 16)], False)
                fed += min(1 << 16, len(block) - at)
                if fed - parser.CurrentByteIndex > MAX_TAG_BYTES:
                    raise UnreadableFile(f"has a tag longer than {MAX_TAG_BYTES:,} bytes")
                if len(document.chunk.cells) >= CHUNK_CELLS and document.day is None:
                    yield document.take()
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        damage: Exception = UnreadableFile(f"is no XML from line {error.lineno} on: {error}")
    except UnreadableFile as unreadable:
        damage = unreadable
    else:
        if document.position == 0:
            raise UnreadableFile("has no Cube with a time; land the XML as the ECB publishes it")
        yield document.take()
        return
    if document.position:
        yield document.take()
    raise damage


def _refuse_other_encodings(_version: str, encoding: str | None, _standalone: int) -> None:
    """Refuse what the parser raises errors of Python's over."""
    if encoding is None or encoding.lower() in _KNOWN_ENCODINGS:
        return
    try:
        is_single_byte = len(bytes(range(256)).decode(encoding, "replace")) == 256
    except LookupError:
        is_single_byte = False
    if not is_single_byte:
        raise UnreadableFile(f"declares the encoding {encoding[:40]!r}; save it as UTF-8")


def _refuse_document_type(*_declared: object) -> None:
    raise UnreadableFile("declares a document type, which no file of the ECB does")
