"""A time zone is that of IANA, whoever names it."""

from __future__ import annotations

import polars as pl
import pytest

from ingest.times.named_zones import iana_zones
from ingest.times.time_zones import time_zone_names


@pytest.mark.parametrize(
    ("written", "zone"),
    [
        ("Europe/Berlin", "Europe/Berlin"),
        ("europe/berlin", "Europe/Berlin"),
        ("europe_slash_berlin", "Europe/Berlin"),
        ("america_slash_north_dakota_slash_center", "America/North_Dakota/Center"),
        ("W. Europe Standard Time", "Europe/Berlin"),
        ("Eastern Standard Time", "America/New_York"),
        ("Eastern Time (US & Canada)", "America/New_York"),
        ("Mexico City", "America/Mexico_City"),
        (" UTC ", "UTC"),
        ("Nowhere/Else", "Nowhere/Else"),
        ("localtime", "localtime"),
        ("+02:00", "+02:00"),
        ("", ""),
        (None, None),
    ],
)
def test_a_zone_is_the_one_of_iana_and_what_is_none_stays(written, zone):
    values = pl.Series([written, "Asia/Tokyo"], dtype=pl.String)

    assert iana_zones(values).to_list() == [zone, "Asia/Tokyo"]


def test_every_name_of_iana_is_itself():
    names = pl.Series(sorted(time_zone_names()))

    assert iana_zones(names).to_list() == names.to_list()
    shouted = iana_zones(names.str.to_uppercase()).to_list()
    assert sum(found != name for found, name in zip(shouted, names, strict=True)) < 5
