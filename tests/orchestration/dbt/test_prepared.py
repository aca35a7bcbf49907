"""The dbt project is read when it has changed, and only then."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from orchestration.dbt import prepare, prepared


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a checkout with one model, prepared a moment ago."""
    (tmp_path / "dbt_project" / "models").mkdir(parents=True)
    for name in ("dbt_project.yml", "profiles.yml", "dbt_project/models/a.sql"):
        (tmp_path / name).write_text("")
    monkeypatch.setattr(prepared, "ROOT", tmp_path)
    monkeypatch.setenv("CRM_PREPARED", str(tmp_path / "prepared"))
    folder = prepared.folder()
    folder.mkdir(parents=True)
    later = time.time_ns() + 10**9
    for name in (prepared.STAMP, prepared.LOCK):
        (folder / name).touch()
    os.utime(folder / prepared.STAMP, ns=(later, later))
    return tmp_path


def later_than_the_stamp(path: Path) -> None:
    moment = time.time_ns() + 5 * 10**9
    os.utime(path, ns=(moment, moment))


def test_what_was_prepared_after_the_last_change_is_used(checkout: Path):
    assert not prepared.is_stale()
    assert prepared.up_to_date() == prepared.folder()


@pytest.mark.parametrize(
    "changed", ["dbt_project.yml", "profiles.yml", "dbt_project/models/a.sql", "dbt_project/models"]
)
def test_a_changed_file_and_a_deleted_model_make_it_stale(checkout: Path, changed: str):
    later_than_the_stamp(checkout / changed)

    assert prepared.is_stale()


def test_newer_files_that_say_the_same_are_not_read_again(checkout: Path):
    stamp = prepared.folder() / prepared.STAMP
    moment = time.time_ns() - 10**9
    stamp.write_text(prepared.digest())
    os.utime(stamp, ns=(moment, moment))
    (checkout / "dbt_project" / "models" / "a.sql").touch()

    assert not prepared.is_stale()
    assert stamp.stat().st_mtime_ns > moment
    later_than_the_stamp(checkout / "dbt_project.yml")
    assert not prepared.is_stale()


@pytest.mark.parametrize("change", ["written", "added", "deleted", "renamed"])
def test_newer_files_that_say_something_else_are(checkout: Path, change: str):
    stamp, model = prepared.folder() / prepared.STAMP, checkout / "dbt_project/models/a.sql"
    stamp.write_text(prepared.digest())
    os.utime(stamp, ns=(0, 0))

    if change == "written":
        model.write_text("select 1")
    elif change == "added":
        model.with_name("b.sql").touch()
    elif change == "deleted":
        model.unlink()
    else:
        model.rename(model.with_name("b.sql"))

    assert prepared.is_stale()


def test_another_version_of_dbt_has_its_own(checkout: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(prepared, "version", lambda package: "99.0")

    assert prepared.is_stale()


def test_a_project_that_dbt_rejects_is_refused_with_its_words(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
):
    (prepared.folder() / prepared.STAMP).unlink()
    script = "import sys; sys.stderr.write('model a: no such column'); sys.exit(1)"
    monkeypatch.setattr(
        prepared,
        "start",
        lambda: subprocess.Popen([sys.executable, "-c", script], stderr=subprocess.PIPE, text=True),
    )

    with pytest.raises(prepared.ProjectUnreadable, match="no such column; `dbt parse` in"):
        prepared.up_to_date()


def test_a_process_keeps_to_what_it_read_first(checkout: Path):
    folder = prepared.folder()
    (folder / "manifest.json").write_text(json.dumps({"nodes": {"first": {}}}))
    (folder / prepared.COMPILED).write_text(json.dumps({"first": "select 1"}))
    (folder / prepared.CHANGES).write_text("{}")
    prepared.project.cache_clear()
    try:
        read = prepared.project()
        (folder / prepared.COMPILED).write_text("{}")
        later_than_the_stamp(checkout / "profiles.yml")

        assert prepared.project() is read
        assert (set(read.manifest["nodes"]), set(read.sql)) == ({"first"}, {"first"})
    finally:
        prepared.project.cache_clear()


def test_a_model_that_cannot_be_compiled_is_named(monkeypatch: pytest.MonkeyPatch):
    node = SimpleNamespace(unique_id="model.crm.a", resource_type="model", compiled_code=None)
    broken = SimpleNamespace(status="error", node=node, message="'to_bsae' is undefined")
    monkeypatch.setattr(prepare, "dbt", lambda *_: SimpleNamespace(results=[broken]))

    with pytest.raises(prepare.DbtFailed, match=r"model\.crm\.a: 'to_bsae' is undefined"):
        prepare.compiled(None, [])
