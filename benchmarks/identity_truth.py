"""How well the customers of a home agree with its planted truth, pair by pair and by mistake.

    python benchmarks/identity_truth.py HOME

Reads ``truth/identity.parquet`` (identifier, person_id), ``truth/identity_errors.parquet``,
``truth/organizations.parquet`` and ``identity.identifier_map``, prints JSON. A pair is two
identifiers of one person; precision is the share of our pairs that are true, recall the share of
the true pairs that are ours.
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


def over_merged(truth: pl.DataFrame, found: pl.DataFrame) -> dict[str, float | int]:
    """Return how many customers hold identifiers of more than one person."""
    persons = (
        truth.join(found, on="identifier")
        .group_by("customer_id")
        .agg(persons=pl.col("person_id").n_unique())
    )
    count = persons.filter(pl.col("persons") > 1).height
    return {
        "customers": persons.height,
        "over_merged": count,
        "over_merged_share": round(count / max(persons.height, 1), 6),
    }


def by_kind(
    errors: pl.DataFrame, truth: pl.DataFrame, found: pl.DataFrame
) -> dict[str, dict[str, float | int | bool]]:
    """Return for each kind of planted mistake what became of its pairs and of their persons.

    ``joined`` is the share of the planted pairs that are one customer: right where ``is_one``, a
    merge too many where not. Precision, recall and ``over_merged`` look at all identifiers of the
    persons concerned and of whoever shares a customer with them.
    """
    person = truth.rename({"identifier": "identifier_of"})
    figures = {}
    for (kind,), pairs in errors.group_by("kind", maintain_order=True):
        sides = pl.concat([pairs["identifier"], pairs["other_identifier"]]).unique()
        joined = (
            pairs.join(found, on="identifier", how="left")
            .join(found, left_on="other_identifier", right_on="identifier", how="left")
            .select((pl.col("customer_id") == pl.col("customer_id_right")).fill_null(value=False))
        )["customer_id"]
        concerned = person.filter(pl.col("identifier_of").is_in(sides.implode()))["person_id"]
        own = truth.filter(pl.col("person_id").is_in(concerned.implode()))
        customers = own.join(found, on="identifier")["customer_id"].unique()
        near = found.filter(pl.col("customer_id").is_in(customers.implode()))
        touched = truth.join(near.select("identifier"), on="identifier")
        figures[str(kind)] = {
            "is_one": bool(pairs["is_one"][0]),
            "pairs": len(pairs),
            "joined": round(float(joined.mean()), 4),  # type: ignore[arg-type]
            "precision": agreement(touched, found)["precision"],
            "recall": agreement(own, found)["recall"],
            "over_merged": over_merged(touched, near)["over_merged"],
        }
    return figures


def companies(truth: pl.DataFrame, found: pl.DataFrame) -> dict[str, object]:
    """Return how the accounts agree with the true organizations, second spellings by kind."""
    accounts = truth.filter(pl.col("identifier").str.starts_with("account:"))
    if accounts.join(found, on="identifier").is_empty():
        return {"resolved": False}
    first = accounts.filter(pl.col("error").is_null()).select("organization_id", one="identifier")
    second = accounts.filter(pl.col("error").is_not_null()).join(first, on="organization_id")
    pairs = (
        second.join(found, on="identifier", how="left")
        .join(found, left_on="one", right_on="identifier", how="left")
        .with_columns(joined=(pl.col("customer_id") == pl.col("customer_id_right")))
    )
    kinds = pairs.group_by("error").agg(pl.len(), pl.col("joined").fill_null(value=False).mean())
    return {
        "resolved": True,
        **agreement(accounts.rename({"organization_id": "person_id"}), found),
        "joined_by_kind": {
            kind: {"pairs": count, "joined": round(share, 4)}
            for kind, count, share in kinds.sort("error").iter_rows()
        },
    }


def judge(home: Path) -> dict[str, object]:
    """Return every figure of one home."""
    tables = {
        name: pl.read_parquet(home / "truth" / f"{name}.parquet")
        for name in ("identity", "identity_errors", "organizations")
    }
    truth = tables["identity"]
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
    return {
        **agreement(truth, found),
        **over_merged(truth, found),
        "true_people": truth["person_id"].n_unique(),
        "our_people": people[0] if people else 0,
        "identifiers_by_type": by_type,
        "by_kind": by_kind(tables["identity_errors"], truth, found),
        "companies": companies(tables["organizations"], found),
        "limits": {"precision": 0.995, "recall": 0.95, "over_merged_share": 0.002},
    }


def main() -> None:
    """Print the figures of the home given on the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("home", type=Path, help="home folder with warehouse.duckdb and truth/")
    print(json.dumps(judge(parser.parse_args().home), indent=2))


if __name__ == "__main__":
    main()
