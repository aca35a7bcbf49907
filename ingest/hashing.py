"""Texts in, hashes out that are the same in every process, version and operating system."""

from __future__ import annotations

import hashlib
from pathlib import Path

import polars as pl

from ingest.engine import frame_of, scratch, shared

_READ_BYTES = 1 << 20
_YEAR_1000, _YEAR_10000 = -30_610_224_000_000_000, 253_402_300_800_000_000
"""In microseconds since 1970."""


def md5_hex(texts: pl.Series) -> pl.Series:
    """Return the MD5 of each text as 32 hex digits, null for null.

    DuckDB's, because Polars promises its own hash for one version only. MD5 is no protection
    against forgery, and none is needed: a forger would forge the record.
    """
    frame = shared(texts.to_frame("text"))
    with scratch() as con:
        con.register("frame", frame)
        hashed = frame_of(con, "select md5(text) as h from frame", len(texts))
    return hashed.to_series().alias(texts.name)


def md5_of_parts(parts: pl.DataFrame, separator: str) -> pl.Series:
    """Return per row the MD5 of its texts, each after its column's name, joined by ``separator``.

    Nulls are left out with their names. DuckDB joins and hashes a few thousand rows at a time,
    within the processor's cache: a column of joined texts is as large as all that the rows say.

    Parameters
    ----------
    parts
        Columns of texts; times stand for ``2025-06-01T07:02:38.000000``.
    """
    if parts.is_empty():
        return pl.Series("h", dtype=pl.String)
    parts = parts.with_columns(
        pl.col(name).dt.strftime("%Y-%m-%dT%H:%M:%S%.6f")
        for name, dtype in parts.schema.items()
        if isinstance(dtype, pl.Datetime) and not _are_four_digit_years(parts[name])
    )
    with scratch() as con:
        con.register("parts", shared(parts))
        query = f"select md5({_joined(parts, separator)}) as h from parts"  # noqa: S608
        hashed = frame_of(con, query, len(parts))
    return hashed.to_series()


def _are_four_digit_years(times: pl.Series) -> bool:
    """Say whether DuckDB writes the years of all ``times`` as Polars does, in half of the time."""
    epoch = times.dt.epoch("us").drop_nulls()
    return bool(epoch.is_between(_YEAR_1000, _YEAR_10000, closed="left").all())


def _joined(parts: pl.DataFrame, separator: str) -> str:
    """Return the SQL of a row's parts after their names, joined by ``separator``.

    Separator and name are one constant, for DuckDB counts and copies the pieces of every row. A
    part that may be null has to be joined with it first, so that both go: a copy that the others
    are spared.
    """
    between = f"chr({ord(separator)})"
    anchor = next((name for name in parts.columns if parts[name].null_count() == 0), None)
    text = {name: _text(name, dtype) for name, dtype in parts.schema.items()}
    if anchor is None or parts.width == 1:
        named = ", ".join(f"'{name}' || {text[name]}" for name in parts.columns)
        return f"concat_ws({between}, {named})"
    place = parts.columns.index(anchor)
    texts = [f"'{name}' || {text[name]} || {between}" for name in parts.columns[:place]]
    texts.append(f"'{anchor}', {text[anchor]}")
    for name in parts.columns[place + 1 :]:
        glue = "||" if parts[name].null_count() else ","
        texts.append(f"({between} || '{name}') {glue} {text[name]}")
    return f"concat({', '.join(texts)})"


def _text(name: str, dtype: pl.DataType) -> str:
    if isinstance(dtype, pl.Datetime):
        return f"""strftime("{name}", '%Y-%m-%dT%H:%M:%S.%f')"""
    return f'"{name}"'


def sha256_of_file(path: Path) -> str:
    """Return the SHA-256 of a file's contents as hex digits."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_READ_BYTES):
            digest.update(block)
    return digest.hexdigest()
