"""Unpacking files: whatever is wrong with one, what stands before it comes out."""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from ingest.sources.decompressed import DAMAGED, blocks

LINES = b"".join(b'{"messageId":"%032x"}\n' % (number * 7919**7) for number in range(40_000))
PACKED = gzip.compress(LINES, mtime=0)


def by_single_bytes(packed: bytes) -> bytes:
    """Return all that zlib unpacks before it finds a damage."""
    unpacking = zlib.decompressobj(wbits=31)
    parts = []
    for start in range(0, len(packed), 1 << 12):
        before = unpacking.copy()
        some = packed[start : start + (1 << 12)]
        try:
            parts.append(unpacking.decompress(some))
        except zlib.error:
            for place in range(len(some)):
                try:
                    parts.append(before.decompress(some[place : place + 1]))
                except zlib.error:
                    break
            break
    return b"".join(parts)


def by_us(path: Path) -> tuple[bytes, bool]:
    parts: list[bytes] = []
    try:
        parts.extend(blocks(path, 1 << 20))
    except DAMAGED:
        return b"".join(parts), False
    return b"".join(parts), True


def test_members_follow_each_other(tmp_path: Path) -> None:
    path = tmp_path / "two.gz"
    path.write_bytes(PACKED + PACKED)

    assert by_us(path) == (LINES + LINES, True)


@settings(max_examples=12, suppress_health_check=list(HealthCheck))
@given(cut=st.integers(1, len(PACKED) - 1))
def test_of_a_file_that_was_cut_off_nothing_before_the_cut_is_lost(
    cut: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("cut") / "cut.gz"
    path.write_bytes(PACKED[:cut])

    assert by_us(path) == (by_single_bytes(PACKED[:cut]), False)


@settings(max_examples=12, suppress_health_check=list(HealthCheck))
@given(place=st.integers(10, len(PACKED) - 1), flipped=st.integers(1, 255))
@example(place=417_717, flipped=32)
def test_a_changed_byte_is_found_and_what_stands_before_it_comes_out(
    place: int, flipped: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("changed") / "changed.gz"
    changed = bytearray(PACKED)
    changed[place] ^= flipped
    path.write_bytes(changed)

    assert by_us(path) == (by_single_bytes(bytes(changed)), False)
