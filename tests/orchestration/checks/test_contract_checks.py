"""Raw tables are checked against their contracts, and asked again when any row has changed."""

from __future__ import annotations

import json
import re
import shutil
import sys
from pathlib import Path

import pytest

from orchestration import warehouse
from orchestration.checks import contracts as contract_checks
from orchestration.checks.contracts import check_contracts
from orchestration.checks.contracts_kept import KEPT, ContractCheck, pages_folder, results_folder
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


@pytest.fixture
def looked(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Return the entities of each time that Great Expectations would be asked; all pass."""
    times: list[list[str]] = []

    def passing(home, frames, _):
        times.append(sorted(frames))
        for name in frames:
            for folder in (results_folder(home), pages_folder(home)):
                (folder / name).mkdir(parents=True)
        (home.data_docs / "index.html").touch()
        return [ContractCheck(name, len(frame), ()) for name, frame in frames.items()]

    monkeypatch.setattr(contract_checks, "_validated", passing)
    return times


@pytest.mark.parametrize(
    "statement",
    [
        "update raw.lead set email = 'bob@example.com' where lead_id = 'crm:1'",
        "update raw.lead set email = 'nobody' where lead_id = 'crm:1'",
        "delete from raw.lead where lead_id = 'crm:2'",
    ],
)
def test_any_changed_row_is_looked_at(home: Home, looked: list[list[str]], statement: str):
    put_leads(home, "ann@example.com", "bo@example.com")
    check_contracts(home)
    check_contracts(home)
    assert len(looked) == 1

    change(home, statement)
    check_contracts(home)

    assert looked == [["lead"], ["lead"]]


def spoiled(home: Home, how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = home.data_docs / KEPT
    if how == "the pages are gone":
        (home.data_docs / "index.html").unlink()
    elif how == "its page is gone":
        shutil.rmtree(pages_folder(home) / "lead")
    elif how == "half a file":
        kept.write_text(kept.read_text()[:-9])
    elif how == "of an earlier release":
        content = json.loads(kept.read_text())
        (check,) = content["checks"]
        content["fingerprints"] = {"lead": check.pop("fingerprint")}
        kept.write_text(json.dumps(content))
    else:
        more = [{"kind": "regex", "column": "record_key", "pattern": ".+"}]
        monkeypatch.setattr(contract_checks, "asked_of", lambda _: more)


@pytest.mark.parametrize(
    "how",
    [
        "the pages are gone", "its page is gone", "half a file", "of an earlier release",
        "another question",
    ],
)  # fmt: skip
def test_what_was_kept_is_asked_anew_where_it_says_nothing(
    home: Home, looked: list[list[str]], monkeypatch: pytest.MonkeyPatch, how: str
):
    put_leads(home, "ann@example.com")
    check_contracts(home)

    spoiled(home, how, monkeypatch)
    check_contracts(home)

    assert looked == [["lead"], ["lead"]]


def test_a_run_that_is_killed_while_it_asks_is_made_up_for(
    home: Home, looked: list[list[str]], monkeypatch: pytest.MonkeyPatch
):
    put_leads(home, "ann@example.com")
    check_contracts(home)
    change(home, "update raw.lead set email = 'bob@example.com'")
    with monkeypatch.context() as patch:
        patch.setattr(contract_checks, "_validated", lambda *_: sys.exit(137))
        with pytest.raises(SystemExit):
            check_contracts(home)
    # the table is what it was when it passed, but of what the page would say nobody knows
    change(home, "update raw.lead set email = 'ann@example.com'")

    (found,) = check_contracts(home)

    assert (found.entity, found.passed) == ("lead", True)
    assert looked == [["lead"], ["lead"]]


def pages(home: Home) -> dict[str, list[str]]:
    """Return the files of each table's pages."""
    return {
        folder.name: sorted(str(page) for page in folder.rglob("*.html"))
        for folder in pages_folder(home).iterdir()
    }


def listed(home: Home) -> set[str]:
    """Return the tables that the index leads to."""
    index = (home.data_docs / "index.html").read_text()
    return set(re.findall(r"validations/(\w+)/", index))


def test_only_a_changed_table_is_asked_and_all_have_their_pages(home: Home, asked: list[list[str]]):
    put_leads(home, "ann@example.com")
    with warehouse.connect(home) as con:
        insert_rows(con, {"account": [{"account_id": "crm:1", "name": "Firm"}]})
    first, before = check_contracts(home), pages(home)

    change(home, "update raw.lead set email = 'nobody'")
    account, broken = check_contracts(home)

    assert asked == [["account", "lead"], ["lead"]]
    assert account == first[0]
    assert (broken.entity, broken.passed) == ("lead", False)
    now = pages(home)
    assert set(now) == listed(home) == {"account", "lead"}
    assert (now["account"], len(now["lead"])) == (before["account"], 1)
    assert now["lead"] != before["lead"]
    assert "nobody" in Path(now["lead"][0]).read_text()

    change(home, "delete from raw.lead")
    assert check_contracts(home) == [account]
    assert set(pages(home)) == listed(home) == {"account"}
