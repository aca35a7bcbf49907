"""A file as it landed in, its bytes without compression out."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

import numpy as np
import pyarrow as pa
from zlib_ng import gzip_ng, zlib_ng
from zlib_ng.gzip_ng import READ_BUFFER_SIZE

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


_HEADER_BYTES = 64
_STEPS = (1 << 12, 1)
"""How many bytes of a damaged file are unpacked at a time, in the first and in the second look."""


class _InSteps(io.FileIO):
    """A file of which from ``after`` on each read gives ``step`` bytes, but for what is shorter.

    That are headers, which have to come whole.
    """

    def __init__(self, path: Path, after: int, step: int) -> None:
        super().__init__(path, "rb")
        self._after = after
        self._step = step

    def read(self, size: int | None = -1) -> bytes:
        if size is not None and 0 <= size <= _HEADER_BYTES:
            return super().read(size)
        most = max(self._after - self.tell(), self._step)
        return super().read(most if size is None or size < 0 else min(size, most))


class _GzipFile(gzip_ng.GzipNGFile):
    """A gzip file, unpacked by zlib-ng in 40 % of the time of the standard library.

    With the error a reader loses all that it would have made of the bytes that it was given,
    zlib-ng's of half a megabyte. What stands before a damage is unpacked by the standard library,
    in small steps near it and in the end byte by byte.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path, "rb")
        self._path = path
        self._place = 0
        self._steps = iter(_STEPS)
        self._packed = cast(BinaryIO, self.fileobj)
        self._given_bytes = READ_BUFFER_SIZE
        self._careful: gzip.GzipFile | None = None

    def read1(self, size: int = -1) -> bytes:
        while True:
            try:
                part = super().read1(size) if self._careful is None else self._careful.read1(size)
            except DAMAGED:
                step = next(self._steps, None)
                if step is None:
                    raise
                self._look_again(step)
            else:
                self._place += len(part)
                return part

    def _look_again(self, step: int) -> None:
        """Go on where reading is, in steps of so many bytes from shortly before the damage."""
        packed = _InSteps(self._path, self._packed.tell() - 2 * self._given_bytes, step)
        careful = gzip.GzipFile(fileobj=cast(BinaryIO, packed))
        careful.seek(self._place)
        self._let_go()
        self._packed, self._given_bytes, self._careful = cast(BinaryIO, packed), step, careful

    def _let_go(self) -> None:
        if self._careful is not None:
            self._careful.close()
            self._packed.close()

    def close(self) -> None:
        self._let_go()
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
