"""Lines that share the bytes they were read into are the lines that splitting gives."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ingest.sources.line_views import line_views

LINES = st.lists(st.text(st.sampled_from("aé€😀 \r\x00"), max_size=20), min_size=1, max_size=9)


@given(LINES)
def test_views_are_the_lines_that_splitting_gives(lines: list[str]) -> None:
    text = "\n".join(lines)

    views = line_views(memoryview(text.encode()))

    assert views is not None
    assert views.to_list() == [line.removesuffix("\r") for line in text.split("\n")]


def test_bytes_that_are_no_utf_8_have_no_views() -> None:
    assert (
        line_views(memoryview("a line long enough\nM\xfcller & S\xf6hne".encode("cp1252"))) is None
    )
