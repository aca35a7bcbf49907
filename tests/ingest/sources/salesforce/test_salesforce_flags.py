"""Salesforce's flags: 1 and 0 in the weekly export and in Data Loader, true and false elsewhere."""

from __future__ import annotations

import csv
import re
from typing import Any

import pytest

from ingest.contracts import CONTRACTS
from ingest.loading.load_source import load_source
from ingest.source import Source
from ingest.sources.salesforce.reading import OBJECTS

FLAG = re.compile(r"(Person)?(Is|Has|Do)[A-Z]|Incoming$")
WITH_FLAGS = [each for each in OBJECTS if any(map(FLAG.match, each.fields))]
WRITTEN = {"1": True, "0": False, "true": True, "false": False, "TRUE": True, "FALSE": False}


def value_of(of: str, field: str, flag: str, number: int) -> str:
    """Return a value that a field of this name can have."""
    if FLAG.match(field):
        return flag
    if field.endswith(("Date", "Modstamp", "Time")):
        return "2024-01-05T10:20:30.000Z"
    # of histories only these fields make rows
    changed = {"OpportunityFieldHistory": "StageName", "CaseHistory": "Status"}
    if field == "Field" and of in changed:
        return changed[of]
    return f"x{number}" if field == "Id" else "1"


def written(path: Any, fields: list[str], flags: tuple[str, str]) -> Any:
    """Write two records: every flag of the first is set, none of the second."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="") as file:
        csv.writer(file).writerows(
            [
                fields,
                *(
                    [value_of(path.stem, f, flag, n) for f in fields]
                    for n, flag in enumerate(flags)
                ),
            ]
        )
    return path


def said(outcome: Any) -> dict[str, list[dict[str, Any]]]:
    """Return the rows with flags as what they mean."""
    found = {}
    for entity, rows in outcome.rows.items():
        flags = {c.name for c in CONTRACTS[entity].columns if c.type == "boolean"} | {"is_deleted"}
        found[entity] = [
            {name: WRITTEN.get(str(value), value) if name in flags else value
             for name, value in row.items() if name != "attributes"}
            for row in rows
        ]  # fmt: skip
    return found


@pytest.mark.parametrize("native", WITH_FLAGS, ids=lambda each: each.name)
@pytest.mark.parametrize("is_person", [False, True])
def test_flags_of_every_object_are_the_same_as_numbers_and_as_words(
    read, tmp_path, native, is_person
):
    # an account is a person or not, in both records
    fields = [name for name in native.fields if is_person or name != "IsPersonAccount"]
    as_words, as_numbers, as_capitals = (
        read("salesforce", written(tmp_path / folder / f"{native.name}.csv", fields, flags))
        for folder, flags in (
            ("w", ("true", "false")), ("n", ("1", "0")), ("c", ("TRUE", "FALSE")),
        )
    )  # fmt: skip

    assert as_words.rows
    assert said(as_numbers) == said(as_words) == said(as_capitals)
    assert as_numbers.reasons() == as_words.reasons()


@pytest.mark.parametrize(("yes", "no"), [("1", "0"), ("true", "false")])
def test_flags_are_loaded_as_what_they_mean(warehouse, landing, put, yes, no):
    put("sf/Opportunity.csv", "Id,Name,StageName,IsWon,IsClosed,IsDeleted\n"
        f"0061,A,Won,{yes},{yes},{no}\n0062,B,Lost,{no},{yes},{yes}\n")  # fmt: skip
    put("sf/Contact.csv", "Id,LastName,HasOptedOutOfEmail,DoNotCall,IsDeleted\n"
        f"0031,Paz,{yes},{no},{no}\n0032,Fox,{no},{yes},{yes}\n")  # fmt: skip
    put("sf/Lead.csv", "Id,LastName,Company,Status,HasOptedOutOfEmail,DoNotCall,IsDeleted\n"
        f"00Q1,Paz,A,Open,{yes},{no},{no}\n00Q2,Fox,A,Open,{no},{yes},{yes}\n")  # fmt: skip
    source = Source(name="sf", format="salesforce", path="sf/*", namespace="crm")

    assert load_source(warehouse, source, landing).rows_quarantined == 0
    assert warehouse.execute(
        "select is_won, is_closed, is_deleted from raw.opportunity order by record_key"
    ).fetchall() == [(True, True, False), (False, True, True)]
    for entity in ("contact", "lead"):
        assert warehouse.execute(
            f"select has_opted_out_of_email, do_not_call, is_deleted from raw.{entity} "
            "order by record_key"
        ).fetchall() == [(True, False, False), (False, True, True)]
