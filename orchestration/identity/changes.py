"""``raw`` and the fingerprint of the last run in, what has come since out.

Of every batch of rows all that identity resolution reads is hashed. Rows that were changed or are
gone, another rule, key or decision: then nothing that was kept holds, and the run starts anew.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import duckdb
import polars as pl

from ingest.contracts import CONTRACTS, Contract
from ingest.from_contracts.schema import raw_table
from orchestration.identity.rows import RECORDS
from orchestration.identity.sightings import is_person
from orchestration.identity.threads import Sizes

VERSION = "21"
"""Of what is kept between runs, and of how it follows from the evidence; another one starts anew,
as does another Polars, whose hashes block keys are."""

_STATED_BY_RECORDS = {
    "first_name", "last_name", "birth_date", "email", "phone", "mobile", "company", "account_ref",
    "street", "city", "postal_code", "name", "domain", "website", "tax_number", "billing_street",
    "billing_city", "billing_postal_code", "billing_country", "shipping_street", "shipping_city",
    "shipping_postal_code", "merged_into_ref", "converted_contact_ref", "converted_at",
}  # fmt: skip
_UNREADABLE_IN = "attributes"
_OTHER_IDENTIFIER = ("id_type", "id_value", "first_seen_at", "last_seen_at")
_LINEAGE = ("record_key", "record_hash", "source", "occurred_at", "recorded_at", "file", "position")

FINGERPRINTS = pl.Schema(
    {"entity": pl.String(), "batch_id": pl.String(), "fingerprint": pl.String()}
)


@dataclass(frozen=True, slots=True)
class Changes:
    """What is new.

    Parameters
    ----------
    fingerprints
        Of everything there is now.
    batches
        Entities and their batches that came since the last run; None if it must start anew.
    """

    fingerprints: pl.DataFrame
    batches: dict[str, list[str]] | None


def changes(con: duckdb.DuckDBPyConnection, sizes: Sizes, *rules: object) -> Changes:
    """Compare all that resolution rests on with the last run.

    Parameters
    ----------
    sizes
        Of ``table_sizes``: to ask fifty empty tables takes as long as to read a small company's
        rows.
    rules
        What else it rests on: guards, key, decisions, how likeness is scored.
    """
    rows = [
        row
        for contract in CONTRACTS.values()
        if sizes.get(("raw", contract.name)) != 0 and _columns_of_people(contract)
        for row in con.execute(_fingerprint(contract)).fetchall()
    ]
    settings = con.execute(
        "select max(value) from meta.settings where name = 'company_domains'"
    ).fetchone()
    rest = hashlib.sha256(repr((VERSION, pl.__version__, settings, *rules)).encode()).hexdigest()
    now = pl.DataFrame([*rows, ("rules", None, rest)], schema=FINGERPRINTS, orient="row")
    before = con.execute("from identity.read_batches").pl().select(FINGERPRINTS.names())
    gone = before.join(now, on=FINGERPRINTS.names(), how="anti", nulls_equal=True)
    came = now.join(before, on=FINGERPRINTS.names(), how="anti", nulls_equal=True)
    entities = set(came["entity"])
    # a new colleague was a customer until now
    if before.is_empty() or not gone.is_empty() or entities & {"rules", "agent"}:
        return Changes(now, None)
    new = came.group_by("entity").agg("batch_id").sort("entity")
    return Changes(now, dict(new.iter_rows()))


def _columns_of_people(contract: Contract) -> list[str]:
    """Return the columns that say who is who."""
    stated = _STATED_BY_RECORDS if contract.name in RECORDS else set()
    if contract.name == "agent":
        stated = {"email", "phone"}
    own = [
        column.name
        for column in contract.columns
        if column.identifier or is_person(column) or column.name in stated
    ]
    if contract.name == "interaction":
        own.append("direction")
    return own


def read_columns(contract: Contract) -> list[str]:
    """Return all columns of an entity that resolution reads."""
    extra = ["merged_into_ref"] if contract.name in RECORDS else []
    if contract.name == "identifier":
        # the other one it states: a pair of type and value, so no column of it is an identifier
        extra += _OTHER_IDENTIFIER
    if contract.name == "contact":
        extra.append(_UNREADABLE_IN)
    if contract.name in ("interaction", "web_event"):
        extra.append("is_bot")
    return list(dict.fromkeys([*_columns_of_people(contract), *extra, *_LINEAGE]))


def _fingerprint(contract: Contract) -> str:
    # what is in attributes is in the hash of the record as well, and longer than all others
    read = (name for name in read_columns(contract) if name != _UNREADABLE_IN)
    hashed = ", ".join(f'"{name}"' for name in read)
    return (
        f"select '{contract.name}', batch_id, "  # noqa: S608
        f"count(*) || '-' || sum(hash({hashed})::hugeint) from {raw_table(contract.name)} "
        "group by batch_id"
    )
