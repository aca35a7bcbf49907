from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.sources.html_text import html_to_text


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>one</p><p>two<br>three</p>", "one\ntwo\nthree"),
        ("a &lt; b &amp; c&nbsp;d", "a < b & c d"),
        ("2 < 3 and 4 <5", "2 < 3 and 4 <5"),
        ("<script>x<y</script>seen<style>p{}</style>", "seen"),
        ("<head><title>t</title></head><body>b</body>", "b"),
        ("<!-- hidden --><!--[if mso]>x<![endif]-->shown", "shown"),
        ('<a href="x?a>b">link</a>', "link"),
        ("<blockquote>a<blockquote>b</blockquote></blockquote>c", "> a\n> > b\nc"),
        ("<table><tr><td>a</td><td>b</td></tr></table>", "a b"),
        ("<ul><li>a<li>b</ul>", "a\nb"),
        ("", ""),
        ("<script>never closed", "never closed"),
    ],
)
def test_what_a_reader_sees(markup, text):
    assert html_to_text(markup) == text


@pytest.mark.parametrize(
    "piece", ["<", "<!--", '<a "', "<script>", "<p>", "&#", "</", "<blockquote>"]
)
def test_time_grows_with_the_length_only(piece):
    start = time.process_time()
    html_to_text(piece * 100_000)

    assert time.process_time() - start < 5


@settings(max_examples=200)
@given(st.text(alphabet="<>/!-ab\"'& =\n", max_size=60))
def test_any_markup_gives_some_text(markup):
    assert isinstance(html_to_text(markup), str)
