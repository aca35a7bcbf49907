"""Raw tables are checked against their contracts, and asked again when any row has changed."""

from __future__ import annotations

import pytest

from orchestration import contract_checks, warehouse
from orchestration.contract_checks import check_contracts
from orchestration.contracts_kept import KEPT
from orchestration.home import Home
from tests.dbt.scratch_warehouse import insert_rows


def put_leads(home: Home, *emails: str) -> None:
    with warehouse.connect(home) as con:
        insert_rows(
            con,
            {"lead": [{"lead_id": f"crm:{n}", "email": one} for n, one in enumerate(emails, 1)]},
        )


def change(home: Home, sql: str) -> None:
    with warehouse.connect(home) as con:
        con.execute(sql)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Return the entities of each time that Great Expectations was asked."""
    times: list[list[str]] = []
    validated = contract_checks._validated

    def recorded(home, frames, questions):
        times.append(sorted(frames))
        return validated(home, frames, questions)

    monkeypatch.setattr(contract_checks, "_validated", recorded)
    return times


def test_a_broken_row_is_found_each_time_and_a_sound_table_is_asked_once(
    home: Home, asked: list[list[str]]
):
    put_leads(home, "ann@example.com", "not an address")
    for _ in range(2):
        (broken,) = check_contracts(home)
        assert not broken.passed
        assert [one.check_name for one in broken.results if not one.passed] == [
            "contract_regex_email"
        ]
    assert asked == [["lead"], ["lead"]]

    change(home, "delete from raw.lead where email not like '%@%'")
    first = check_contracts(home)
    again = check_contracts(home)

    assert first[0].passed
    assert again == first
    assert asked[2:] == [["lead"]]
    assert (home.data_docs / "index.html").is_file()


@pytest.mark.parametrize(
    "statement",
    [
        "update raw.lead set email = 'bob@example.com' where lead_id = 'crm:1'",
        "update raw.lead set email = 'nobody' where lead_id = 'crm:1'",
        "delete from raw.lead where lead_id = 'crm:2'",
    ],
)
def test_any_changed_row_is_looked_at(home: Home, monkeypatch: pytest.MonkeyPatch, statement: str):
    looked = []
    monkeypatch.setattr(
        contract_checks, "_validated", lambda home, frames, _: looked.append(list(frames)) or []
    )
    put_leads(home, "ann@example.com", "bo@example.com")
    check_contracts(home)
    (home.data_docs / "index.html").touch()
    check_contracts(home)
    assert len(looked) == 1

    change(home, statement)
    check_contracts(home)

    assert looked == [["lead"], ["lead"]]


def spoiled(home: Home, how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = home.data_docs / KEPT
    if how == "the pages are gone":
        (home.data_docs / "index.html").unlink()
    elif how == "half a file":
        kept.write_text(kept.read_text()[:-9])
    else:
        more = [{"kind": "regex", "column": "record_key", "pattern": ".+"}]
        monkeypatch.setattr(contract_checks, "asked_of", lambda _: more)


@pytest.mark.parametrize("how", ["the pages are gone", "half a file", "another question"])
def test_what_was_kept_is_asked_anew_where_it_says_nothing(
    home: Home, monkeypatch: pytest.MonkeyPatch, how: str
):
    looked = []
    monkeypatch.setattr(
        contract_checks, "_validated", lambda home, frames, _: looked.append(list(frames)) or []
    )
    put_leads(home, "ann@example.com")
    check_contracts(home)
    (home.data_docs / "index.html").touch()

    spoiled(home, how, monkeypatch)
    check_contracts(home)

    assert looked == [["lead"], ["lead"]]
