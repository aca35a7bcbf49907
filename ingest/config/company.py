"""The ``company`` section in; a ``Company`` out."""

from __future__ import annotations

import re

import phonenumbers

from ingest.config.setting import Setting
from ingest.errors import nearest
from ingest.identifiers import PROVIDER_RULES
from ingest.source import Company
from ingest.times.time_zones import time_zone_names

KEYS = (
    "name", "base_currency", "time_zone", "default_region", "fiscal_year_start_month", "domains",
    "email_provider_rules",
)  # fmt: skip


def read_company(setting: Setting) -> Company:
    """Check the section and fill what it leaves out with defaults."""
    items = setting.known_items(KEYS)
    given: dict[str, object] = {}
    if "name" in items:
        given["name"] = items["name"].text()
    if "base_currency" in items:
        given["base_currency"] = _currency(items["base_currency"])
    if "time_zone" in items:
        given["time_zone"] = read_time_zone(items["time_zone"])
    if "default_region" in items:
        regions = phonenumbers.SUPPORTED_REGIONS
        given["default_region"] = items["default_region"].choice(regions, "ISO 3166 region code")
    if "fiscal_year_start_month" in items:
        given["fiscal_year_start_month"] = _month(items["fiscal_year_start_month"])
    if "domains" in items:
        domains = items["domains"].texts()
        given["domains"] = tuple(domain.strip().lower().lstrip("@") for domain in domains)
    if "email_provider_rules" in items:
        rules = items["email_provider_rules"]
        for rule in rules.texts():
            if rule not in PROVIDER_RULES:
                raise rules.error(f"{rule!r} is no rule; {nearest(rule, PROVIDER_RULES)}")
        given["email_provider_rules"] = rules.texts()
    return Company(**given)  # type: ignore[arg-type]


def read_time_zone(setting: Setting) -> str:
    """Return the name of an IANA time zone."""
    return setting.choice(time_zone_names(), "IANA time zone")


def _currency(setting: Setting) -> str:
    code = setting.text()
    if not re.fullmatch("[A-Z]{3}", code):
        raise setting.error(f"{code!r} is no currency code; use three capitals such as EUR")
    return code


def _month(setting: Setting) -> int:
    return int(setting.choice([str(month) for month in range(1, 13)], "month from 1 to 12"))
