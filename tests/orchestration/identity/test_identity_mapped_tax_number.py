"""A tax number that a source maps tells companies apart, as docs/identity.md says."""

from __future__ import annotations

import json
import re
from pathlib import Path

import duckdb
import pytest
from test_identity import resolve

from ingest.config import read_config
from ingest.loading.load import load_all

PAGE = Path(__file__).resolve().parents[3] / "docs" / "identity.md"

COMPANIES = """\
Record ID,Company name,Company Domain Name,VAT number
201,Berg GmbH,berg.de,DE 123.456.789
202,Berg GmbH,berg.de,DE987654321
203,Berg GmbH,,de-123456789
"""

CONTACT = {
    "id": "101",
    "properties": {"email": "anna@wolf.example", "firstname": "Anna", "lastname": "Wolf"},
    "associations": {"companies": {"results": [{"id": "202", "type": "contact_to_company"}]}},
}


@pytest.fixture
def resolved(tmp_path: Path) -> duckdb.DuckDBPyConnection:
    """Return a warehouse of the sources that the page shows, resolved."""
    shown = next(
        block
        for block in re.findall(r"```yaml\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
        if "tax_number" in block
    )
    (tmp_path / "sources.yml").write_text(f"company: {{name: Reader}}\n{shown}", "utf-8")
    for name, content in (
        ("crm/contacts.json", json.dumps({"results": [CONTACT]})),
        ("companies/companies.csv", COMPANIES),
    ):
        file = tmp_path / "landing" / "hubspot" / name
        file.parent.mkdir(parents=True)
        file.write_text(content, "utf-8")
    con = duckdb.connect()
    results = load_all(con, read_config(tmp_path / "sources.yml"), tmp_path)
    assert [(one.status, one.message) for one in results] == [("loaded", None)] * 2
    resolve(con)
    return con


def test_companies_of_two_mapped_tax_numbers_stay_two(resolved):
    customers = dict(
        resolved.execute(
            "select identifier, customer_id from identity.identifier_map where is_current"
        ).fetchall()
    )
    # one number in two spellings joins, whatever else they do not share
    assert customers["account:hubspot:201"] == customers["account:hubspot:203"]
    assert customers["account:hubspot:201"] == customers["tax_number:DE123456789"]
    assert customers["account:hubspot:202"] == customers["tax_number:DE987654321"]
    assert customers["account:hubspot:201"] != customers["account:hubspot:202"]
    # what they share belongs to neither
    assert customers["domain:berg.de"] not in {
        customers["account:hubspot:201"], customers["account:hubspot:202"]
    }  # fmt: skip
    assert resolved.execute(
        "select distinct account_customer_id from identity.person_accounts "
        "where person_customer_id = ?",
        [customers["contact:hubspot:101"]],
    ).fetchall() == [(customers["account:hubspot:202"],)]


def test_what_a_tax_number_refuses_is_asked_with_its_evidence(resolved):
    (question,) = resolved.execute(
        "select reason_code, reason, identifiers, evidence, status from identity.review_queue "
        "where list_contains(identifiers, 'domain:berg.de')"
    ).fetchall()
    assert question == (
        "different_people",
        "domain:berg.de is shared by people who are not one: it joins only those whose names "
        "agree.",
        ["domain:berg.de", "account:hubspot:201", "account:hubspot:202"],
        "2 identifiers; account",
        "open",
    )
    assert resolved.execute(
        "select identifier_a, evidence, status from identity.edges "
        "where identifier_b = 'domain:berg.de' order by all"
    ).fetchall() == [
        ("account:hubspot:201", "account: different_people", "stopped"),
        ("account:hubspot:202", "account: different_people", "stopped"),
    ]
