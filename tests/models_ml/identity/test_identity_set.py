"""A file of people with truth, judged by the command that strangers use."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.identity_set import main

PEOPLE = """\
id;given ;surname;by;bm;bd;mail;who
1;Ylva;Okonkwo;1980;3;9;ylva@okonkwo.example;org-7-a
2;Ylva;Okonkwo;1980;3;9;;org-7-b
3;Bruno;Ekström;1971;12;1;NA;org-8-a
4;Bruno;Ekström;1971;12;91;;org-8-b
5;Ada;Lindqvist;NA;NA;NA;ada@lindqvist.example;org-9-a
"""

READ = [
    "--separator", ";", "--truth", "who", "--truth-pattern", "org-([0-9]+)", "--null", "NA",
    "--column", "first_name=given", "--column", "last_name=surname", "--column", "email=mail",
    "--column", "birth_date=by+bm+bd", "--date-format", "%Y-%m-%d",
]  # fmt: skip


@pytest.fixture
def people(tmp_path: Path) -> str:
    """Return the path of five records of three people."""
    file = tmp_path / "people.csv"
    file.write_text(PEOPLE, "utf-8")
    return str(file)


def test_records_of_one_person_are_counted_as_pairs(people, capsys):
    assert main([people, *READ, "--show", "3"]) == 0

    found = json.loads(capsys.readouterr().out)
    assert (found["records"], found["people"], found["records_not_loaded"]) == (5, 3, 0)
    assert (found["true_pairs"], found["our_pairs"], found["right_pairs"]) == (2, 2, 2)
    assert (found["precision"], found["recall"], found["f1"]) == (1.0, 1.0, 1.0)
    assert (found["missed"], found["wrong"]) == ([], [])


def test_what_was_missed_is_shown_with_what_it_states(people, capsys):
    main([people, "--separator", ";", "--truth", "who", "--truth-pattern", "org-([0-9]+)",
          "--column", "first_name=given", "--show", "1"])  # fmt: skip

    found = json.loads(capsys.readouterr().out)
    assert (found["our_pairs"], found["recall"]) == (0, 0.0)
    (pair,) = found["missed"]
    assert {record["first_name"] for record in pair} in ({"Ylva"}, {"Bruno"})


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--truth", "cluster"], "has no column 'cluster'; it has id, given, surname"),
        (["--truth", "who"], "has none of our columns (first_name, last_name"),
        (["--truth", "who", "--column", "name=given"], "'name' is none of our columns"),
        (["--truth", "who", "--column", "given"], "must be OURS=THEIRS"),
        (["--truth", "mail", "--column", "first_name=given"], "2 of 5 records have no truth"),
        (["--truth", "who", "--truth-pattern", "("], "one part in parentheses"),
    ],
)
def test_what_cannot_be_judged_is_said_in_one_sentence(people, capsys, arguments, sentence):
    with pytest.raises(SystemExit) as ended:
        main([people, "--separator", ";", *arguments])

    assert ended.value.code == 2
    assert sentence in capsys.readouterr().err.replace("\n", " ")


def test_a_file_that_is_not_there_is_named(tmp_path, capsys):
    with pytest.raises(SystemExit):
        main([str(tmp_path / "nowhere.csv"), "--truth", "who"])

    assert "nowhere.csv cannot be read" in capsys.readouterr().err


def test_numbers_without_a_country_code_are_of_the_country_that_is_named(tmp_path, capsys):
    file = tmp_path / "calls.csv"
    file.write_text(
        "first_name,last_name,phone,who\n"
        "Ylva,Okonkwo,0151 40918273,1\nYlva,Okonkwo,+49 151 40918273,1\n",
        encoding="utf-8",
    )

    def joined(country: str) -> int:
        assert main([str(file), "--truth", "who", "--country", country]) == 0
        return json.loads(capsys.readouterr().out)["our_pairs"]

    assert (joined("de"), joined("fr")) == (1, 0)
