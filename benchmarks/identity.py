"""What identity resolution costs, in full and for a day's rows, beside Splink alone.

    python -m benchmarks.identity [SIZE …]

A size is a number of identifiers (default 10000 100000); each is measured in a process of its own.
With 113500 the number of contacts passes a power of two on the day, and everybody is resolved anew.
Prints JSON: CPU seconds and peak memory of a run over everything, of a day of 1 % new rows, of a
second run over everything (whose customers must be the same), and, on the same contacts, of Splink
with its own tutorial's comparisons and learnt weights; F1 of both against the planted persons.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import subprocess
import sys
import time
from datetime import date

import duckdb
import polars as pl

from benchmarks.identity_truth import agreement
from ingest.schema import create_schemas_and_tables
from orchestration.identity import resolve_identities

KEY = bytes(range(32))
SPLINK_UP_TO = 1_000_000
"""Identifiers up to which Splink alone is measured. It learns from all pairs of one birth date,
three million of them at a million identifiers and seventy million at five."""

IDENTIFIERS_OF_A_CONTACT = 1.725

_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", nargs="*", type=int, default=[10_000, 100_000])
    parser.add_argument("--unchecked", action="store_true", help="no second run over everything")
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        print(json.dumps(measure(arguments.one, is_checked=not arguments.unchecked)))
        return
    runs = []
    for size in arguments.sizes:
        command = [sys.executable, "-m", "benchmarks.identity", "--one", str(size)]
        command += ["--unchecked"] if arguments.unchecked else []
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
        runs.append(json.loads(done.stdout.splitlines()[-1]))
    print(json.dumps({"runs": runs}, indent=2))


def measure(identifiers: int, *, is_checked: bool = True) -> dict[str, object]:
    """Return what one size costs; unchecked, the day's customers are compared with nothing."""
    con = duckdb.connect()
    create_schemas_and_tables(con)
    records = _records(identifiers)
    days = records["day"].to_numpy() == 0
    _load(con, records.filter(pl.Series(days)), "before")
    full, _ = _timed(lambda: resolve_identities(con, key=KEY, run_id="full"))
    _load(con, records.filter(pl.Series(~days)), "day")
    day, summary = _timed(lambda: resolve_identities(con, key=KEY, run_id="day"))
    found = _customers(con)
    checked: dict[str, object] = {"day_share_of_full": round(day / full, 4)}
    if is_checked:
        con.execute("delete from identity.read_batches")
        again, _ = _timed(lambda: resolve_identities(con, key=KEY, run_id="again"))
        checked = {
            "full_again_cpu_s": again,
            "day_share_of_full": round(day / again, 4),
            "day_gives_the_same_customers": found.equals(_customers(con)),
        }
    truth = records.select(identifier=pl.format("contact:crm:{}", "id"), person_id="person")
    judged = agreement(truth, found)
    report: dict[str, object] = {
        "identifiers": summary.identifiers,
        "contacts": len(records),
        "full_cpu_s": full,
        "day_cpu_s": day,
        **checked,
        "day_passes_a_power_of_two": (int(days.sum()) - 1).bit_length()
        < (len(records) - 1).bit_length(),
        "peak_mib": _peak_mib(),
        **{name: judged[name] for name in ("f1", "precision", "recall")},
    }
    if identifiers <= SPLINK_UP_TO:
        cpu, clusters = _timed(lambda: _splink_alone(records))
        report |= {"splink_cpu_s": cpu, "splink_f1": agreement(truth, clusters)["f1"]}
    return report


def _peak_mib() -> float:
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)


def _timed(work):
    before = time.process_time()
    result = work()
    return round(time.process_time() - before, 2), result


