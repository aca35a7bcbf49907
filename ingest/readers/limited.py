"""A file in; its decompressed bytes out, block by block, up to a limit."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from ingest.parsed import UnreadableFile
from ingest.sources.decompressed import DAMAGED, blocks

BLOCK_BYTES = 8 << 20


def limited_blocks(path: Path, max_bytes: int) -> Iterator[bytes]:
    """Yield the bytes of ``path``.

    Raises
    ------
    UnreadableFile
        After what could be read, if the rest is damaged or beyond the limit.
    """
    size = 0
    try:
        for block in blocks(path, BLOCK_BYTES):
            size += len(block)
            if size > max_bytes:
                raise UnreadableFile(
                    f"has more than {max_bytes:,} bytes decompressed; if that is right, raise "
                    "options.max_bytes of the source"
                )
            yield block
    except (*DAMAGED, pa.ArrowInvalid) as damage:
        raise UnreadableFile(f"is damaged or cut off ({damage})") from damage
