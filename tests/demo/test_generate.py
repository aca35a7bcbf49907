"""The whole folder: same seed same bytes, sizes, settings, key."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
import yaml

from demo.generate import INTERACTION_KINDS, NotADemoHome, generate
from demo.sizes import SIZES


def _digests(home: Path) -> dict[str, str]:
    return {
        str(path.relative_to(home)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(home.rglob("*"))
        if path.is_file()
    }


def test_the_same_seed_gives_the_same_bytes_in_every_file(home: Path, tmp_path: Path) -> None:
    generate(tmp_path, SIZES["xs"], seed=3)
    assert _digests(tmp_path) == _digests(home)


def test_another_seed_gives_other_bytes(home: Path, tmp_path: Path) -> None:
    generate(tmp_path, SIZES["xs"], seed=4)
    first, second = _digests(home), _digests(tmp_path)
    assert first["landing/web/events-2025-03.jsonl.gz"] != second.get(
        "landing/web/events-2025-03.jsonl.gz"
    )
    assert first["identity.key"] != second["identity.key"]


def test_a_second_run_leaves_nothing_of_the_first(tmp_path: Path) -> None:
    (tmp_path / "truth").mkdir()
    stray = tmp_path / "landing" / "crm" / "old.csv"
    stray.parent.mkdir(parents=True)
    stray.write_text("old")
    records = generate(tmp_path, SIZES["xs"], seed=3)
    assert not stray.exists()
    assert 1_000 < sum(records[kind] for kind in INTERACTION_KINDS) < 5_000


def test_the_files_of_a_real_company_are_never_deleted(tmp_path: Path) -> None:
    export = tmp_path / "landing" / "crm" / "leads.csv"
    export.parent.mkdir(parents=True)
    export.write_text("ours")
    with pytest.raises(NotADemoHome, match="landing"):
        generate(tmp_path, SIZES["xs"], seed=3)
    assert export.read_text() == "ours"


def test_the_settings_of_a_real_company_are_never_overwritten(tmp_path: Path) -> None:
    settings = tmp_path / "sources.yml"
    settings.write_text("company: {name: Real}\n")
    with pytest.raises(NotADemoHome, match=r"sources\.yml"):
        generate(tmp_path, SIZES["xs"], seed=3)
    assert settings.read_text() == "company: {name: Real}\n"


def test_the_key_is_64_hexadecimal_characters_that_only_the_owner_reads(home: Path) -> None:
    key = home / "identity.key"
    assert len(bytes.fromhex(key.read_text().strip())) == 32
    assert key.stat().st_mode & 0o777 == 0o600


def test_every_file_belongs_to_exactly_one_source_and_every_source_has_files(home: Path) -> None:
    sources = yaml.safe_load((home / "sources.yml").read_text())["sources"]
    landing = home / "landing"
    owners: dict[Path, list[str]] = {path: [] for path in landing.rglob("*") if path.is_file()}
    for name, source in sources.items():
        files = [path for path in landing.glob(source["path"]) if path.is_file()]
        assert files, f"{name} matches no file"
        for path in files:
            owners[path].append(name)
    assert {str(path): names for path, names in owners.items() if len(names) != 1} == {}


def test_every_file_name_carries_its_date(home: Path) -> None:
    undated = {"slack/users.json", "slack/channels.json"}
    for path in (home / "landing").rglob("*"):
        name = path.relative_to(home / "landing").as_posix()
        if path.is_file() and name not in undated:
            assert "2024-" in name or "2025-" in name or "2026-" in name
