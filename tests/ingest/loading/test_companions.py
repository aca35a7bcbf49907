"""What is understood together is read together, whatever arrives first."""

from __future__ import annotations

from pathlib import Path

from ingest.loading.companions import reread_folders
from ingest.loading.landing import LandedFile
from ingest.source import Source


def landed(folder: Path, name: str) -> LandedFile:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("")
    return LandedFile(name, file)


def source(format_: str) -> Source:
    return Source(name="s", format=format_, path="**/*", namespace="s")


def test_a_new_table_has_those_beside_it_read_again(tmp_path: Path) -> None:
    new = landed(tmp_path, "export/deal.csv")

    assert reread_folders(source("fivetran.hubspot"), [new]) == {tmp_path / "export"}


def test_zendesks_users_have_the_folders_beside_and_below_them_read_again(tmp_path: Path) -> None:
    landed(tmp_path, "day/comments/1.json")
    users = landed(tmp_path, "day/users.json")
    tickets = landed(tmp_path, "day/tickets.json")

    found = reread_folders(source("zendesk"), [users])
    assert found == {tmp_path / "day", tmp_path / "day" / "comments"}
    assert reread_folders(source("zendesk"), [tickets]) == frozenset()
    for name in ("groups.json", "brands.json"):
        assert reread_folders(source("zendesk"), [landed(tmp_path, f"day/{name}")]) == found


def test_a_queue_log_has_the_call_records_beside_it_read_again(tmp_path: Path) -> None:
    new = landed(tmp_path, "march/queue_log.1")
    calls = landed(tmp_path, "march/Master.csv")

    assert reread_folders(source("asterisk_cdr"), [new, calls]) == {tmp_path / "march"}
    assert reread_folders(source("asterisk_cdr"), [calls]) == frozenset()


def test_other_formats_read_nothing_again_for_their_neighbours(tmp_path: Path) -> None:
    assert reread_folders(source("email"), [landed(tmp_path, "a.eml")]) == frozenset()
