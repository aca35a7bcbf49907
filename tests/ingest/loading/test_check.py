"""Checking shows what a load would do, and the command does it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from ingest.__main__ import main
from ingest.config import Config
from ingest.loading.check import check_sources
from ingest.source import Collect, Company, Source

Put = Callable[[str, str | bytes], Path]
Make = Callable[..., Source]


def test_a_check_shows_rows_rejects_unmapped_columns_and_problems(
    tmp_path: Path, put: Put, contacts: Make
) -> None:
    put("a.csv", "Id,Email,Phone,Shoe size\n1,A@x.com,,44\n,b@x.com,,\n")
    config = Config(company=Company(), sources=(contacts(),))

    (check,) = check_sources(config, tmp_path)

    assert (check.files, check.files_read, check.is_complete) == (["a.csv"], 1, True)
    assert check.rows == {"contact": 1}
    assert check.preview["contact"]["email"].to_list() == ["a@x.com"]
    assert check.rejected["reason_code"].to_list() == ["missing_required"]
    assert check.unmapped == ("Shoe size",)
    assert "50% of the rows would be quarantined" in check.problems[0]
    assert list(tmp_path.iterdir()) == [tmp_path / "landing"]


def test_a_check_names_missing_files_and_columns(tmp_path: Path, put: Put, contacts: Make) -> None:
    put("a.csv", "Ident,Email\n1,a@x.com\n")
    sources = (contacts(name="a"), contacts(name="b", path="none/*"))

    first, second = check_sources(Config(company=Company(), sources=sources), tmp_path)

    assert "has no column 'Id'; did you mean Ident?" in first.rejected["reason"][0]
    assert "no file in" in second.problems[0]


def test_a_check_misses_no_file_of_what_will_be_collected_or_received(
    tmp_path: Path, contacts: Make
) -> None:
    collected = Collect(kind="hubspot", folder="a", settings={}, secrets={})
    sources = (
        contacts(name="a", path="a/*", collect=collected),
        contacts(name="b", path="b/*", is_received=True),
    )

    checks = check_sources(Config(company=Company(), sources=sources), tmp_path)

    assert [check.problems for check in checks] == [[], []]


def test_a_check_reads_no_more_than_asked(tmp_path: Path, put: Put, contacts: Make) -> None:
    for number in range(3):
        put(f"{number}.csv", "Id,Email,Phone\n1,a@x.com,\n2,b@x.com,\n")
    config = Config(company=Company(), sources=(contacts(),))

    (check,) = check_sources(config, tmp_path, max_rows=2, preview_rows=1)
    (listed,) = check_sources(config, tmp_path, max_rows=0)

    assert (check.rows, check.is_complete) == ({"contact": 2}, False)
    assert check.preview["contact"].height == 1
    assert (listed.files_read, len(listed.files)) == (0, 3)


YAML = """
sources:
  contacts: {format: csv, path: "*.csv", entity: contact, columns: {contact_id: Id}}
"""


def test_the_command_loads_and_says_what_it_did(
    tmp_path: Path, put: Put, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "sources.yml").write_text(YAML)
    put("a.csv", "Id\n1\n")
    caplog.set_level(logging.INFO)

    assert main(["--home", str(tmp_path)]) == 0
    assert main(["--home", str(tmp_path), "--replay", "--source", "contacts"]) == 0

    assert "contacts: loaded, 1 files, 1 records read, 1 rows loaded" in caplog.text
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as con:
        assert con.execute("select count(*) from raw.contact").fetchone() == (1,)


def test_the_command_ends_with_an_error_that_names_the_mistake(
    tmp_path: Path, put: Put, caplog: pytest.LogCaptureFixture
) -> None:
    assert main(["--home", str(tmp_path)]) == 2
    assert "sources.yml: there is no such file" in caplog.text

    (tmp_path / "sources.yml").write_text(YAML)
    assert main(["--home", str(tmp_path), "--source", "contcts"]) == 2
    assert "did you mean contacts?" in caplog.text

    put("a.csv", "Id\n1,2\n")
    assert main(["--home", str(tmp_path)]) == 1
    assert "malformed_line" in caplog.text
