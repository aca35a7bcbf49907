"""Which kind of evidence an identifier is, the odd ones among them."""

from __future__ import annotations

import polars as pl
import pytest

from models_ml.identity import load_guards
from models_ml.identity.screening import kind_of


@pytest.mark.parametrize(
    ("kind", "identifiers"),
    [
        ("email", ["email:a@firm.de", "email:a:b@firm.de", "email:"]),
        ("mailbox", ["email:info@firm.de", "email:INFO+berlin@firm.de", "email:a@mailinator.com"]),
        ("phone", ["phone:+49 30 123"]),
        ("domain", ["domain:firm.de"]),
        # a name of one's own on a site of many, and what only ends like one
        ("domain", ["domain:berg.myshopify.com", "domain:berg.github.io", "domain:myfacebook.com"]),
        (
            "blocked",
            ["domain:facebook.com", "domain:de-de.facebook.com", "domain:m.facebook.com",
             "domain:uk.linkedin.com", "domain:sites.google.com", "domain:myshopify.com"],
        ),
        ("email", ["email:anna@linkedin.com"]),
        ("user_id", ["user_id:shop:7", "user_id:"]),
        (
            "blocked",
            ["email:noreply@firm.de", "phone:", "phone:0000000", "phone:12", "domain:gmail.com",
             "domain:test", "user_id:shop:NULL", "user_id:a:-1", "social:x:guest", "device:0"],
        ),
        (
            "blocked",
            ["tax_number:NA", "tax_number:APPLIEDFOR", "tax_number:0", "tax_number:123456789",
             "tax_number:ATU00000000", "tax_number:DE999999999", "tax_number:BE0999999999",
             "tax_number:NL000000000B01", "tax_number:136696E08", "tax_number:HRB12345"],
        ),
        (
            "tax_number",
            ["tax_number:DE136695976", "tax_number:ESB58378431", "tax_number:NL004495445B01",
             "tax_number:556188840400", "tax_number:HRB12345MUENCHEN", "tax_number:RO18189442"],
        ),
        # what names no company may be the number of a customer
        ("user_id", ["user_id:shop:123456789", "user_id:shop:12", "user_id:shop:anna"]),
        # a record is not blocked, whatever it is called, and neither is what nobody knows
        (
            "record",
            ["contact:null", "lead:test", "müller:1", "mailbox:x", "EMAIL:a@b.de", ":x", ""],
        ),
    ],
)  # fmt: skip
def test_the_kind_of_an_identifier(kind: str, identifiers: list[str]):
    rows = pl.DataFrame({"identifier": identifiers})

    found = rows.select(kind=kind_of(load_guards()))["kind"].to_list()

    assert found == [kind] * len(identifiers)
