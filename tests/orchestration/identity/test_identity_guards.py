"""A company's own guards: read from its home, in force with the next run, shown by a command."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from test_identity import KEY, LATER, add, people, tables, template, warehouse  # noqa: F401
from typer.testing import CliRunner, Result

from models_ml.identity import load_guards
from orchestration.cli.app import app
from orchestration.errors import WrongUse
from orchestration.home import ROOT, Home
from orchestration.identity.guards import note_role_addresses, read_guards
from orchestration.identity.resolve import resolve_identities

Open = Callable[[], duckdb.DuckDBPyConnection]

SOURCES = """\
sources:
  orders: {format: csv, entity: order, path: shop/*.csv, columns: {order_id: Id, placed_at: At}}
"""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    (tmp_path / "sources.yml").write_text(SOURCES)
    (tmp_path / "landing" / "shop").mkdir(parents=True)
    (tmp_path / "landing" / "shop" / "a.csv").write_text("Id,At\n1,2026-01-01\n")
    return Home(tmp_path)


def crm(home: Home, *arguments: str) -> Result:
    return CliRunner().invoke(app, [*arguments, "--home", str(home.folder)])


def run(con: duckdb.DuckDBPyConnection, home: Home, number: int) -> None:
    resolve_identities(
        con, key=KEY, run_id=f"run {number}", guards=read_guards(home), at=LATER.replace(day=number)
    )


def test_other_guards_resolve_anew_whom_they_touch(warehouse: Open, home: Home):  # noqa: F811
    con = warehouse()
    for n, name in enumerate(("Berg", "Wolf")):
        add(con, "contact", f"crm:{n}", n, first_name="Anna", last_name=name, email="desk@firm.de")
    run(con, home, 1)
    together = people(con)
    assert len(together) == 1

    home.guards_file.write_text("role_addresses: [desk]")
    run(con, home, 2)

    assert people(con) == {
        frozenset({"contact:crm:0"}),
        frozenset({"contact:crm:1"}),
        frozenset({"email:desk@firm.de"}),
    }
    state = tables(con)
    run(con, home, 3)
    assert tables(con) == state

    home.guards_file.unlink()
    run(con, home, 4)
    assert people(con) == together


def test_the_example_of_the_documentation_is_one():
    page = (ROOT / "docs" / "identity.md").read_text("utf-8")
    example = page.split("### Own guards")[1].split("```yaml\n")[1].split("```")[0]

    assert load_guards(own=example) != load_guards()


def test_a_home_without_the_file_has_the_defaults(home: Home):
    assert read_guards(home) == load_guards()


def test_marts_learn_the_role_addresses(warehouse: Open, home: Home):  # noqa: F811
    con = warehouse()
    home.guards_file.write_text("role_addresses: {replace: [desk, info]}")

    note_role_addresses(con, read_guards(home))

    assert con.execute("from meta.settings where name = 'role_addresses'").fetchall() == [
        ("role_addresses", "|desk|info|")
    ]


def test_the_guards_in_force_are_shown_with_what_is_changed(home: Home):
    home.guards_file.write_text("role_addresses: [desk]\nkinds: {phone: {max_people: 3}}\n")

    lines = crm(home, "identity", "guards").output.splitlines()

    assert [line for line in lines if "kinds.phone.max_people" in line and "default 5" in line]
    assert [line for line in lines if "role_addresses" in line and "+ desk" in line]
    changed = [line for line in lines if " + " in line or " default " in line]
    assert len(changed) == 2
    assert f"Changed by {home.guards_file}" in " ".join(lines)


@pytest.mark.parametrize("command", [["run"], ["identity", "guards"]])
@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"max_identifiers: 1", "max_identifiers must be at least 2, got 1; correct it, or leave"),
        (b"rules: 1", "rules is no rule: there are blocked"),
        (
            b"blocked: {tax_numbers: ['(?x)0 0']}",
            "blocked.tax_numbers: '(?x)0 0' is no regular expression of RE2: invalid perl",
        ),
        (
            b"blocked: {values: ['x{1001}']}",
            "blocked.values: 'x{1001}' is no regular expression of",
        ),
        (b"role_addresses: [\xff]", "is no UTF-8 text (byte 17): save it as UTF-8"),
    ],
)
def test_a_wrong_file_is_one_sentence_and_changes_nothing(
    home: Home, command: list[str], content: bytes, says: str
):
    home.guards_file.write_bytes(content)
    before = sorted(home.folder.rglob("*"))

    result = crm(home, *command)

    assert result.exit_code == 2, result.output
    assert f"{home.guards_file}" in result.stderr
    assert says in result.stderr
    assert result.stderr.count("\n") == 1
    assert sorted(home.folder.rglob("*")) == before


def test_a_file_that_may_not_be_read_is_named(home: Home):
    home.guards_file.mkdir()

    with pytest.raises(WrongUse, match=r"identity_guards\.yml cannot be read"):
        read_guards(home)
