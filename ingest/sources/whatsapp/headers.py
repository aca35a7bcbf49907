"""Lines of a WhatsApp chat in; the parts of those that begin a message out.

``[12.03.23, 14:05:33] Anna: text`` (iPhone), ``3/12/16, 2:05:33 PM: Anna: text`` (iPhone until
2018), ``12/03/2023, 2:05 pm - Anna: text`` (Android), ``2023년 1월 5일 오후 3:04, 지민 : text``
(Korean), ``[14:05:33, 12/3/23] Anna: text`` (Vietnamese), with the separators, words and invisible
marks that locales put between.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from pathlib import Path

import polars as pl

from ingest.expressions.empty_text import null_if_empty

MARKS = "\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff"
"""Invisible marks of writing direction, which iPhones put around what is not typed text, and
phones that write from right to left between day, month and year."""

HALVES_FILE = Path(__file__).with_name("halves.tsv")


def halves() -> pl.DataFrame:
    """Return what locales call the halves of the day: ``language``, ``half`` and ``text``."""
    return pl.read_csv(HALVES_FILE, separator="\t", comment_prefix="#", quote_char=None)


def _either(texts: pl.Series) -> str:
    """Return a pattern of any of the texts; a blank may be missing or narrow, as a last dot may."""
    escaped = [pl.escape_regex(text).replace(" ", r"\s?") for text in texts.unique().sort()]
    return "|".join(f"{text}?" if text.endswith(".") else text for text in escaped)


_HALF = _either(halves()["text"])
_AFTER_NOON = _either(halves().filter(pl.col("half") == "pm")["text"])
_WORDS = r"klo|kl\.|um|at|à|às|a las|ore|o"

_TIME_FIRST = (
    rf"(?i)^([{MARKS}]*\[?[{MARKS}]*)([0-9]{{1,2}}[:.][0-9]{{2}}(?:[:.][0-9]{{2}})?(?:\s?(?:{_HALF}))?)"
    rf",?\s+([0-9]{{1,4}}[./-]\s?[0-9]{{1,2}}[./-]\s?[0-9]{{1,4}})([{MARKS}]*(?:\]|\s+[-–]))"
)
"""As Vietnamese has it; brought into the order of all others."""
_ERA = r"(?:\s?BE)?"
"""What iPhones in English write behind a year of the Buddhist calendar."""

HEADER = (
    rf"(?i)^[{MARKS}]*(?P<open>\[?)[{MARKS}]*"
    rf"(?P<first>[0-9]{{1,4}})[{MARKS}]*(?P<separator>[./-]\s?|[년年]\s?)"
    rf"(?P<second>[0-9]{{1,2}})[{MARKS}]*(?:[./-]|[월月])\s?"
    rf"(?P<third>[0-9]{{1,4}}){_ERA}(?:(?:\.|\s?г\.|[일日])?[{MARKS}]*[,،]?\s+|[일日])[{MARKS}]*"
    rf"(?:(?:{_WORDS})\s+)?(?:(?P<before>{_HALF})\s?)?"
    # 7 h 22 min 20 s in Canadian French
    r"(?P<hour>[0-9]{1,2})(?:[:.]|\s?h\s?)(?P<minute>[0-9]{2})"
    r"(?:(?:[:.]|\s?min\s?)(?P<sec>[0-9]{2})(?:\s?s)?)?"
    rf"(?:\s?(?P<after>{_HALF})|\s?(?:ч|น)\.)?"
    rf"[{MARKS}]*(?P<close>\]|\s+[-–]|[,:])\s?(?P<rest>.*)$"
)

_NAMES = ("open", "first", "separator", "second", "third", "before", "hour", "minute", "sec",
          "after", "close", "rest")  # fmt: skip

_AHEAD = 543
_BUDDHIST = 2009 + _AHEAD
"""WhatsApp's first year by the Buddhist calendar, which is 543 years ahead."""

_SENDER = rf"^[{MARKS}]*(?P<sender>[^:\n]{{1,100}}):(?:\s(?P<said>.*))?$"


@dataclass(frozen=True, slots=True)
class Style:
    """How one phone writes its headers; a line in another style is part of a message.

    Parameters
    ----------
    has_brackets
        Date and time stand in brackets, as iPhones write them.
    has_comma
        A comma stands between time and sender, as Korean exports have it.
    has_colon
        A colon stands there, as iPhones wrote it until 2018.
    has_time_first
        The time stands before the date.
    separator
        Between day, month and year, with the blank after it if there is one.
    """

    has_brackets: bool
    has_comma: bool
    has_colon: bool
    has_time_first: bool
    separator: str


