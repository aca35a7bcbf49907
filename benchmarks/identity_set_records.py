"""Files that say who is who in; their records under our names of columns, with the truth, out."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import polars as pl

COLUMNS = {
    "contact": ("first_name", "last_name", "birth_date", "email", "phone", "mobile", "street",
                "city", "postal_code"),
    "account": ("name", "domain", "website", "tax_number", "billing_street", "billing_city",
                "billing_postal_code", "billing_country"),
}  # fmt: skip
"""What is compared of a record of each entity; further columns of a file tell nothing."""

ROW, TRUTH = "row", "truth"


class Unusable(Exception):
    """The file or what is said of it cannot be used; the message says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Set:
    """Records of a file and how to read them.

    Parameters
    ----------
    truth
        Column of which two records of one person have the same value.
    columns
        Our column, and the columns of the file that it is made of. Columns of the file that have
        our names need not be named.
    truth_pattern
        Expression whose group is the part of ``truth`` that counts.
    nulls
        Texts that stand for what is not stated, beside the empty one.
    """

    files: tuple[Path, ...]
    truth: str
    columns: dict[str, list[str]]
    entity: str = "contact"
    truth_pattern: str | None = None
    date_format: str | None = None
    separator: str | None = None
    nulls: tuple[str, ...] = ()
    country: str | None = None


def read_records(given: Set) -> pl.DataFrame:
    """Return the rows of all files as text: our columns, ``row`` and ``truth``."""
    ours = COLUMNS[given.entity]
    unknown = sorted(set(given.columns) - set(ours))
    if unknown:
        raise Unusable(
            f"{unknown[0]!r} is none of our columns; of each {given.entity} there are "
            f"{', '.join(ours)}"
        )
    parts = []
    for file in given.files:
        raw = _read(file, given)
        columns = {name: [name] for name in ours if name in raw.columns} | given.columns
        for name in [given.truth, *(source for sources in columns.values() for source in sources)]:
            if name not in raw.columns:
                raise Unusable(f"{file} has no column {name!r}; it has {', '.join(raw.columns)}")
        if not columns:
            raise Unusable(
                f"{file} has none of our columns ({', '.join(ours)}); name them with --column "
                f"OURS=THEIRS; it has {', '.join(raw.columns)}"
            )
        parts.append(
            raw.select(
                *(
                    pl.concat_str(
                        sources, separator="-" if name == "birth_date" else " ", ignore_nulls=True
                    )
                    .replace("", None)
                    .alias(name)
                    for name, sources in columns.items()
                ),
                truth=_truth(given),
            )
        )
    records = pl.concat(parts, how="diagonal").with_row_index(ROW)
    gaps = records.filter(pl.col(TRUTH).is_null())
    if len(gaps):
        raise Unusable(
            f"{len(gaps)} of {len(records)} records have no truth in {given.truth!r}, the first is "
            f"record {gaps[ROW][0] + 1}; give who is alone a value of its own"
        )
    return records


def _read(file: Path, given: Set) -> pl.DataFrame:
    separator = given.separator or ("\t" if file.suffix == ".tsv" else ",")
    try:
        raw = pl.read_csv(file, infer_schema=False, separator=separator, encoding="utf8-lossy")
    except (OSError, pl.exceptions.PolarsError) as error:
        raise Unusable(f"{file} cannot be read: {str(error).splitlines()[0]}") from error
    return raw.rename(str.strip).with_columns(
        pl.all().str.strip_chars().replace(dict.fromkeys(["", *given.nulls]))
    )


def _truth(given: Set) -> pl.Expr:
    column = pl.col(given.truth)
    return column.str.extract(given.truth_pattern, 1) if given.truth_pattern else column
