"""Browser descriptions in, which of them are machines out; the one rule of every web format.

``bots.tsv`` beside this file holds the patterns, and says where they come from.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

PATTERNS_FILE = Path(__file__).with_name("bots.tsv")


def patterns() -> pl.DataFrame:
    """Return the patterns: ``kind`` of machine, ``pattern`` and an ``example`` of each."""
    return pl.read_csv(PATTERNS_FILE, separator="\t", comment_prefix="#", quote_char=None)


_MACHINE = "(?i)" + "|".join(patterns()["pattern"])

_MODEL = (
    r"(Android [\d.]+; )(?:[^;()/]* )?(?i:\w_?bot|bot|spider|expanse)(?:[ _][^;()/]*)?(Build/|\))"
)
"""Telephones are called M bot 54, XBot Senior and Spider 8, and Cubot makes them."""


def is_bot(user_agent: pl.Series) -> pl.Series:
    """Return which of the user agents are crawlers, monitors, libraries or scanners.

    An absent user agent is not a *known* machine: false.
    """
    # a day of traffic has thousands of distinct agents for millions of hits
    known = user_agent.unique().drop_nulls()
    named = known.str.replace_all("(?i)cubot", "").str.replace(_MODEL, "${1}${2}")
    machines = known.filter(named.str.contains(_MACHINE))
    return user_agent.is_in(machines.implode()).fill_null(False).alias("is_bot")
