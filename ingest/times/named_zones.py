"""Time zones as systems name them in; IANA names out.

Zendesk, and whatever else is written in Ruby, says the city of an IANA zone ("London", "Mexico
City") or a name that stands here; Windows has names of its own ("W. Europe Standard Time"), and
HubSpot writes `europe_slash_berlin`.
"""

from __future__ import annotations

from functools import cache

import polars as pl
from babel.core import get_global

from ingest.times.time_zones import time_zone_names

_OTHERS = {
    "Pacific Time (US & Canada)": "America/Los_Angeles",
    "Mountain Time (US & Canada)": "America/Denver",
    "Central Time (US & Canada)": "America/Chicago",
    "Eastern Time (US & Canada)": "America/New_York",
    "Atlantic Time (Canada)": "America/Halifax",
    "Newfoundland": "America/St_Johns",
    "Indiana (East)": "America/Indiana/Indianapolis",
    "Arizona": "America/Phoenix",
    "Alaska": "America/Juneau",
    "Hawaii": "Pacific/Honolulu",
    "American Samoa": "Pacific/Pago_Pago",
    "Midway Island": "Pacific/Midway",
    "International Date Line West": "Pacific/Midway",
    "Saskatchewan": "America/Regina",
    "Central America": "America/Guatemala",
    "Guadalajara": "America/Mexico_City",
    "Quito": "America/Guayaquil",
    "Brasilia": "America/Sao_Paulo",
    "Georgetown": "America/Guyana",
    "Greenland": "America/Godthab",
    "Mid-Atlantic": "Atlantic/South_Georgia",
    "Cape Verde Is.": "Atlantic/Cape_Verde",
    "Edinburgh": "Europe/London",
    "Bern": "Europe/Zurich",
    "Kyiv": "Europe/Kiev",
    "West Central Africa": "Africa/Algiers",
    "Pretoria": "Africa/Johannesburg",
    "St. Petersburg": "Europe/Moscow",
    "Abu Dhabi": "Asia/Dubai",
    "Ekaterinburg": "Asia/Yekaterinburg",
    "Islamabad": "Asia/Karachi",
    "Chennai": "Asia/Kolkata",
    "Mumbai": "Asia/Kolkata",
    "New Delhi": "Asia/Kolkata",
    "Astana": "Asia/Almaty",
    "Sri Jayawardenepura": "Asia/Colombo",
    "Hanoi": "Asia/Bangkok",
    "Beijing": "Asia/Shanghai",
    "Osaka": "Asia/Tokyo",
    "Sapporo": "Asia/Tokyo",
    "Solomon Is.": "Pacific/Guadalcanal",
    "New Caledonia": "Pacific/Noumea",
    "Marshall Is.": "Pacific/Majuro",
    "Wellington": "Pacific/Auckland",
    "Nuku'alofa": "Pacific/Tongatapu",
    "Tokelau Is.": "Pacific/Fakaofo",
    "Chatham Is.": "Pacific/Chatham",
    "Samoa": "Pacific/Apia",
    "Puerto Rico": "America/Puerto_Rico",
    "UTC": "UTC",
}

_AREAS = (
    "Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian",
    "Pacific",
)  # fmt: skip


def iana_name(zone: str) -> str | None:
    """Return the IANA name of a zone by any of its names, None if there is none."""
    return _zones().get(zone.strip().lower())


@cache
def _zones() -> dict[str, str]:
    """Return IANA names by names in lower case."""
    # what the machine that reads has set is no place
    known = time_zone_names() - {"localtime"}
    cities = {
        zone.rpartition("/")[2].replace("_", " "): zone
        for zone in sorted(known)
        if zone.partition("/")[0] in _AREAS
    }
    others = {name: zone for name, zone in _OTHERS.items() if zone in known}
    windows = get_global("windows_zone_mapping")
    hubspot = {zone.replace("/", "_slash_"): zone for zone in known}
    names = {**cities, **windows, **hubspot, **{zone: zone for zone in known}, **others}
    return {name.lower(): zone for name, zone in names.items()}


def iana_zone(name: pl.Expr) -> pl.Expr:
    """Return the IANA name of a zone; null where nobody knows it."""
    zones = _zones()
    return (
        name.str.strip_chars()
        .str.to_lowercase()
        .replace_strict(list(zones), list(zones.values()), default=None, return_dtype=pl.String)
    )


def iana_zones(written: pl.Series) -> pl.Series:
    """Return the IANA name of each zone, and as it is what is none."""
    others = written.drop_nulls().unique()
    others = others.filter(~others.is_in(sorted(time_zone_names())))
    if others.is_empty():
        return written
    found = others.to_frame("zone").select(iana_zone(pl.col("zone"))).to_series()
    return written.replace(others, found.fill_null(others))
