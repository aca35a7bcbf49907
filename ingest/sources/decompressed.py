"""A file as it landed in, its bytes without compression out."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

import numpy as np
import pyarrow as pa
from zlib_ng import gzip_ng, zlib_ng

DAMAGED: tuple[type[Exception], ...] = (
    EOFError, OSError, zlib.error, cast(type[Exception], zlib_ng.error),
)  # fmt: skip
"""What reading raises when a compressed file is cut off or broken."""


def open_decompressed(path: Path) -> BinaryIO:
    """Open ``path`` for reading bytes; ``.gz`` and ``.zst`` are unpacked on the way."""
    if path.suffix.lower() == ".gz":
        return cast(BinaryIO, _GzipFile(path))
    if path.suffix.lower() == ".zst":
        return cast(BinaryIO, pa.input_stream(str(path), compression="zstd"))
    return path.open("rb")


class _GzipFile(gzip_ng.GzipNGFile):
    """A gzip file, unpacked by zlib-ng in 40 % of the time of the standard library.

    What stands before a damage is unpacked by the standard library: with the error, zlib-ng's
    reader loses up to half a megabyte of it.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path, "rb")
        self._path = path
        self._careful: gzip.GzipFile | None = None

    def read1(self, size: int = -1) -> bytes:
        if self._careful is None:
            place = self.tell()
            try:
                return super().read1(size)
            except DAMAGED:
                self._careful = gzip.GzipFile(self._path, "rb")
                self._careful.seek(place)
        return self._careful.read1(size)

    def close(self) -> None:
        if self._careful is not None:
            self._careful.close()
        super().close()


def blocks(path: Path, block_bytes: int) -> Iterator[bytes]:
    """Yield the bytes of ``path``; what stands before a damage is yielded before it is raised.

    ``read`` of a gzip file would lose up to a whole block with the error, ``read1`` does not.
    """
    with open_decompressed(path) as file:
        while True:
            parts: list[bytes] = []
            size = 0
            try:
                while size < block_bytes and (part := file.read1(block_bytes - size)):  # type: ignore[attr-defined]
                    parts.append(part)
                    size += len(part)
            except DAMAGED:
                if parts:
                    yield b"".join(parts)
                raise
            if not parts:
                return
            yield b"".join(parts)


_PART_BYTES = 1 << 18
"""Small enough to be still in the processor's cache when it is copied to its place."""


def read_block(
    file: BinaryIO, head: bytes, block_bytes: int
) -> tuple[memoryview, Exception | None]:
    """Return ``head`` with up to ``block_bytes`` of ``file`` after it, and what ended it early.

    NumPy asks for memory as it comes, in large pages. A block that grows is copied again and again,
    one made of zeros is written twice: each took as long as unpacking what came into it.
    """
    block = np.empty(len(head) + block_bytes, dtype=np.uint8).data
    size = len(head)
    block[:size] = head
    damage: Exception | None = None
    try:
        while size < len(block):
            part = file.read1(min(_PART_BYTES, len(block) - size))  # type: ignore[attr-defined]
            if not part:
                break
            block[size : size + len(part)] = part
            size += len(part)
    except DAMAGED as fault:
        damage = fault
    return block[:size], damage
