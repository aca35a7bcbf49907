"""The order of columns that a source names in, the names in that order out."""

from __future__ import annotations

from typing import Any

from ingest.parsed import UnreadableFile

CSV = (
    "accountcode", "src", "dst", "dcontext", "clid", "channel", "dstchannel", "lastapp",
    "lastdata", "start", "answer", "end", "duration", "billsec", "disposition", "amaflags",
    "uniqueid", "userfield",
)  # fmt: skip
"""``cdr_csv``: the last two only with ``loguniqueid`` and ``loguserfield``."""

NEW = ("peeraccount", "linkedid", "sequence")
"""What ``newcdrcolumns`` puts behind them, of which ``csv`` lines are known by their length."""

CUSTOM = (
    "clid", "src", "dst", "dcontext", "channel", "dstchannel", "lastapp", "lastdata", "start",
    "answer", "end", "duration", "billsec", "disposition", "amaflags", "accountcode", "uniqueid",
    "userfield", "sequence",
)  # fmt: skip
"""``cdr_custom`` with the mapping that Asterisk ships."""

KNOWN = frozenset((*CSV, *CUSTOM, "linkedid", "peeraccount", "ignore"))
REQUIRED = ("src", "dst", "start", "duration", "billsec", "disposition")
OPTIONAL = ("uniqueid", "userfield", "sequence", "linkedid", "peeraccount")


def columns_of(option: Any) -> tuple[str, ...]:
    """Return the column names for the option ``columns``: csv, custom or a list of names.

    Raises
    ------
    UnreadableFile
        If the option is none of them; the sentence says what would be.
    """
    if option in (None, "csv"):
        return CSV
    if option == "custom":
        return CUSTOM
    names = tuple(str(name) for name in option) if isinstance(option, list) else ()
    unknown = sorted(set(names) - KNOWN)
    missing = [name for name in REQUIRED if name not in names]
    if not names or unknown or missing:
        wrong = f"unknown {', '.join(unknown)}" if unknown else f"missing {', '.join(missing)}"
        raise UnreadableFile(
            f"option columns is {option!r} ({wrong}); write csv, custom or a list of "
            f"{', '.join(sorted(KNOWN))}"
        )
    return names


def fewest(columns: tuple[str, ...]) -> int:
    """Return how many fields a line has at least: trailing optional columns may be absent."""
    count = len(columns)
    while count and columns[count - 1] in OPTIONAL:
        count -= 1
    return count
