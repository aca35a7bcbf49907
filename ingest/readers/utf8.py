"""The bytes of a text file in any encoding in; the same text as UTF-8 bytes out."""

from __future__ import annotations

import codecs
from collections.abc import Iterator

from ingest.parsed import UnreadableFile

IN_WINDOWS_1252 = "has lines that are no UTF-8; they were read as Windows-1252"
"""Note about a file of which ``repaired`` had to repair lines."""

_ERRORS = "crm.single_byte"

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def utf8_blocks(blocks: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    """Transcode block by block; a byte order mark says more than ``encoding``.

    Bytes of what is declared UTF-8 pass unchecked, see ``repaired``.
    """
    decoder: codecs.IncrementalDecoder | None = None
    is_first = True
    for block in blocks:
        if is_first:
            is_first = False
            for mark, name in _MARKS:
                if block.startswith(mark):
                    encoding = name
            if codecs.lookup(encoding).name == "utf-8":
                block = block.removeprefix(codecs.BOM_UTF8)
            else:
                decoder = codecs.getincrementaldecoder(encoding)(_ERRORS)
        if decoder is None:
            if b"\x00" in block and block.count(b"\x00") * 3 > len(block):
                raise UnreadableFile("looks like UTF-16 without a mark; set options.encoding")
            yield block
        else:
            yield decoder.decode(block).encode()
    if decoder is not None and (rest := decoder.decode(b"", final=True)):
        yield rest.encode()


def repaired(lines: bytes) -> tuple[bytes, int]:
    """Read the lines that are no UTF-8 as Windows-1252.

    Returns
    -------
    The lines as UTF-8, and how many had to be repaired. Line by line, because files are put
    together from systems that write differently.
    """
    try:
        lines.decode("utf-8")
    except UnicodeDecodeError:
        fixed = [_repair(line) for line in lines.split(b"\n")]
        return b"\n".join(line for line, _ in fixed), sum(bad for _, bad in fixed)
    return lines, 0


def text_of(value: bytes) -> str:
    """Return bytes as the text that they are in UTF-8, or else in Windows-1252."""
    try:
        return value.decode()
    except UnicodeDecodeError:
        return _western(value)


def _repair(line: bytes) -> tuple[bytes, bool]:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return _western(line).encode(), True
    return line, False


def _western(line: bytes) -> str:
    try:
        return line.decode("cp1252")
    except UnicodeDecodeError:
        # five bytes mean nothing in Windows-1252; in ISO 8859-1 every byte is a character
        return line.decode("latin-1")


def _single_byte(error: UnicodeError) -> tuple[str | bytes, int]:
    """Keep a byte for which its encoding has no character; of several bytes nothing can be made."""
    if isinstance(error, UnicodeDecodeError) and error.encoding in {"charmap", "ascii"}:
        return _western(error.object[error.start : error.end]), error.end
    return codecs.replace_errors(error)


codecs.register_error(_ERRORS, _single_byte)
