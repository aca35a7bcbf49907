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
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import yaml

from benchmarks.identity_set_records import COLUMNS, ROW, TRUTH, Set, Unusable, read_records
from benchmarks.identity_truth import agreement, over_merged
from ingest.config import read_config
from ingest.errors import IngestError
from ingest.loading.load import load_all
from orchestration.identity.resolve import resolve_identities

KEY = bytes(range(32))


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
    named = pl.format(f"{given.entity}:set:{{}}", ROW)
    truth = records.select(named.alias("identifier"), person_id=TRUTH)
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


def _load(con: duckdb.DuckDBPyConnection, given: Set, records: pl.DataFrame, home: Path) -> int:
    """Load the records into ``raw`` and return of how many there is a row."""
    (home / "landing").mkdir()
    records.drop(TRUTH).write_csv(home / "landing" / "set.csv")
    columns: dict[str, Any] = {f"{given.entity}_id": ROW}
    columns |= {name: name for name in records.columns if name in COLUMNS[given.entity]}
    if given.date_format and "birth_date" in columns:
        columns["birth_date"] = {"from": "birth_date", "format": given.date_format}
    source = {
        "format": "csv", "entity": given.entity, "path": "set.csv", "namespace": "set",
        "columns": columns,
    }  # fmt: skip
    company = {"name": "Set"}
    if given.country:
        company["default_region"] = given.country.upper()
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
        for row in records.with_columns(identifier=named).drop(ROW).to_dicts()
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