def with_headers(lines: pl.DataFrame) -> pl.DataFrame:
    """Add the parts of headers to ``line``; all null where a line is none."""
    has_time_first = lines["line"].str.contains(_TIME_FIRST)
    headed = lines["line"]
    if has_time_first.any():
        headed = headed.str.replace(_TIME_FIRST, "${1}${3}, ${2}${4}")
    found = headed.str.extract_groups(HEADER).struct.unnest().select(_NAMES)
    is_bracketed = pl.col("open") == "["
    is_closed = pl.col("close") == "]"
    has_comma, has_colon = pl.col("close") == ",", pl.col("close") == ":"
    # elsewhere a comma after a time is somebody's sentence
    is_korean = pl.col("before").str.contains("^오[전후]$") & (pl.col("first").str.len_chars() == 4)
    fits = (
        pl.col("first").is_not_null()
        & (is_bracketed == is_closed)
        & (~has_comma | is_korean.fill_null(value=False))
    )
    # a blank may be of any width
    separator = pl.col("separator").str.replace(r"\s", " ")
    found = found.with_columns(
        separator=separator,
        has_brackets=is_bracketed,
        has_comma=has_comma,
        has_colon=has_colon,
        has_time_first=has_time_first,
    )
    names = [name for name in found.columns if name not in ("open", "close")]
    return lines.hstack(
        found.select(pl.when(fits).then(pl.col(name)).alias(name) for name in names)
    )


def style_of(headers: pl.DataFrame) -> Style | None:
    """Return the style of the first header; None where there is none."""
    first = headers.filter(pl.col("first").is_not_null()).head(1)
    if first.is_empty():
        return None
    return Style(**first.select(field.name for field in fields(Style)).row(0, named=True))


def is_start(style: Style) -> pl.Expr:
    """Return whether a line is a header in the style."""
    is_alike = pl.all_horizontal(pl.col(name) == value for name, value in asdict(style).items())
    return (pl.col("first").is_not_null() & is_alike).fill_null(value=False)


def local_date(order: str) -> pl.Expr:
    """Return the date that the parts mean in an order (``dmy``, ``mdy``, ``ymd``), else null."""
    parts = dict(zip(order, ("first", "second", "third"), strict=True))
    year = pl.col(parts["y"])
    is_year = year.str.len_chars().is_in([2, 4]) & (pl.col(parts["d"]).str.len_chars() <= 2)
    number = year.cast(pl.Int32, strict=False)
    full = number + pl.when(year.str.len_chars() == 2).then(
        # 66 is 2566 by the Buddhist calendar of Thai phones, not a year to come
        pl.when(number < _BUDDHIST % 100).then(2000).otherwise(_BUDDHIST // 100 * 100)
    ).otherwise(0)
    full = full - pl.when(full >= _BUDDHIST).then(_AHEAD).otherwise(0)
    text = pl.concat_str(full, pl.col(parts["m"]), pl.col(parts["d"]), separator="-")
    date = pl.when(is_year).then(text).str.to_date("%Y-%m-%d", strict=False)
    # WhatsApp began in 2009; nothing was written before
    return pl.when(date.dt.year() >= 2009).then(date)


def local_time(order: str) -> pl.Expr:
    """Return date and time by the phone's clock (naive); null where there is no such time."""
    half = pl.coalesce("before", "after").str.to_lowercase()
    is_late = half.str.contains(rf"^(?:{_AFTER_NOON})$")
    hour = pl.col("hour").cast(pl.Int32)
    hour = (
        pl.when(half.is_null())
        .then(hour)
        .when(hour <= 12)
        .then(hour % 12 + pl.when(is_late).then(12).otherwise(0))
    )
    minute, second = pl.col("minute").cast(pl.Int32), pl.col("sec").cast(pl.Int32).fill_null(0)
    clock = pl.duration(hours=hour, minutes=minute, seconds=second)
    is_clock = (hour < 24) & (minute < 60) & (second < 60)
    return pl.when(is_clock).then(local_date(order).cast(pl.Datetime("us")) + clock)


def sender_and_text() -> tuple[pl.Expr, pl.Expr]:
    """Return who wrote a message, null for a line of the system, and its first line."""
    parts = pl.col("rest").str.extract_groups(_SENDER)
    named = parts.struct.field("sender").str.replace_all(rf"[{MARKS}]", "").str.strip_chars()
    sender = null_if_empty(named)
    said = pl.when(sender.is_not_null()).then(parts.struct.field("said").fill_null(""))
    return sender, said.otherwise(pl.col("rest"))
