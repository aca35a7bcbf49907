"""Yesterday's profiles and matches and today's profiles in, what must be compared anew out.

A pair's weight depends on its two records, on how common what they share is, and on whether a key
they share is common. So these are compared again: pairs with a record that changed, and known pairs
of which a shared value or a shared key passed into another step.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from models_ml.identity.matching.blocking import block_keys, candidates
from models_ml.identity.matching.frequencies import COUNTED, frequencies, magnitude


@dataclass(frozen=True, slots=True)
class Renewal:
    """What is compared anew.

    Parameters
    ----------
    pairs
        ``left`` and ``right``, numbers of today's profiles.
    replaced
        The known matches that do not hold until they are found again.
    """

    pairs: pl.DataFrame
    replaced: pl.DataFrame


def renewal(
    before: pl.DataFrame,
    now: pl.DataFrame,
    matches: pl.DataFrame,
    changed: pl.Series,
    largest_block: int,
) -> Renewal | None:
    """Return what must be compared anew, None for everything.

    Parameters
    ----------
    before, now
        Of ``profiles_of``, of all records.
    matches
        Columns of ``MATCHES``, of the run before.
    changed
        Identifiers of records that came or state something else.
    """
    if _magnitudes(before) != _magnitudes(now):
        return None
    keys = block_keys(now)
    is_changed = pl.col("identifier").is_in(changed.implode())
    fresh = now.filter(is_changed)["profile"]
    size = keys.group_by("key").agg(now=pl.len())
    came = keys.filter(pl.col("profile").is_in(fresh.implode())).group_by("key").agg(came=pl.len())
    went = block_keys(before.filter(is_changed)).group_by("key").agg(went=pl.len())
    crossed = (
        came.join(went, on="key", how="full", coalesce=True)
        .join(size, on="key", how="left")
        .fill_null(0)
        .with_columns(before=pl.col("now") - pl.col("came") + pl.col("went"))
        .filter((pl.col("now") > largest_block) != (pl.col("before") > largest_block))
    )
    opened = crossed.filter(pl.col("now") <= largest_block)
    only = pl.concat([fresh, keys.join(opened, on="key", how="semi")["profile"]]).unique()
    of_changed = now.filter(pl.col("profile").is_in(only.implode()))["identifier"]
    touched = pl.col("identifier_a").is_in(of_changed.implode()) | pl.col("identifier_b").is_in(
        of_changed.implode()
    )
    in_doubt = pl.concat(
        [
            _sharing(matches, now, keys.join(crossed.select("key"), on="key", how="semi")),
            *_of_other_frequency(matches, before, now),
        ]
    ).unique()
    replaced = matches.filter(
        touched
        | pl.struct("identifier_a", "identifier_b").is_in(
            in_doubt.select(pl.struct("identifier_a", "identifier_b")).to_series().implode()
        )
    )
    ends = pl.concat([in_doubt["identifier_a"], in_doubt["identifier_b"]]).unique()
    again = now.filter(pl.col("identifier").is_in(ends.implode()))["profile"]
    pairs = candidates(now, keys, largest_block, pl.concat([only, again]).unique())
    name = now.select("profile", "identifier")
    named = pairs.join(name, left_on="left", right_on="profile").join(
        name, left_on="right", right_on="profile", suffix="_b"
    )
    wanted = named.with_columns(
        identifier_a=pl.min_horizontal("identifier", "identifier_b"),
        identifier_b=pl.max_horizontal("identifier", "identifier_b"),
    )
    fresh_pair = pl.col("left").is_in(only.implode()) | pl.col("right").is_in(only.implode())
    doubtful = wanted.join(in_doubt, on=["identifier_a", "identifier_b"], how="semi")
    return Renewal(
        pl.concat([wanted.filter(fresh_pair), doubtful])
        .select("left", "right")
        .unique()
        .sort("left", "right"),
        replaced,
    )


def _magnitudes(profiles: pl.DataFrame) -> list[int]:
    account = pl.col("identifier").str.starts_with("account:")
    return [
        magnitude(profiles.filter(kind)["identifier"].n_unique()) for kind in (account, ~account)
    ]


def _of_other_frequency(
    matches: pl.DataFrame, before: pl.DataFrame, now: pl.DataFrame
) -> list[pl.DataFrame]:
    """Return the known pairs that share a value whose frequency is in another step."""
    account = pl.col("identifier").str.starts_with("account:")
    found = []
    for kind in (account, ~account):
        profiles = now.filter(kind)
        for column in COUNTED:
            moved = (
                frequencies(profiles, column)
                .join(
                    frequencies(before.filter(kind), column), on=column, how="full", coalesce=True
                )
                .filter(pl.col(f"tf_{column}").ne_missing(pl.col(f"tf_{column}_right")))
            )
            holders = profiles.join(moved, on=column, how="semi")
            found.append(_sharing(matches, now, holders.select("profile", key=column)))
    return found


def _sharing(matches: pl.DataFrame, now: pl.DataFrame, keys: pl.DataFrame) -> pl.DataFrame:
    """Return the matches both of whose records have one of the keys."""
    held = (
        keys.join(now.select("profile", "identifier"), on="profile")
        .select("identifier", "key")
        .unique()
    )
    return (
        matches.select("identifier_a", "identifier_b")
        .join(held, left_on="identifier_a", right_on="identifier")
        .join(held, left_on=["identifier_b", "key"], right_on=["identifier", "key"])
        .select("identifier_a", "identifier_b")
        .unique()
    )
