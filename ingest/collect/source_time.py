"""A source in; the time that it has in one run, and the sentence when that is over, out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from ingest.collect.errors import CollectError, LandingRefused, OutOfTime
from ingest.collect.patience import Patience
from ingest.collect.time_limit import TimeLimit
from ingest.source import Collect, Source


@contextmanager
def limited(source: Source, settings: Collect, patience: Patience) -> Iterator[Patience]:
    """Give a source its time; whatever fails once that is over fails because of it.

    Raises
    ------
    OutOfTime
        With what was waited for.
    """
    most = settings.settings.get("max_minutes")
    limit_s = patience.longest_source_s if most is None else most * 60.0
    with TimeLimit(limit_s) as limit:
        given = replace(patience, limit=limit)
        try:
            yield given
        except CollectError as error:
            if not limit.is_over or isinstance(error, LandingRefused):
                raise
            raise OutOfTime(
                f"source {source.name} was left off after {minutes(given)}, waiting for "
                f"{limit.waits_for}; what was landed before stays, the next run goes on from "
                "there; where it is slow and not broken, give its collect section a larger "
                "max_minutes"
            ) from error


def minutes(given: Patience) -> str:
    """Return the time of a source as people say it."""
    return f"{(given.limit.limit_s or 0.0) / 60:g} minutes"
