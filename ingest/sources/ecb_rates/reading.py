"""Euro reference rates of the European Central Bank in; ``fx_rate`` rows from EUR out.

``eurofxref.csv`` and ``eurofxref-hist.csv`` have one line a day and a column for each currency,
``eurofxref-daily.xml`` and ``eurofxref-hist.xml`` a ``Cube`` a day. A position is a day's place
in the file. A rate says how much of the currency one euro is worth, as the ECB quotes it; ``N/A``
and currencies that a file leaves out give no row.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from ingest.options import Options
from ingest.parsed import REJECTED_SCHEMA, Parsed, UnreadableFile
from ingest.readers import TableRequest
from ingest.readers.delimited import read_delimited
from ingest.readers.limited import limited_blocks
from ingest.source import Source
from ingest.sources.ecb_rates.xml import rate_cubes
from ingest.sources.rejects import PAYLOAD_CHARACTERS

OPTIONS: Options = {}

MAX_BYTES = 64 << 20
"""Default limit of a file's decompressed size; the whole history since 1999 has 8 MB as XML."""

NOT_QUOTED = ("", "N/A", "-")

_CELLS = {
    "position": pl.Int64(),
    "day": pl.String(),
    "currency": pl.String(),
    "rate": pl.String(),
}


def parse(path: Path, source: Source) -> Iterator[Parsed]:
    """Yield the rates of ``path``.

    Raises
    ------
    UnreadableFile
        If it is neither of the two tables, larger than 64 MB, or XML with a document type.
    """
    max_bytes = int(source.options.get("max_bytes", MAX_BYTES))
    head = next(limited_blocks(path, max_bytes), b"").lstrip(b"\xef\xbb\xbf \t\r\n")
    if not head:
        raise UnreadableFile("is empty")
    if head.startswith(b"PK\x03\x04"):
        raise UnreadableFile("is a zip archive; unpack it into landing/")
    if head.startswith((b"<", b"\xff\xfe<", b"\xfe\xff\x00<")):
        for cubes in rate_cubes(path, max_bytes):
            cells = pl.DataFrame(cubes.cells, schema=_CELLS, orient="row")
            yield _parsed(cells, cubes.read, [])
        return
    yield from _table(path, source, max_bytes)


def _table(path: Path, source: Source, max_bytes: int) -> Iterator[Parsed]:
    limits = {k: source.options[k] for k in ("max_line_bytes",) if k in source.options}
    options = {**limits, "max_bytes": max_bytes}
    request = TableRequest(entity="fx_rate", used=(), options=options)
    for chunk in read_delimited(path, request, ","):
        names = [name for name in chunk.frame.columns if not name.startswith("$")]
        currencies = [name for name in names[1:] if not name.startswith("column_")]
        if not names or names[0].lower() != "date" or not currencies:
            raise UnreadableFile(
                "has no columns Date, USD, JPY and so on; land eurofxref.csv, eurofxref-hist.csv "
                "or their XML as the ECB publishes them"
            )
        cells = chunk.frame.select(
            pl.col("$position").alias("position"), pl.col(names[0]).alias("day"), *currencies
        ).unpivot(on=currencies, index=["position", "day"], variable_name="currency",
                  value_name="rate")  # fmt: skip
        yield _parsed(cells, chunk.read, [chunk.rejected])


def _parsed(cells: pl.DataFrame, read: int, rejected: list[pl.DataFrame]) -> Parsed:
    """Turn cells (``position``, ``day``, ``currency``, ``rate``, as text) into rates."""
    text = pl.col("rate").str.strip_chars()
    day = pl.col("day").str.strip_chars()
    date = pl.coalesce(day.str.to_date(f, strict=False) for f in ("%Y-%m-%d", "%d %B %Y"))
    rates = cells.sort("position", "currency").with_columns(
        rate_date=pl.when(date.dt.year().is_between(1999, 2100)).then(date),
        is_quoted=~text.is_in(NOT_QUOTED).fill_null(value=True),
        value=pl.when(text.str.contains(r"^\d+(?:\.\d+)?$")).then(
            text.cast(pl.Float64, strict=False)
        ),
    )
    no_day = rates["rate_date"].is_null()
    is_rate = pl.col("value").is_finite() & (pl.col("value") > 0)
    is_code = pl.col("currency").str.contains(r"^[A-Z]{3}$")
    dated = rates.filter(~no_day)
    quoted = dated.filter("is_quoted")
    good = (is_rate & is_code).fill_null(value=False)
    without = dated.filter(~pl.col("is_quoted").any().over("position")).unique(
        "position", maintain_order=True
    )
    shown = pl.format("{} is '{}' on {}, no rate", *(
        pl.col(name).fill_null("").str.slice(0, 40) for name in ("currency", "rate", "day")
    ))  # fmt: skip
    bad_day = pl.format("'{}' is no day", pl.col("day").fill_null("").str.slice(0, 40))
    rejected = [
        *rejected,
        _rejects(rates.filter(no_day).unique("position", maintain_order=True), "missing_date",
                 bad_day),
        _rejects(without, "no_rates", pl.lit("the day has no rate at all")),
        _rejects(quoted.filter(~good), "bad_type", shown),
    ]  # fmt: skip
    rows = quoted.filter(good).select(
        "position",
        "rate_date",
        pl.lit("EUR").alias("from_currency"),
        pl.col("currency").alias("to_currency"),
        pl.col("value").alias("rate"),
    )
    return Parsed(read=read, rows={"fx_rate": rows}, rejected=pl.concat(rejected))


def _rejects(rows: pl.DataFrame, reason_code: str, reason: pl.Expr) -> pl.DataFrame:
    payload = pl.concat_str("day", "currency", "rate", separator=",", ignore_nulls=True)
    return rows.select(
        "position",
        pl.lit("fx_rate").alias("entity"),
        pl.lit(reason_code).alias("reason_code"),
        reason.alias("reason"),
        payload.str.slice(0, PAYLOAD_CHARACTERS).alias("payload"),
    ).cast(REJECTED_SCHEMA)  # type: ignore[arg-type]
