"""Contacts in, the clusters of Splink alone out, with its own tutorial's settings.

    python -m benchmarks.identity_splink CONTACTS.parquet CLUSTERS.parquet SCRATCH

Says when each step has ended, one JSON object a line; the caller ends it when it has used up its
share of the processor.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time
from pathlib import Path

import duckdb
import polars as pl

MOST_CPU_S = 1_200
MOST_MEMORY_MIB = 7_000
"""What Splink's own DuckDB may hold; beyond that it spills to disk."""
MOST_DISK_GIB = 30


def main() -> None:
    """Cluster the contacts of one file, within the limits."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("contacts", type=Path)
    parser.add_argument("clusters", type=Path)
    parser.add_argument("scratch", type=Path, help="folder for what does not fit into memory")
    arguments = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_CPU_S, MOST_CPU_S))
    try:
        clusters(pl.read_parquet(arguments.contacts), arguments.scratch).write_parquet(
            arguments.clusters
        )
    except Exception as error:
        # Splink wraps what its database says
        if "OutOfMemoryException" not in repr(error) and "Out of Memory" not in str(error):
            raise
        _say(
            f"ended by its limit of {MOST_MEMORY_MIB} MiB of memory and {MOST_DISK_GIB} GiB of disk"
        )
        sys.exit(2)


def clusters(contacts: pl.DataFrame, scratch: Path) -> pl.DataFrame:
    """Return ``identifier`` and ``customer_id``: the tutorial's comparisons, learnt weights."""
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
    con = duckdb.connect(
        config={
            "memory_limit": f"{MOST_MEMORY_MIB}MiB",
            "temp_directory": str(scratch),
            "max_temp_directory_size": f"{MOST_DISK_GIB}GiB",
        }
    )
    given = contacts.drop("person", "day").with_columns(pl.col("birth_date").cast(pl.String))
    linker = Linker(DuckDBAPI(con).register(given.to_arrow()), settings, log_level="ERROR")
    training = linker.training
    training.estimate_probability_two_random_records_match(
        [block_on("first_name", "last_name", "birth_date"), block_on("email")], recall=0.6
    )
    training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    for rule in (block_on("birth_date"), block_on("first_name", "last_name")):
        training.estimate_parameters_using_expectation_maximisation(rule)
    _say("weights learnt")
    scores = linker.inference.predict(threshold_match_probability=0.8)
    _say("pairs scored")
    clustered = linker.clustering.cluster_pairwise_predictions_at_threshold(scores, 0.95)
    found = pl.DataFrame(pl.from_arrow(clustered.as_pyarrow_table()))
    _say("clustered")
    return found.select(
        identifier=pl.format("contact:crm:{}", "id"),
        customer_id=pl.col("cluster_id").cast(pl.String),
    )


def _say(step: str) -> None:
    print(json.dumps({"step": step, "cpu_s": round(time.process_time(), 1)}), flush=True)


if __name__ == "__main__":
    main()
