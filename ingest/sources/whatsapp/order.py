"""The headers of a whole WhatsApp chat in; the order of day, month and year they prove out.

An order is possible if every header that is a date at all is one in it. Of several possible
ones those fall away in which the chat, which is exported in the order of its messages, would jump
back. Which orders go with which separator is taken from the short date formats of all locales in
Unicode's CLDR: none writes the month first but with a slash, none the year first in two digits
with a bare dot. People can set their phone to another: dates that are one only with the month first
refute the others, and the source's option is believed with any separator.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

import polars as pl

from ingest.parsed import UnreadableFile
from ingest.sources.whatsapp.headers import (
    Style,
    is_start,
    local_date,
    sender_and_text,
    style_of,
)
from ingest.sources.whatsapp.media import file_name, is_notice, is_of_the_app, is_omitted

ORDERS = ("dmy", "mdy", "ymd")

_OF_SEPARATOR = {
    "/": ORDERS,
    ".": ("dmy", "ymd"),
    ". ": ("dmy", "ymd"),
    "-": ("dmy", "ymd"),
    # these are the words for year
    "년": ("ymd",),
    "년 ": ("ymd",),
    "年": ("ymd",),
}


@dataclass(slots=True)
class Survey:
    """What the chat as a whole tells.

    Parameters
    ----------
    wrong
        By order that goes with the separator, how many headers are no date in it, but are one
        in another, or with the month first.
    jumps
        By order, how often a message would be of an earlier day than the one before it.
    senders
        Names before the colon, as they stand.
    voices
        Those of them who typed or sent something.
    told
        Names under which WhatsApp's notices stand.
    """

    style: Style
    wrong: dict[str, int]
    jumps: dict[str, int]
    headers: int = 0
    senders: set[str] = field(default_factory=set)
    voices: set[str] = field(default_factory=set)
    told: set[str] = field(default_factory=set)
    _last: dict[str, pl.Series] = field(default_factory=dict)

    def add(self, lines: pl.DataFrame) -> None:
        """Take the headers among some lines into account."""
        headers = lines.filter(is_start(self.style))
        if headers.is_empty():
            return
        self._hear(headers)
        self.headers += len(headers)
        orders = dict.fromkeys((*self.wrong, "mdy"))
        dates = headers.select(local_date(order).alias(order) for order in orders)
        is_date = dates.select(pl.any_horizontal(pl.all().is_not_null())).to_series()
        for order in self.wrong:
            date = dates[order]
            self.wrong[order] += int((date.is_null() & is_date).sum())
            chain = pl.concat([self._last.get(order, date.head(0)), date.drop_nulls()])
            self.jumps[order] += int((chain.diff().dt.total_days() < 0).sum())
            self._last[order] = chain.tail(1)

    def _hear(self, headers: pl.DataFrame) -> None:
        sender, first_line = sender_and_text()
        said = pl.col("said")
        lines = headers.select(sender=sender, said=first_line).drop_nulls("sender")
        typed, of_the_app = lines.filter(~is_of_the_app(said)), lines.filter(is_of_the_app(said))
        is_sent = is_omitted(said) | file_name(said).is_not_null()
        self.voices |= {*typed["sender"].unique(), *of_the_app.filter(is_sent)["sender"]}
        self.senders |= {*typed["sender"].unique(), *of_the_app.filter(~is_notice(said))["sender"]}
        self.told |= set(of_the_app.filter(is_notice(said))["sender"])

    def groups(self, chat: str, agents: Collection[str]) -> set[str]:
        """Return the names that are the group's, under which iPhones write what WhatsApp tells.

        Where somebody else wrote, a name under which nothing was ever sent is nobody's.
        """
        return (self.told | {chat}) - self.voices if self.voices.difference(agents) else set()


def survey(frames: Iterable[pl.DataFrame], stated: str | None = None) -> Survey | None:
    """Return what the lines of a chat tell; None where none begins a message.

    Parameters
    ----------
    stated
        Order by the source's option.
    """
    found: Survey | None = None
    for lines in frames:
        if found is None:
            style = style_of(lines)
            if style is None:
                continue
            bare = style.separator == "." and not _is_year_first(lines)
            orders = ("dmy",) if bare else _OF_SEPARATOR.get(style.separator, ORDERS)
            if stated is not None:
                orders = tuple(dict.fromkeys((*orders, stated)))
            found = Survey(style, dict.fromkeys(orders, 0), dict.fromkeys(orders, 0))
        found.add(lines)
    return found


def _is_year_first(lines: pl.DataFrame) -> bool:
    first = lines["first"].drop_nulls().head(1)
    return not first.is_empty() and len(str(first.item())) == 4


def proven_order(found: Survey, stated: str | None) -> str:
    """Return the order of the chat.

    Parameters
    ----------
    stated
        Order by the source's option, which is taken if most of the dates are dates in it.

    Raises
    ------
    UnreadableFile
        If the chat refutes the option, or does not prove one order without it.
    """
    if stated is not None:
        if 2 * found.wrong.get(stated, found.headers) >= found.headers:
            reason = f"options.date_order is {stated}, but most dates of the chat are none in it"
            raise UnreadableFile(reason)
        return stated
    possible = [order for order, wrong in found.wrong.items() if wrong == 0]
    if not possible:
        raise UnreadableFile(
            "some dates of the chat put the day first and others the month; set "
            "options.date_order of the source"
        )
    steady = [order for order in possible if found.jumps[order] == 0]
    proven = possible if len(possible) == 1 else steady
    if len(proven) != 1:
        raise UnreadableFile(
            f"the dates of the chat can be read as {' or '.join(possible)} and nothing in it "
            "tells which; set options.date_order of the source"
        )
    return proven[0]
