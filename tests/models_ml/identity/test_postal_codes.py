"""A postal code in many spellings is one, and letters of its own stay."""

from __future__ import annotations

import polars as pl
import pytest
from matching_cases import GUARDS, stated

from models_ml.identity.matching.postal_codes import postal_code
from models_ml.identity.matching.profiles import profiles_of


def compared(*written: str | None) -> list[str | None]:
    codes = pl.Series("code", written, dtype=pl.String)
    return codes.to_frame().select(postal_code(pl.col("code")))["code"].to_list()


@pytest.mark.parametrize(
    ("code", "written"),
    [
        ("80331", ["80331", "D-80331", "D 80331", "d - 80331", "DE-80331", "D80331", "80331.0"]),
        ("80331", ["D\N{EN DASH}80331", "８０３３１", " 80331 "]),
        ("94102", ["94102", "94102-4817", "CA 94102", "CA 94102-4817"]),
        ("SW1A1AA", ["SW1A 1AA", "sw1a1aa", "SW1A-1AA"]),
        ("B11AA", ["B1 1AA", "b11aa"]),
        ("1015CJ", ["1015 CJ", "1015cj", "NL-1015 CJ", "NL 1015CJ"]),
        ("21120", ["211 20", "SE-211 20", "S-21120", "SE21120"]),
        ("M5V3L9", ["M5V 3L9", "m5v-3l9"]),
        ("D02X285", ["D02 X285", "D02X285"]),
        ("01310000", ["01310-000", "01310000"]),
        ("1040061", ["104-0061", "１０４−００６１"]),
        # three letters are a Maltese town, a letter at the code is an Argentine province
        ("VLT1117", ["VLT 1117", "vlt1117"]),
        ("C1425DKF", ["C1425DKF"]),
        # whose nine digits these are is not said
        ("941024817", ["941024817"]),
    ],
)
def test_a_code_has_one_spelling(code: str, written: list[str]):
    assert compared(*written) == [code] * len(written)


def test_what_is_no_code_is_none():
    assert compared("", " - ", None) == [None] * 3


def test_records_are_compared_by_it():
    profiles = profiles_of(stated({"postal_code": "D-80331"}), GUARDS)

    assert profiles["postal_code"].to_list() == ["80331"]


def test_a_hostile_text_takes_no_longer():
    assert compared("A" + " -" * 50_000, "1" * 100_000 + "-") == ["A", "1" * 100_000]
