r"""How well people or companies of a file are found again, of which it says who is who.

    python -m benchmarks.identity_set FILE [FILE …] --truth COLUMN [--column OURS=THEIRS …]

The files are loaded like any export of contacts (or accounts), in a home that is gone afterwards,
and resolved with the packaged rules. Prints JSON: sizes, precision, recall and F1 over pairs of
records, and with ``--show`` some of the pairs that were missed or are wrong. Exits with 2 and one
sentence if it cannot.

    python -m benchmarks.identity_set people.csv --truth cluster \
        --column last_name=surname --column birth_date=dob
    python -m benchmarks.identity_set dataset4a.csv dataset4b.csv \
        --truth rec_id --truth-pattern 'rec-([0-9]+)' \
        --column first_name=given_name --column last_name=surname \
        --column birth_date=date_of_birth --date-format %Y%m%d \
        --column street=street_number+address_1 --column city=suburb --column postal_code=postcode
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import yaml

from benchmarks.identity_truth import agreement, over_merged
from ingest.config import read_config
from ingest.errors import IngestError
from ingest.load import load_all
from orchestration.identity import resolve_identities

KEY = bytes(range(32))

COLUMNS = {
    "contact": ("first_name", "last_name", "birth_date", "email", "phone", "mobile", "street",
                "city", "postal_code"),
    "account": ("name", "domain", "website", "tax_number", "billing_street", "billing_city",
                "billing_postal_code"),
}  # fmt: skip
"""What is compared of a record of each entity; further columns of a file tell nothing."""

_ROW, _TRUTH = "row", "truth"


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


def judge(given: Set, show: int = 0) -> dict[str, object]:
    """Load, resolve and compare with the truth.

    Raises
    ------
    Unusable
        If a column is missing, the truth has gaps or the file cannot be loaded.
    """
    records = read_records(given)
    with tempfile.TemporaryDirectory() as folder, duckdb.connect() as con:
        loaded = _load(con, given, records, Path(folder))
        resolve_identities(con, key=KEY, run_id="set")
        found = con.sql(
            "select identifier, customer_id from identity.identifier_map where is_current"
        ).pl()
        asked = con.sql(
            "select identifiers[1] as a, identifiers[2] as b from identity.review_queue "
            "where status = 'open' and len(identifiers) = 2"
        ).pl()
    named = pl.format(f"{given.entity}:set:{{}}", _ROW)
    truth = records.select(named.alias("identifier"), person_id=_TRUTH)
    person = dict(truth.iter_rows())
    figures = agreement(truth, found)
    people = truth.group_by("person_id").len()["len"]
    answers = [person[a] == person[b] for a, b in asked.iter_rows() if a in person and b in person]
    return {
        "records": figures.pop("identifiers"),
        "records_not_loaded": len(records) - loaded,
        "people": len(people),
        "largest_person": people.max(),
        **{name: value for name, value in figures.items() if not name.startswith("identifiers")},
        **over_merged(truth, found),
        "asked": len(answers),
        "asked_and_true": sum(answers),
        **(_examples(records, truth, found, named, show) if show else {}),
    }


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
    records = pl.concat(parts, how="diagonal").with_row_index(_ROW)
    gaps = records.filter(pl.col(_TRUTH).is_null())
    if len(gaps):
        raise Unusable(
            f"{len(gaps)} of {len(records)} records have no truth in {given.truth!r}, the first is "
            f"record {gaps[_ROW][0] + 1}; give who is alone a value of its own"
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


def _load(con: duckdb.DuckDBPyConnection, given: Set, records: pl.DataFrame, home: Path) -> int:
    """Load the records into ``raw`` and return of how many there is a row."""
    (home / "landing").mkdir()
    records.drop(_TRUTH).write_csv(home / "landing" / "set.csv")
    columns: dict[str, Any] = {f"{given.entity}_id": _ROW}
    columns |= {name: name for name in records.columns if name in COLUMNS[given.entity]}
    if given.date_format and "birth_date" in columns:
        columns["birth_date"] = {"from": "birth_date", "format": given.date_format}
    source = {
        "format": "csv", "entity": given.entity, "path": "set.csv", "namespace": "set",
        "columns": columns,
    }  # fmt: skip
    company = {"name": "Set", **({"country": given.country} if given.country else {})}
    (home / "sources.yml").write_text(
        yaml.safe_dump({"company": company, "quarantine_limit": 1.0, "sources": {"set": source}})
    )
    try:
        (result,) = load_all(con, read_config(home / "sources.yml"), home)
    except IngestError as error:
        raise Unusable(str(error)) from error
    if result.status == "failed":
        raise Unusable(f"the records cannot be loaded: {result.message}")
    return result.rows_loaded


def _examples(
    records: pl.DataFrame, truth: pl.DataFrame, found: pl.DataFrame, named: pl.Expr, show: int
) -> dict[str, list[list[dict[str, Any]]]]:
    """Return the first pairs of one person that are two customers, and the other way round."""
    stated = {
        row.pop("identifier"): row
        for row in records.with_columns(identifier=named).drop(_ROW).to_dicts()
    }
    of = truth.join(found, on="identifier")
    examples = {}
    for label, same, other in (
        ("missed", "person_id", "customer_id"),
        ("wrong", "customer_id", "person_id"),
    ):
        pairs = (
            of.join(of, on=same, suffix="_b")
            .filter(
                pl.col("identifier") < pl.col("identifier_b"), pl.col(other) != pl.col(f"{other}_b")
            )
            .sort(pl.struct("identifier", "identifier_b").hash(seed=1))
            .head(show)
        )
        examples[label] = [
            [stated[a], stated[b]]
            for a, b in pairs.select("identifier", "identifier_b").iter_rows()
        ]
    return examples


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.identity_set",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    option = parser.add_argument
    option("files", nargs="+", type=Path, metavar="FILE", help="CSV or TSV with a header, UTF-8")
    option(
        "--truth",
        required=True,
        metavar="COLUMN",
        help="column whose value two records of one person, and no others, share",
    )
    option(
        "--truth-pattern",
        metavar="REGEX",
        help="the part of it that counts, in parentheses: 'rec-([0-9]+)'",
    )
    option(
        "--column",
        action="append",
        default=[],
        metavar="OURS=THEIRS[+THEIRS]",
        help="what a column of ours is made of; columns of our names need none. "
        + "; ".join(f"{entity}: {', '.join(names)}" for entity, names in COLUMNS.items()),
    )
    option("--entity", choices=COLUMNS, default="contact", help="people (default) or companies")
    option(
        "--date-format",
        metavar="FORMAT",
        help="of birth dates that are not ISO 8601: %%d.%%m.%%Y; of more columns than one, "
        "joined by a dash: %%Y-%%m-%%d",
    )
    option(
        "--null",
        action="append",
        default=[],
        metavar="TEXT",
        help="text that stands for what is not stated, such as NA; repeatable",
    )
    option("--separator", help="default: a comma, in .tsv a tab")
    option("--country", metavar="CODE", help="whose numbers have no country code: de")
    option(
        "--show",
        type=int,
        default=0,
        metavar="N",
        help="also print N pairs missed and N wrong ones, with what they state",
    )
    asked = parser.parse_args(arguments)
    columns: dict[str, list[str]] = {}
    for mapping in asked.column:
        ours, sign, theirs = mapping.partition("=")
        if not (sign and theirs):
            parser.error(f"--column {mapping!r} must be OURS=THEIRS, as in last_name=surname")
        columns[ours] = theirs.split("+")
    if asked.truth_pattern and not _has_a_group(asked.truth_pattern):
        parser.error("--truth-pattern must be an expression with one part in parentheses")
    given = Set(
        files=tuple(asked.files), truth=asked.truth, columns=columns, entity=asked.entity,
        truth_pattern=asked.truth_pattern, date_format=asked.date_format,
        separator=asked.separator, nulls=tuple(asked.null), country=asked.country,
    )  # fmt: skip
    try:
        print(json.dumps(judge(given, asked.show), indent=2, ensure_ascii=False))
    except Unusable as error:
        parser.error(str(error))
    return 0


def _has_a_group(pattern: str) -> bool:
    try:
        return re.compile(pattern).groups > 0
    except re.error:
        return False


if __name__ == "__main__":
    sys.exit(main())
