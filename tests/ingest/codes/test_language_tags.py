"""A language is spelled in one way, whichever system says it."""

from __future__ import annotations

import polars as pl
import pytest
from babel import Locale
from babel.localedata import locale_identifiers

from ingest.codes.language_tags import language_tags


@pytest.mark.parametrize(
    ("written", "tag"),
    [
        ("de-DE", "de-DE"),
        ("de_DE", "de-DE"),
        ("de-de", "de-DE"),
        ("de_DE.UTF-8", "de-DE"),
        ("EN", "en"),
        ("zh-hant-tw", "zh-Hant-TW"),
        ("zh_CN", "zh-CN"),
        ("es-419", "es-419"),
        (" fil ", "fil"),
        ("German", "German"),
        ("en_US_EURO", "en_US_EURO"),
        ("C", "C"),
        ("", ""),
        (None, None),
    ],
)
def test_a_language_and_its_region_are_a_tag(written, tag):
    assert language_tags(pl.Series([written, "fr"], dtype=pl.String)).to_list() == [tag, "fr"]


def test_the_tags_of_all_locales_are_those_that_another_library_reads():
    names = [
        name
        for name in locale_identifiers()
        if not Locale.parse(name).variant and len(name.split("_")[0]) < 4
    ]
    tags = language_tags(pl.Series(names)).to_list()

    assert len(names) > 900
    assert [str(Locale.parse(tag, sep="-")) for tag in tags] == names
    for other in ([name.lower() for name in names], [name.replace("_", "-") for name in names]):
        assert language_tags(pl.Series(other)).to_list() == tags
