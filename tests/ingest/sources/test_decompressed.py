"""Unpacking files: whatever is wrong with one, what stands before it comes out."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.sources.decompressed import DAMAGED, blocks

LINES = b"".join(b'{"messageId":"%032x"}\n' % (number * 7919**7) for number in range(40_000))
PACKED = gzip.compress(LINES, mtime=0)


def by_the_standard_library(path: Path) -> tuple[bytes, bool]:
    """Return what can be unpacked, and whether the file ends as it should."""
    parts = []
    with gzip.open(path) as file:
        try:
            while part := file.read1(1 << 16):
                parts.append(part)
        except DAMAGED:
            return b"".join(parts), False
    return b"".join(parts), True


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


@settings(max_examples=25, suppress_health_check=list(HealthCheck))
@given(cut=st.integers(1, len(PACKED) - 1))
def test_of_a_file_that_was_cut_off_nothing_before_the_cut_is_lost(
    cut: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("cut") / "cut.gz"
    path.write_bytes(PACKED[:cut])

    assert by_us(path) == by_the_standard_library(path)
    assert not by_us(path)[1]


@settings(max_examples=25, suppress_health_check=list(HealthCheck))
@given(place=st.integers(10, len(PACKED) - 1), flipped=st.integers(1, 255))
def test_a_changed_byte_is_found_and_what_stands_before_it_comes_out(
    place: int, flipped: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("changed") / "changed.gz"
    changed = bytearray(PACKED)
    changed[place] ^= flipped
    path.write_bytes(changed)

    ours, is_whole = by_us(path)

    assert not is_whole
    assert ours == by_the_standard_library(path)[0]
