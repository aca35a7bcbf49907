"""How well the customers of a home agree with its planted truth, pair by pair.

    python benchmarks/identity_truth.py HOME

Reads ``truth/identity.parquet`` (identifier, person_id) and ``identity.identifier_map``, prints
JSON. A pair is two identifiers of one person; precision is the share of our pairs that are
true, recall the share of the true pairs that are ours.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import duckdb
import polars as pl


def pairs(groups: pl.Series) -> int:
    """Return how many pairs groups of these sizes have."""
    return int((groups * (groups - 1) // 2).sum())


def agreement(truth: pl.DataFrame, found: pl.DataFrame) -> dict[str, float | int]:
    """Compare two groupings of identifiers.

    Parameters
    ----------
    truth
        ``identifier``, ``person_id``.
    found
        ``identifier``, ``customer_id``. Identifiers without truth are left out; those of the
        truth without a customer count as alone, so they cost recall.
    """
    both = truth.join(found, on="identifier", how="left").with_columns(
        pl.col("customer_id").fill_null("alone " + pl.col("identifier"))
    )
    alone = both.filter(pl.col("customer_id").str.starts_with("alone ")).height
    true = pairs(both.group_by("person_id").len()["len"].cast(pl.Int64))
    ours = pairs(both.group_by("customer_id").len()["len"].cast(pl.Int64))
    right = pairs(both.group_by("person_id", "customer_id").len()["len"].cast(pl.Int64))
    precision, recall = right / ours if ours else 1.0, right / true if true else 1.0
    return {
        "identifiers": len(both),
        "identifiers_without_customer": alone,
        "true_pairs": true,
        "our_pairs": ours,
        "right_pairs": right,
        "precision": round(precision, 6),
        "recall": round(recall, 6),
        "f1": round(2 * precision * recall / (precision + recall), 6) if right else 0.0,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("home", type=Path, help="home folder with warehouse.duckdb and truth/")
    home = parser.parse_args().home
    truth = pl.read_parquet(home / "truth" / "identity.parquet")
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as con:
        found = con.execute(
            "select identifier, customer_id from identity.identifier_map where is_current"
        ).pl()
        people = con.execute(
            "select count(*) from identity.customers "
            "where status = 'active' and customer_type = 'person'"
        ).fetchone()
    by_type = {
        id_type: int(count)
        for id_type, count in truth.group_by(pl.col("identifier").str.extract(r"^([^:]*):", 1))
        .len()
        .sort("identifier")
        .iter_rows()
    }
    print(
        json.dumps(
            {
                **agreement(truth, found),
                "true_people": truth["person_id"].n_unique(),
                "our_people": people[0] if people else 0,
                "identifiers_by_type": by_type,
                "limits": {"precision": 0.99, "recall": 0.90},
            },
            indent=2,
        )
    )


if __name__ == "__main__":
    main()
