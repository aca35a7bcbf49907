"""First names in, whether one is a nickname of the other out: ``Bob`` and ``Robert``.

The knowledge is that of the package ``nicknames`` (Apache-2.0), 2,691 pairs of English names. Only
pairs are compared: ``Al`` is short for ``Alan`` and for ``Albert``, who are two, and so are ``Bob``
and ``Rob``, of whom nothing is known but that both can be Robert.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import polars as pl

from models_ml.identity.folding import folded, stem
from models_ml.identity.groups import Marks

CALLED, NICKNAMES = "called", "nicknames"
"""Columns of what ``asked_of_names`` returns; both are null for a name that is in no pair."""


def are_nicknames(a: list[str], b: list[str]) -> Marks:
    """Return whether ``a[i]`` and ``b[i]``, both folded, are a name and a nickname of it."""
    known = _related()
    pairs = zip(map(_called, a), map(_called, b), strict=True)
    return np.array([other in known.get(one, ()) for one, other in pairs], dtype=np.bool_)


def asked_of_names(first_name: pl.Series) -> dict[str, pl.Expr]:
    """Return the columns by which two records are asked, made once of every different name.

    ``called`` is the name between blanks, ``nicknames`` are all that it is in a pair with, so two
    are a pair if the one contains the other.

    Parameters
    ----------
    first_name
        Of the frame whose columns they become, folded.
    """
    known = _related()
    names = [name for name in first_name.unique().drop_nulls() if _called(name) in known]
    texts = {
        CALLED: [f" {_called(name)} " for name in names],
        NICKNAMES: [f" {' '.join(sorted(known[_called(name)]))} " for name in names],
    }
    return {
        column: pl.col("first_name").replace_strict(
            pl.Series(names, dtype=pl.String),
            pl.Series(text, dtype=pl.String),
            default=None,
            return_dtype=pl.String,
        )
        for column, text in texts.items()
    }


def short_for(one: str, other: str) -> tuple[str, str] | None:
    """Return the nickname and its name, of two first names as they are stated; None of others.

    Where each is known as short for the other, the shorter one is.

    Examples
    --------
    >>> short_for("Robert", "Bob")
    ('Bob', 'Robert')
    """
    compared = pl.DataFrame({"name": [one, other]}).select(folded(pl.col("name"))).to_series()
    a, b = (_called(name or "") for name in compared)
    ways = [((a, one), (b, other)), ((b, other), (a, one))]
    found = [(short, long) for short, long in ways if (long[0], short[0]) in _pairs()]
    if not found:
        return None
    (_, nickname), (_, name) = min(found, key=lambda way: len(way[0][1]))
    return nickname, name


def _called(name: str) -> str:
    """Return a folded name without initials after it: ``william`` for ``william j``."""
    while name[-2:-1] == " ":
        name = name[:-2]
    return name


@cache
def _related() -> dict[str, set[str]]:
    """Return of every folded name those it is in a pair with."""
    found: dict[str, set[str]] = {}
    for name, nickname in _pairs():
        found.setdefault(name, set()).add(nickname)
        found.setdefault(nickname, set()).add(name)
    return found


@cache
def _pairs() -> frozenset[tuple[str, str]]:
    """Return each name with a nickname of it, folded, but for one name of two genders."""
    from nicknames import name_triplets

    stated = [
        (one.name1, one.name2) for one in name_triplets() if one.relationship == "has_nickname"
    ]
    names = pl.DataFrame({"stated": list({name for pair in stated for name in pair})})
    # each once, for to fold them takes longer than all else here
    of_names = (
        names.with_columns(name=folded(pl.col("stated")))
        # a title is no name: Jr.
        .drop_nulls("name")
        .select("stated", "name", stem=stem(pl.col("name")))
    )
    compared = {row[0]: row[1:] for row in of_names.iter_rows()}
    pairs = [
        (compared[name], compared[nickname])
        for name, nickname in stated
        if name in compared and nickname in compared
    ]
    return frozenset((one[0], other[0]) for one, other in pairs if one[1] != other[1])
