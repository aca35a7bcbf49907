"""What cannot be asked or decided is refused in one sentence, and nothing changes."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

import pytest
from repair_commands import SOURCES, crm, customer, everything, refused, run
from test_identity import add

from orchestration import warehouse
from orchestration.errors import WarehouseLocked
from orchestration.home import Home
from orchestration.identity import decisions


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["explain", "c_0123456789abcdef", "contact:crm:1"], "was never given to a customer"),
        (["explain", "", "contact:crm:1"], "An empty text names nobody"),
        (["explain", "contact:crm:1", "contact:crm:1"], "the same identifier"),
        (["explain", "nobody@x.de", "contact:crm:1"], "email:nobody@x.de is no identifier"),
        (["join", "contact:crm:3", "nobody@x.de", "--reason", "r"], "is no identifier"),
        (["join", "contact:crm:3", "contact:crm:1"], 'add --reason "…"'),
        (["join", "contact:crm:3", "contact:crm:1", "--reason", "  "], 'add --reason "…"'),
        (["join", "contact:crm:1", "contact:crm:1", "--reason", "r"], "the same identifier"),
        (["split", "contact:crm:1", "noreply@firm.de", "--reason", "r"], "is no identifier"),
        (["split", "contact:crm:1", "contact:crm:1", "--reason", "r"], "the same identifier"),
        (["revoke", "d_0099", "--reason", "r"], "There is no decision d_0099"),
        (["review", "r_nothing"], "There is no case r_nothing"),
        (["review", "r_nothing", "--accept", "--reject"], "not both"),
        (["review", "--accept", "--reason", "r"], "Name the case"),
    ],
)
def test_wrong_use_is_one_sentence_and_changes_nothing(home: Home, arguments: list[str], says: str):
    before = everything(home)

    result = crm(home, *arguments)

    assert result.exit_code == 2, result.output
    assert says in result.stderr
    assert result.stderr.count("\n") == 1
    assert everything(home) == before


def test_a_reason_that_is_no_text_is_refused(home: Home):
    said = refused(home, "join", "contact:crm:3", "contact:crm:2", "--author", "m\udcfcller")

    assert "The author is no text in UTF-8" in said


def test_nobody_decides_without_a_name(home: Home, monkeypatch: pytest.MonkeyPatch):
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(os, "getuid", lambda: 4_000_001)
    pair = ("join", "contact:crm:3", "contact:crm:2")

    assert "add --author NAME" in refused(home, *pair, "--author", "  ")
    assert crm(home, *pair, "--reason", "r", "--author", " maria ").exit_code == 0
    assert decisions.read_decisions(home)[0].author == "maria"


def test_what_a_decision_parts_cannot_be_joined_directly_or_over_others(home: Home):
    crm(home, "split", "lead:crm:9", "contact:crm:1", "--reason", "two sisters")

    assert "d_0001 keeps" in refused(home, "join", "lead:crm:9", "contact:crm:1")
    assert "d_0001 says so already" in refused(home, "split", "contact:crm:1", "lead:crm:9")
    run(home, 2)
    assert "d_0001 keeps" in refused(home, "join", "lead:crm:9", "user_id:shop:7")


def test_what_decisions_join_cannot_be_split_before_they_are_taken_back(home: Home):
    crm(home, "join", "contact:crm:3", "contact:crm:1", "--reason", "one")
    run(home, 2)

    assert "joined by decision (d_0001)" in refused(home, "split", "contact:crm:3", "contact:crm:1")
    crm(home, "revoke", "d_0001", "--reason", "wrong")
    assert "d_0001 holds no longer" in refused(home, "revoke", "d_0001")


def test_what_a_join_made_one_cannot_be_split_by_any_of_its_names(home: Home):
    old, kept = customer(home, "contact:crm:3"), customer(home, "contact:crm:1")
    crm(home, "join", "contact:crm:3", "anna@new.de", "--reason", "one")
    says = "joined by decision (d_0001)"

    assert says in refused(home, "split", "contact:crm:3", "user_id:shop:7")
    run(home, 2)

    assert customer(home, "contact:crm:3") == customer(home, "user_id:shop:7") == kept
    assert says in refused(home, "split", str(old), str(kept))
    # what the join had no part in can still be parted
    assert crm(home, "split", "lead:crm:9", "contact:crm:1", "--reason", "r").exit_code == 0
    run(home, 3)
    assert customer(home, "lead:crm:9") not in {None, kept}
    assert customer(home, "contact:crm:3") == kept
    # and the two themselves once the join is taken back, before a run or after it
    crm(home, "revoke", "d_0001", "--reason", "wrong")
    assert crm(home, "split", str(old), str(kept), "--reason", "r").exit_code == 0
    run(home, 4)
    assert (customer(home, "contact:crm:3"), customer(home, "contact:crm:1")) == (old, kept)


def test_joins_that_wait_for_a_run_count_when_the_next_is_drawn(home: Home):
    crm(home, "split", "lead:crm:9", "contact:crm:1", "--reason", "two sisters")
    run(home, 2)
    crm(home, "join", "contact:crm:3", "anna@new.de", "--reason", "one")

    assert "d_0001 keeps" in refused(home, "join", "lead:crm:9", "contact:crm:3")


def test_a_person_is_not_made_part_of_a_company(home: Home):
    with warehouse.connect(home) as con:
        add(con, "account", "crm:A1", domain="firm.de", name="Firm GmbH")
        add(con, "ticket", "desk:1", requester_ref="email:info@firm.de")
    run(home, 2)

    for person in ("contact:crm:1", "anna@firm.de", "user_id:shop:7"):
        assert "a company and a person" in refused(home, "join", person, "account:crm:A1")
    # a mailbox of everybody there is nobody's, so it may be the company's
    assert crm(home, "join", "info@firm.de", "domain:firm.de", "--reason", "r").exit_code == 0
    run(home, 3)
    assert customer(home, "email:info@firm.de") == customer(home, "account:crm:A1")


def test_during_a_run_the_question_waits_for_its_end(home: Home, monkeypatch: pytest.MonkeyPatch):
    def locked(*_: object, **__: object) -> None:
        raise WarehouseLocked("held open: close it there")

    monkeypatch.setattr(warehouse, "connect", locked)
    with home.run_lock.open("w") as lock:
        lock.write("4711")
        lock.flush()
        assert "close it there" in crm(home, "review").stderr
        fcntl.flock(lock, fcntl.LOCK_EX)

        result = crm(home, "explain", "contact:crm:1", "contact:crm:2")

    assert result.exit_code == 1
    assert "Another run is at work" in result.stderr
    assert "(PID 4711): wait until it has ended" in result.stderr


def test_a_home_without_customers_is_refused(tmp_path: Path):
    (tmp_path / "sources.yml").write_text(SOURCES)

    result = crm(Home(tmp_path), "explain", "a@x.de", "b@x.de")

    assert result.exit_code == 1
    assert "run `crm run` first" in result.stderr
