"""Which words of a company's name tell it apart; the forms are those of ``cleanco`` and others."""

from __future__ import annotations

import polars as pl
import pytest

from models_ml.identity.organizations import core_name


def cores(*names: str) -> list[str | None]:
    return pl.DataFrame({"name": names}).select(core_name(pl.col("name"))).to_series().to_list()


@pytest.mark.parametrize(
    "forms",
    [
        ["GmbH & Co. KG", "GmbH u. Co. KG", "G.m.b.H.", "GesmbH", "Ges.m.b.H.", "gGmbH", "e.K."],
        ["UG (haftungsbeschränkt)", "PartG mbB", "SE & Co. KGaA", "e. V."],
        ["S.p.A.", "S.r.l.", "SNC", "S.A.S.", "SASU", "EURL", "Sàrl", "SCA", "BVBA", "SPRL"],
        ["Sp. z o.o.", "Sp. z.o.o.", "sp. z o. o.", "Spółka z o.o.", "Sp. z o.o. Sp. k."],
        ["spol. s r.o.", "s.r.o.", "a.s.", "d.o.o.", "d.d.", "Kft.", "Nyrt.", "Bt.", "EOOD"],
        ["S.A. de C.V.", "SA de CV", "S. de R.L. de C.V.", "S.L.U.", "Ltda.", "Lda", "S/A"],
        ["A/S", "ApS", "I/S", "K/S", "AB (publ)", "Oyj", "Ky", "ASA", "ENK", "OÜ", "UAB"],
        ["Pty Ltd", "(Pty) Ltd.", "Private Limited", "Pvt. Ltd.", "Public Limited Company", "PLLC"],
        ["Co., Ltd.", "Sdn. Bhd.", "K.K.", "Pte Ltd", "FZ-LLC", "A.Ş.", "Ltd. Şti."],
        ["ООО", "ЗАО", "株式会社", "(株)", "有限公司", "股份有限公司", "주식회사"],
    ],
)
def test_a_legal_form_does_not_tell_companies_apart(forms: list[str]):
    names = [f"Nordwind Kraft {form}" for form in forms]

    assert cores(*names) == ["nordwind kraft"] * len(forms)


def test_some_forms_stand_before_the_name():
    names = ["ООО Ромашка", "АО Ромашка", "PT Telkom Tbk", "Oy Karl Fazer Ab", "株式会社トヨタ"]

    assert cores(*names) == ["romashka", "romashka", "telkom", "karl fazer", "toyota"]


def test_what_is_a_form_elsewhere_is_a_word_of_these_names():
    names = ["PC World", "ME Bank", "HB Reavis", "AD Ports", "CV Library", "Co-operative Bank"]

    assert cores(*names) == [
        "pc world", "me bank", "hb reavis", "ad ports", "cv library", "cooperative bank"
    ]  # fmt: skip


def test_an_initial_is_a_word_and_initials_are_one():
    names = ["A. Berg GmbH", "J.P. Morgan", "J. P. Morgan", "E.ON SE", "Co-op", "The Limited"]

    assert cores(*names) == ["a berg", "jp morgan", "jp morgan", "eon", "coop", "the limited"]