def _customers(con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    return con.execute(
        "select identifier, customer_id from identity.identifier_map where is_current order by all"
    ).pl()


def _records(identifiers: int) -> pl.DataFrame:
    """Return contacts, two of each person in the mean, with slips; 1 in 100 came on the last day.

    A contact has its own id, mostly an address and a number that others of the person share. The
    country they live in has as many names and places whatever the size: 3,000 first names, 60,000
    family names (the most common one 2.5 %, the first thousand a quarter of all), 8,000 places.
    """
    chance = random.Random(1)
    firsts = [_name(chance, 2) for _ in range(3_000)]
    lasts = [_name(chance, 3) for _ in range(60_000)]
    rows, person = [], 0
    while len(rows) * IDENTIFIERS_OF_A_CONTACT < identifiers:
        person += 1
        first = firsts[int(len(firsts) * chance.random() ** 2.5)]
        last = lasts[int(len(lasts) * chance.random() ** 3)]
        born = date(1940 + chance.randrange(65), 1 + chance.randrange(12), 1 + chance.randrange(28))
        mail = f"{first}.{last}{chance.randrange(100)}@{chance.choice(['gmail.com', 'web.de'])}"
        phone = f"+49{chance.randrange(10**9, 10**10)}"
        place = int(8_000 * chance.random() ** 2)
        street = f"{chance.choice(lasts)}weg {chance.randrange(99)}"
        for _ in range(chance.choice([1, 1, 2, 2, 3, 3])):
            rows.append(
                (
                    len(rows), person, int(chance.random() < 0.01),
                    _slip(first, chance), _slip(last, chance),
                    born if chance.random() < 0.6 else None,
                    _slip(mail, chance) if chance.random() < 0.6 else None,
                    phone if chance.random() < 0.4 else None,
                    street if chance.random() < 0.7 else None,
                    f"Ort {place}", f"{10000 + place}",
                )
            )  # fmt: skip
    return pl.DataFrame(
        rows,
        schema=["id", "person", "day", "first_name", "last_name", "birth_date", "email", "phone",
                "street", "city", "postal_code"],
        orient="row",
    )  # fmt: skip


def _name(chance: random.Random, syllables: int) -> str:
    return "".join(
        chance.choice("bdfghklmnprstvw") + chance.choice("aeiou") for _ in range(syllables)
    ).capitalize()


def _slip(text: str, chance: random.Random) -> str:
    if chance.random() > 0.07:
        return text
    place = chance.randrange(1, len(text))
    return text[:place] + chance.choice(_LETTERS) + text[place + chance.choice([0, 1]) :]


def _load(con: duckdb.DuckDBPyConnection, records: pl.DataFrame, batch: str) -> None:
    rows = records.drop("person", "day").with_columns(
        record_key=pl.format("crm:{}", "id"), email=pl.col("email").str.to_lowercase()
    )
    con.register("new_records", rows.to_arrow())
    con.execute(
        "insert into raw.contact by name select * exclude (id), id::varchar as contact_id, "
        "'crm' as source, record_key as source_record_id, record_key as record_hash, "
        f"'contacts.csv' as file, id as position, '{batch}' as batch_id, "
        "timestamp '2025-01-01' + interval (id) second as occurred_at, "
        "timestamp '2025-01-01' + interval (id) second as recorded_at, "
        "timestamp '2025-01-01' as known_at, timestamp '2026-01-01' as ingested_at, "
        "false as is_deleted from new_records"
    )
    con.unregister("new_records")


def _splink_alone(records: pl.DataFrame) -> pl.DataFrame:
    """Return the clusters of Splink's own tutorial: its comparisons, weights learnt by EM."""
    import splink.comparison_library as cl
    from splink import Linker, SettingsCreator, block_on
    from splink.backends.duckdb import DuckDBAPI

    settings = SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="id",
        comparisons=[
            cl.NameComparison("first_name"),
            cl.NameComparison("last_name"),
            cl.DateOfBirthComparison("birth_date", input_is_string=True),
            cl.ExactMatch("city").configure(term_frequency_adjustments=True),
            cl.EmailComparison("email"),
        ],
        blocking_rules_to_generate_predictions=[
            block_on("first_name", "city"), block_on("last_name", "city"), block_on("email"),
            block_on("birth_date", "last_name"), block_on("phone"),
        ],
    )  # fmt: skip
    engine = DuckDBAPI()
    given = records.drop("person", "day").with_columns(pl.col("birth_date").cast(pl.String))
    linker = Linker(engine.register(given.to_arrow()), settings, log_level="ERROR")
    training = linker.training
    training.estimate_probability_two_random_records_match(
        [block_on("first_name", "last_name", "birth_date"), block_on("email")], recall=0.6
    )
    training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    for rule in (block_on("birth_date"), block_on("first_name", "last_name")):
        training.estimate_parameters_using_expectation_maximisation(rule)
    scores = linker.inference.predict(threshold_match_probability=0.8)
    clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(scores, 0.95)
    found = pl.DataFrame(pl.from_arrow(clusters.as_pyarrow_table()))
    return found.select(
        identifier=pl.format("contact:crm:{}", "id"),
        customer_id=pl.col("cluster_id").cast(pl.String),
    )


if __name__ == "__main__":
    main()
