"""One tax number in many spellings is one; the numbers are examples of python-stdnum."""

from __future__ import annotations

import duckdb
import pytest
from test_identity import add, people, raw, resolve, template, warehouse  # noqa: F401

from orchestration.identity.tax_numbers import one_spelling


def spelling(written: str) -> str | None:
    """Return the one spelling of a number."""
    found = duckdb.execute(
        f"select {one_spelling('written')} from (select ?::varchar as written)", [written]
    ).fetchone()
    return found[0] if found else None


@pytest.mark.parametrize(
    ("number", "written"),
    [
        ("DE136695976", ["DE 136,695 976", "de-136.695.976", "USt-IdNr. DE136695976"]),
        (
            "DE136695976",
            ["VAT Reg. No.: DE136695976", "USt.-ID: DE 136695976", "UStID DE136695976"],
        ),
        ("ATU13585627", ["AT U13585627", "AT13585627", "U13585627", "UID-Nr. ATU 13585627"]),
        ("BE0428759497", ["BE 428759497", "BE (0)428.759.497", "BTW BE 0428.759.497"]),
        ("CHE107787577", ["CHE-107.787.577 IVA", "CHE-107.787.577", "UID: CHE-107.787.577 MWST"]),
        ("EL094259216", ["GR 094259216", "EL 94259216", "ΑΦΜ: EL094259216"]),
        ("FR303265045", ["Fr 40 303 265 045", "N° TVA intracommunautaire : FR40303265045"]),
        ("GB980780684", ["GB 980 7806 84", "XI 980780684"]),
        ("HU12892312", ["HU-12892312", "HU 12892312-2-41"]),
        ("NL004495445B01", ["NL4495445B01", "004495445.B.01", "BTW-nr. NL 004495445 B01"]),
        ("NO995525828", ["NO 995 525 828 MVA", "995525828MVA"]),
        ("SE5561888404", ["SE 556188-8404 01", "VAT no. SE556188840401"]),
        ("ESB58378431", ["ES B-58378431", "B58378431", "CIF: B-58.378.431"]),
        ("PL8567346215", ["PL 856-734-62-15", "NIP: PL8567346215"]),
        ("946012345", ["EIN 94-6012345", "94-6012345", "946012345.0"]),
    ],
)
def test_a_number_has_one_spelling(number: str, written: list[str]):
    assert [spelling(one) for one in written] == [number] * len(written)


def test_what_no_country_is_written_before_gets_none():
    written = ["136 695 976", "12/345/67890", "HRB 136695"]

    assert [spelling(one) for one in written] == ["136695976", "1234567890", "HRB136695"]
    assert [spelling(one) for one in ("-", "", " ")] == [None] * 3


def test_companies_are_joined_by_a_number_in_two_spellings(raw):  # noqa: F811
    add(raw, "account", "crm:1", name="Berg", tax_number="VAT No. GR 94259216")
    add(raw, "account", "erp:3", name="Wolf", tax_number="el094259216")
    # the same digits in another country
    add(raw, "account", "erp:4", name="Serra", tax_number="PT 094259216")
    resolve(raw)

    assert people(raw) == {
        frozenset({"account:crm:1", "account:erp:3", "tax_number:EL094259216"}),
        frozenset({"account:erp:4", "tax_number:PT094259216"}),
    }


def test_what_stands_for_a_missing_number_neither_joins_nor_parts(raw):  # noqa: F811
    add(raw, "account", "crm:1", name="Berg GmbH", domain="berg.de", tax_number="applied for")
    add(raw, "account", "erp:1", name="Berg AG", domain="berg.de", tax_number="n/a")
    add(raw, "account", "erp:2", name="Wolf AG", domain="wolf.de", tax_number="applied for")
    resolve(raw)

    assert {frozenset(one) for one in people(raw) if len(one) > 1} == {
        frozenset({"account:crm:1", "account:erp:1", "domain:berg.de"}),
        frozenset({"account:erp:2", "domain:wolf.de"}),
    }


