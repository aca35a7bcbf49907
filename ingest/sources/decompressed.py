"""A file as it landed in, its bytes without compression out."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

import pyarrow as pa

DAMAGED = (EOFError, OSError, zlib.error)
"""What reading raises when a compressed file is cut off or broken."""


def is_compressed(path: Path) -> bool:
    """Say whether a file of this name is unpacked when it is read."""
    return path.suffix.lower() in {".gz", ".zst"}


def open_decompressed(path: Path) -> BinaryIO:
    """Open ``path`` for reading bytes; ``.gz`` and ``.zst`` are unpacked on the way."""
    if path.suffix.lower() == ".gz":
        return cast(BinaryIO, gzip.open(path, "rb"))
    if path.suffix.lower() == ".zst":
        return cast(BinaryIO, pa.input_stream(str(path), compression="zstd"))
    return path.open("rb")


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


def read_block(file: BinaryIO, head: bytes, block_bytes: int) -> tuple[bytearray, Exception | None]:
    """Return ``head`` with up to ``block_bytes`` of ``file`` after it, and what ended it early."""
    block = bytearray(len(head) + block_bytes)
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
    del block[size:]
    return block, damage
