"""A signed CMS structure (RFC 5652) in; what it holds signed, out.

S/MIME wraps a message up with its signature, or sends the signature beside it. Wrapped up it is
``SignedData`` in BER, whose elements say their length or end with a mark, and whose content may
come in pieces. The signature is not looked at: whether a mail is genuine nobody asks here.
"""

from __future__ import annotations

from collections.abc import Iterator

MAX_ELEMENTS = 100_000
"""Programs write pieces of 1 kB and more: 25 MB are 25,000 of them."""
MAX_DEPTH = 8

_SEQUENCE, _CONTENT, _OCTETS, _PIECES = 0x30, 0xA0, 0x04, 0x24
_SIGNED_DATA = bytes.fromhex("06092a864886f70d010702")
_LONGEST_HEAD = 32
_MARK = b"\0\0"


class DamagedStructure(Exception):
    """The bytes are signed data, and what is signed cannot be taken out."""


def signed_content(data: bytes) -> bytes | None:
    """Return what is signed; None if ``data`` is no signed data, or a signature alone.

    Raises
    ------
    DamagedStructure
        If it ends too early, nests deeper than 8 levels or consists of too many pieces.
    """
    if _SIGNED_DATA not in data[:_LONGEST_HEAD]:
        return None
    reader = _Reader(data)
    kind, _ = reader.inside(0, _SEQUENCE)
    wrapped, _ = reader.inside(reader.after(kind), _CONTENT)
    version, _ = reader.inside(wrapped, _SEQUENCE)
    algorithms = reader.after(version)
    content_type, end = reader.inside(reader.after(algorithms), _SEQUENCE)
    content = reader.after(content_type)
    if reader.is_end(content, end):
        return None
    octets, _ = reader.inside(content, _CONTENT)
    return b"".join(reader.octets(octets))


class _Reader:
    """Elements of BER by where they begin."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._left = MAX_ELEMENTS

    def _head(self, at: int) -> tuple[int, int, int | None]:
        """Return the tag, where the content begins, and where it ends; None up to the mark."""
        self._left -= 1
        if self._left < 0:
            raise DamagedStructure(f"more than {MAX_ELEMENTS:,} elements")
        if at + 2 > len(self._data):
            raise DamagedStructure("it ends too early")
        tag, length, begin = self._data[at], self._data[at + 1], at + 2
        if length == 0x80:
            return tag, begin, None
        if length > 0x80:
            begin += length - 0x80
            length = int.from_bytes(self._data[at + 2 : begin], "big")
        if begin + length > len(self._data):
            raise DamagedStructure("it ends too early")
        return tag, begin, begin + length

    def inside(self, at: int, tag: int) -> tuple[int, int | None]:
        """Return where the content of an element begins and ends, which has to have the tag."""
        found, begin, end = self._head(at)
        if found != tag:
            raise DamagedStructure(f"an element {found:#04x} where {tag:#04x} should be")
        return begin, end

    def is_end(self, at: int, end: int | None) -> bool:
        """Return whether nothing follows in an element that ends at ``end``, or at a mark."""
        return self._data.startswith(_MARK, at) if end is None else at >= end

    def after(self, at: int, depth: int = 0) -> int:
        """Return where the next element begins."""
        _, position, end = self._head(at)
        if end is not None:
            return end
        if depth == MAX_DEPTH:
            raise DamagedStructure(f"more than {MAX_DEPTH} levels")
        while not self.is_end(position, None):
            position = self.after(position, depth + 1)
        return position + len(_MARK)

    def octets(self, at: int, depth: int = 0) -> Iterator[bytes]:
        """Yield the pieces of an octet string."""
        tag, position, end = self._head(at)
        if tag == _OCTETS and end is not None:
            yield self._data[position:end]
            return
        if tag != _PIECES or depth == MAX_DEPTH:
            raise DamagedStructure("its content is no text of bytes")
        while not self.is_end(position, end):
            yield from self.octets(position, depth + 1)
            position = self.after(position)
