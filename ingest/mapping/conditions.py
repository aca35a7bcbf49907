"""The ``where`` of one entry in; which rows of a table the entry is about out.

A table often holds more than one thing: an export of orders has a line for every article, of which
the first alone states the order's total, and a list of payments has refunds and fees in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from ingest.errors import nearest
from ingest.expressions.exact_column import exact_column
from ingest.expressions.float_text import as_text
from ingest.mapping.column_map import FILE, POSITION, MappingError, check_pattern, flag, text_of
from ingest.parsed import UnreadableFile

KEYS = ("is", "not", "pattern", "empty")

_FORMS = (
    "must be a text, a list of texts, or a mapping with is, not, pattern or empty, e.g. "
    "[charge, refund] or {empty: false}"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """What a row has in one source column.

    Parameters
    ----------
    one_of
        Texts of which it is one; None if it may be any.
    none_of
        Texts of which it is none; nothing at all is none of them.
    pattern
        Regular expression that is found in it.
    is_empty
        Whether there is nothing in it; None if either will do.
    """

    column: str
    one_of: tuple[str, ...] | None = None
    none_of: tuple[str, ...] = ()
    pattern: str | None = None
    is_empty: bool | None = None

    @classmethod
    def read(cls, column: str, setting: Any) -> Condition:
        """Check one setting: a text, a list of texts, or a mapping of ``KEYS``.

        Raises
        ------
        MappingError
            Naming the key and the remedy.
        """
        if column in {FILE, POSITION}:
            raise MappingError("is no column of the table; path says which files are read")
        if not isinstance(setting, dict):
            return cls(column=column, one_of=_texts(setting))
        if not setting:
            raise MappingError(_FORMS)
        for key in setting:
            if key not in KEYS:
                raise MappingError(f"unknown key {key!r}; {nearest(str(key), KEYS)}", str(key))
        return cls(
            column=column,
            one_of=_texts(setting["is"], "is") if "is" in setting else None,
            none_of=_texts(setting["not"], "not") if "not" in setting else (),
            pattern=_pattern(setting),
            is_empty=flag(setting, "empty") if "empty" in setting else None,
        )

    def holds(self, dtype: pl.DataType) -> pl.Expr:
        """Say of each row whether it is as told; never null.

        Raises
        ------
        UnreadableFile
            If a column of lists or objects is to be compared with texts.
        """
        column = exact_column(self.column)
        held = [pl.lit(value=True)]
        if self.is_empty is not None:
            held.append(column.is_null() == self.is_empty)
        if self.one_of is not None or self.none_of or self.pattern is not None:
            if dtype.is_nested():
                raise UnreadableFile(
                    f"has lists or objects in the column {self.column!r}, which where can only "
                    "ask for being empty"
                )
            text = as_text(column, dtype)
            if self.one_of is not None:
                held.append(text.is_in(self.one_of))
            if self.none_of:
                held.append(text.is_in(self.none_of).fill_null(value=False).not_())
            if self.pattern is not None:
                held.append(text.str.contains(self.pattern))
        return pl.all_horizontal(held).fill_null(value=False)


def read_where(setting: Any) -> tuple[Condition, ...]:
    """Check the whole ``where`` of an entry.

    Raises
    ------
    MappingError
        With the keys that lead from ``where`` to the mistake.
    """
    if setting is None:
        return ()
    if not isinstance(setting, dict):
        raise MappingError("must be a mapping of source columns to what a row has in them")
    conditions = []
    for column, asked in setting.items():
        try:
            conditions.append(Condition.read(str(column), asked))
        except MappingError as error:
            raise MappingError(error.message, str(column), *error.keys) from error
    return tuple(conditions)


def _texts(value: Any, *keys: str) -> tuple[str, ...]:
    given = value if isinstance(value, list | tuple) else [value]
    if not given or not all(isinstance(one, str | int | float) for one in given):
        raise MappingError(_FORMS, *keys)
    texts = tuple(text_of(one).strip() for one in given)
    if not all(texts):
        raise MappingError("is an empty text; {empty: true} asks for nothing", *keys)
    return texts


def _pattern(setting: dict[str, Any]) -> str | None:
    if "pattern" not in setting:
        return None
    pattern = setting["pattern"]
    if not isinstance(pattern, str) or not pattern:
        raise MappingError("must be a regular expression", "pattern")
    check_pattern(pattern, "pattern")
    return pattern
