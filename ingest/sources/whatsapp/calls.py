"""Texts of WhatsApp messages in; which of them tell of a call, and how it ended, out.

iPhones write a call under the name of the caller, behind an invisible mark that nobody types.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

MISSED_FILE = Path(__file__).with_name("missed.tsv")

_MARK = r"[\u200e\u200f]"


def missed_texts() -> pl.DataFrame:
    """Return what is written of a call that nobody took: ``language`` and ``text``."""
    return pl.read_csv(MISSED_FILE, separator="\t", comment_prefix="#", quote_char=None)


_MISSED = (
    rf"^{_MARK}(?i:{'|'.join(pl.escape_regex(text) for text in missed_texts()['text'])})"
    rf"(?:[.,]? ?{_MARK}[^\n]*|\.)?$"
)
"""What may follow is how to call back."""

_CALL = rf"^{_MARK}(?i:voice|video) call(?:[.,] ?{_MARK}?([^\n]*))?$"
_LASTED = r"^(?:(\d{1,3}) ?(?:hr?|hours?))? ?(?:(\d{1,3}) ?min)? ?(?:(\d{1,3}) ?sec)?$"


def is_call(text: pl.Expr) -> pl.Expr:
    """Return whether a text is what iPhones write of a call, taken or not."""
    return text.str.contains(_MISSED) | text.str.contains(_CALL)


def call_outcome(text: pl.Expr) -> pl.Expr:
    """Return ``no_answer``, ``answered`` where the call lasted, null where it is not told."""
    told = text.str.extract(_CALL).str.to_lowercase()
    return (
        pl.when(text.str.contains(_MISSED) | (told == "no answer"))
        .then(pl.lit("no_answer"))
        .when(call_seconds(text).is_not_null())
        .then(pl.lit("answered"))
    )


def call_seconds(text: pl.Expr) -> pl.Expr:
    """Return how long a call took, as exactly as it is told: mostly in minutes."""
    parts = text.str.extract(_CALL).str.to_lowercase().str.extract_groups(_LASTED).struct
    hours, minutes, seconds = (
        parts.field(group).cast(pl.Float64) * unit
        for group, unit in (("1", 3600), ("2", 60), ("3", 1))
    )
    is_told = hours.is_not_null() | minutes.is_not_null() | seconds.is_not_null()
    return pl.when(is_told).then(pl.sum_horizontal(hours, minutes, seconds))
