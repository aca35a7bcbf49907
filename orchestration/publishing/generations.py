"""The files in ``published/``: ``crm-000123.duckdb``, and the link ``crm.duckdb`` to one of them.

A link to versioned files rather than one replaced file: a process that still has the old one open
would get the old one again from a second connect to the same path.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import duckdb

from orchestration.errors import NothingPublished, WrongUse
from orchestration.home import Home
from orchestration.sql_values import integer

KEPT = 3
"""Generations on disk: the current one, the one to go back to, and one more."""

NAME = re.compile(r"crm-(\d{6,})\.duckdb")


def path_of(home: Home, generation: int) -> Path:
    """Return the file of a generation."""
    return home.published_folder / f"crm-{generation:06d}.duckdb"


def on_disk(home: Home) -> list[int]:
    """Return the numbers of the generations kept, oldest first."""
    if not home.published_folder.is_dir():
        return []
    matches = (NAME.fullmatch(path.name) for path in home.published_folder.iterdir())
    return sorted(int(match[1]) for match in matches if match)


def next_one(con: duckdb.DuckDBPyConnection, home: Home) -> int:
    """Return the number that the generation being built will have."""
    known = integer(con, "select coalesce(max(generation), 0) from meta.generation")
    return 1 + max(known, *on_disk(home), 0)


def current(home: Home) -> int | None:
    """Return the generation that readers get, None before the first one."""
    if not home.published.is_symlink():
        return None
    match = NAME.fullmatch(home.published.readlink().name)
    return int(match[1]) if match and home.published.exists() else None


def sync(path: Path) -> None:
    """Force a file or a folder's entries to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def point_to(home: Home, generation: int) -> None:
    """Make ``crm.duckdb`` mean this generation, in one step for every reader."""
    link = home.published_folder / f".link-{os.getpid()}.tmp"
    link.unlink(missing_ok=True)
    link.symlink_to(path_of(home, generation).name)
    link.replace(home.published)
    sync(home.published_folder)


def prune(home: Home) -> None:
    """Delete all but the newest generations; the current one always stays."""
    for generation in on_disk(home)[:-KEPT]:
        if generation != current(home):
            path_of(home, generation).unlink()


def remove_leftovers(home: Home) -> None:
    """Delete what a killed publish left behind."""
    for path in home.published_folder.glob(".*.tmp*"):
        path.unlink()


def roll_back(home: Home, to: int | None = None) -> tuple[int, int]:
    """Point readers at an older generation and return (from, to).

    Parameters
    ----------
    to
        Which one; the newest before the current one by default.

    Raises
    ------
    NothingPublished
        If there is nothing to go back to.
    WrongUse
        If ``to`` is not on disk.
    """
    present = current(home)
    if present is None:
        raise NothingPublished(
            f"Nothing is published in {home.published_folder}: `crm run` publishes."
        )
    kept = on_disk(home)
    older = [generation for generation in kept if generation < present]
    if to is None:
        if not older:
            raise NothingPublished(
                f"Generation {present} is the oldest one kept in {home.published_folder}: "
                "there is none to go back to; `crm run` makes a new one."
            )
        to = older[-1]
    if to not in kept:
        raise WrongUse(
            f"There is no generation {to} in {home.published_folder}; "
            f"kept are {', '.join(map(str, kept))}."
        )
    point_to(home, to)
    return present, to