def test_digits_are_of_the_country_of_their_record(raw):  # noqa: F811
    companies = [
        ("crm:1", "Berg GmbH", "DE136695976", None),
        ("erp:1", "Wolf", "136 695 976", "DE"),
        ("shop:1", "Kurz", "136.695.976", None),
        ("crm:2", "Dubois", "FR40303265045", None),
        ("erp:2", "Martin", "303 265 045", "FR"),
        ("erp:3", "Petit", "40 303 265 045", "FR"),
        ("erp:4", "Morel", "303265045 00019", "FR"),
        ("crm:3", "Pappas", "EL 094259216", None),
        ("erp:5", "Nikolaou", "94259216", "GR"),
        ("crm:4", "Murphy", "IE6433435F", None),
        ("erp:6", "Kelly", "6433435-F", "IE"),
        # an American one of the same digits, with the country written or not
        ("crm:5", "Smith", "22-1234567", "US"),
        ("erp:7", "Santos", "221234567", "PT"),
    ]
    for key, name, number, country in companies:
        add(raw, "account", key, name=name, tax_number=number, billing_country=country)
    resolve(raw)

    assert people(raw) == {
        frozenset(
            {"account:crm:1", "account:erp:1", "account:shop:1"}
            | {"tax_number:DE136695976", "tax_number:136695976"}
        ),
        frozenset(
            {"account:crm:2", "account:erp:2", "account:erp:3", "account:erp:4"}
            | {"tax_number:FR303265045", "tax_number:303265045"}
        ),
        frozenset({"account:crm:3", "account:erp:5", "tax_number:EL094259216"}),
        frozenset(
            {"account:crm:4", "account:erp:6", "tax_number:IE6433435F", "tax_number:6433435F"}
        ),
        frozenset({"account:crm:5", "tax_number:US221234567"}),
        frozenset({"account:erp:7", "tax_number:PT221234567"}),
        # whose it is, is asked
        frozenset({"tax_number:221234567"}),
    }


def test_digits_of_no_form_of_the_country_get_no_letters(raw):  # noqa: F811
    # Italian numbers have eleven digits
    add(raw, "account", "crm:1", name="Berg", tax_number="DE136695976", billing_country="IT")
    add(raw, "account", "erp:1", name="Berg", tax_number="136695976", billing_country="IT")
    add(raw, "account", "erp:2", name="Berg", tax_number="HRB 136695 B", billing_country="DE")
    resolve(raw)

    assert people(raw) == {
        frozenset({"account:crm:1", "tax_number:DE136695976"}),
        frozenset({"account:erp:1", "tax_number:136695976"}),
        frozenset({"account:erp:2", "tax_number:HRB136695B"}),
    }


@pytest.mark.parametrize("placeholder", ["123456789", "12345678", "000000000", "999999999"])
@pytest.mark.parametrize("country", ["DE", "BE", "AT", "XK"])
def test_letters_make_no_placeholder_a_number(raw, placeholder: str, country: str):  # noqa: F811
    for key, name in (("crm:1", "Berg"), ("crm:2", "Wolf")):
        stated = {"tax_number": placeholder, "billing_country": country}
        add(raw, "account", key, name=name, **stated)
    resolve(raw)

    assert people(raw) == {frozenset({"account:crm:1"}), frozenset({"account:crm:2"})}


def test_a_country_that_comes_later_gives_its_letters_to_the_number(raw):  # noqa: F811
    add(raw, "account", "crm:1", name="Berg", tax_number="DE136695976", batch_id="b1")
    add(raw, "account", "erp:1", name="Wolf", tax_number="136695976", batch_id="b1")
    resolve(raw)

    assert people(raw) == {
        frozenset({"account:crm:1", "tax_number:DE136695976"}),
        frozenset({"account:erp:1", "tax_number:136695976"}),
    }

    add(
        raw, "account", "erp:1", 1, name="Wolf", tax_number="136695976", billing_country="DE",
        batch_id="b2",
    )  # fmt: skip
    resolve(raw, 2)

    assert people(raw) == {
        frozenset(
            {"account:crm:1", "account:erp:1", "tax_number:136695976", "tax_number:DE136695976"}
        )
    }
