"""A country as a CRM writes it is its code; what names two countries, or none, is none."""

from __future__ import annotations

import sys

import polars as pl
import pytest

from ingest.codes.countries import country, country_names


def code_of(*written):
    names = [f"field_{number}" for number in range(len(written))]
    frame = pl.DataFrame([written], schema=dict.fromkeys(names, pl.String), orient="row")
    return frame.select(country(*names)).item()


# of the names in the Debian package iso-codes; Salesforce's list has the English ones
@pytest.mark.parametrize(
    ("code", "written"),
    [
        ("DE", "Germany Deutschland GERMANY de DE DEU Allemagne ドイツ 독일 德国 德國 Đức"),
        ("CZ", "Czechia Tschechien Tschechische_Republik Czech_Republic Česko Tchéquie Czechy CZE"),
        ("GB", "United_Kingdom Great_Britain England UK GBR Vereinigtes_Königreich Royaume-Uni"),
        ("US", "United_States United_States_of_America USA U.S.A. Vereinigte_Staaten США 美国"),
        ("KR", "South_Korea Korea,_Republic_of Südkorea 韓国 한국 대한민국 KOR"),
        ("NL", "Netherlands The_Netherlands Niederlande Países_Baixos Pays-Bas Holland"),
        ("MK", "North_Macedonia Nordmazedonien Macedonia MKD"),
        ("MK", "Macedonia,_the_former_Yugoslav_Republic_of Северна_Македонија"),
        ("CI", "Côte_d'Ivoire Côte_d’Ivoire Cote_d'Ivoire Elfenbeinküste Ivory_Coast"),
        ("TR", "Turkey Türkiye Turkiye Türkei Tuerkei Turquie TUR"),
        ("AT", "Austria Österreich Oesterreich OESTERREICH Osterreich Áo Østerrike AUT"),
        ("SZ", "Eswatini Swaziland"),
        ("EE", "Estonia Estland Eesti Estónia Estônia"),
        ("JP", "日本 일본 Japan JPN"),
        ("CN", "中国 中國 중국 China"),
        ("VE", "Venezuela,_Bolivarian_Republic_of Venezuela"),
        ("XK", "Kosovo"),
    ],
)
def test_a_name_in_any_language_and_a_code_are_the_country(code, written):
    names = [name.replace("_", " ") for name in written.split()]

    assert {name: code_of(name) for name in names} == dict.fromkeys(names, code)


@pytest.mark.parametrize("written", ["Atlantis", "", "Europe", "EU", "ZZ", "n/a", None, "12"])
def test_what_names_no_country_is_none(written):
    assert code_of(written) is None


def test_a_name_of_two_countries_is_none():
    """`Nga` is Russia in Vietnamese, and Nigeria by its code of three letters."""
    assert code_of("NGA") is None
    assert code_of("Nigeria") == code_of("ng") == "NG"
    assert code_of("Russia") == "RU"


def test_accents_that_make_another_country_are_looked_at():
    assert code_of("Áo") == "AT"
    assert code_of("AO") == "AO"


def test_the_first_field_that_names_a_country_counts():
    assert code_of(None, "Italia") == "IT"
    assert code_of("??", "France") == "FR"
    assert code_of(" at ", "Italia") == "AT"


def test_every_code_stands_for_itself():
    codes = set(country_names().values())

    assert len(codes) > 245
    assert {code for code in codes if code_of(code) != code} == set()


def test_the_places_of_all_numbers_are_not_read():
    country_names.cache_clear()

    country_names()

    assert "phonenumbers.geodata" not in sys.modules
