"""Every format has its page, and what the pages show works."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from ingest.config import company, read, read_config, sources
from ingest.contracts import CONTRACTS, LINEAGE
from ingest.sources import FORMATS

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "sources"
PAGES = sorted(page for page in FOLDER.glob("*.md") if page.name != "README.md")
SHARED = {"tsv": "csv", "jsonl": "json"}

ENTRY = ("format", "path")


def page_of(format_: str) -> Path:
    """Return the page of a format; relatives share one."""
    name = format_.split(".")[0]
    return FOLDER / f"{SHARED.get(name, name)}.md"


def examples(page: Path) -> list[str]:
    """Return the blocks of a page that show a sources.yml, or one entry of it."""
    blocks = re.findall(r"^```ya?ml\n(.*?)^```", page.read_text(), flags=re.MULTILINE | re.DOTALL)
    return [whole for block in blocks if (whole := complete(block)) is not None]


def complete(block: str) -> str | None:
    """Return the sources.yml that a block is or belongs to, None if it is something else."""
    value = yaml.safe_load(block)
    if not isinstance(value, dict):
        return None
    if "sources" in value:
        return block
    if set(ENTRY) <= set(value):
        value = {"example": value}
    entries = [entry for entry in value.values() if isinstance(entry, dict)]
    if entries and all("format" in entry for entry in entries):
        return yaml.safe_dump({"sources": value}, allow_unicode=True)
    return None


KNOWN = (
    set(CONTRACTS)
    | {column.name for contract in CONTRACTS.values() for column in contract.columns}
    | {value for contract in CONTRACTS.values() for c in contract.columns for value in c.allowed}
    | {column.name for column in LINEAGE}
)
"""Entities, their columns, and the values that columns allow."""


def what_becomes(page: Path) -> str:
    """Return the section "What becomes what", with its subsections."""
    section = re.search(
        r"^## what becomes what[^\n]*\n(.*?)(?=^## |\Z)",
        page.read_text(),
        flags=re.MULTILINE | re.DOTALL | re.IGNORECASE,
    )
    assert section is not None, f"{page.name} has no section 'What becomes what'"
    return section.group(1)


def promised(section: str) -> set[str]:
    """Return the names that rows of the section's tables begin their second cell with."""
    rows = [cells(row) for row in section.splitlines() if row.startswith("|")]
    firsts = [re.match(r"\s*`([a-z_]+)`", row[1]) for row in rows]
    return {first.group(1) for first in firsts if first is not None}


def cells(row: str) -> list[str]:
    return re.split(r"(?<!\\)\|", row.strip())[1:-1]


@pytest.mark.parametrize("format_", FORMATS)
def test_every_format_has_a_page_that_begins_with_its_name(format_: str) -> None:
    text = page_of(format_).read_text()

    assert text.startswith("# ")
    assert format_ in text


@pytest.mark.parametrize("format_", FORMATS)
def test_the_page_of_a_format_shows_an_entry_of_it(format_: str) -> None:
    shown = {
        entry["format"].split(".")[0]
        for example in examples(page_of(format_))
        for entry in yaml.safe_load(example)["sources"].values()
    }

    assert format_.split(".")[0] in shown


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_entry_that_a_page_shows_is_accepted(page: Path, tmp_path: Path) -> None:
    for number, example in enumerate(examples(page)):
        file = tmp_path / f"{number}.yml"
        file.write_text(example)
        assert read_config(file).sources


def test_the_index_shows_every_key_of_the_file(tmp_path: Path) -> None:
    (example,) = examples(FOLDER / "README.md")
    file = tmp_path / "sources.yml"
    file.write_text(example)

    shown = yaml.safe_load(example)
    assert read_config(file).company.fiscal_year_start_month == 4
    assert set(shown) == set(read.KEYS)
    assert set(shown["company"]) == set(company.KEYS)
    (source,) = shown["sources"].values()
    text = (FOLDER / "README.md").read_text()
    named = set(source) | set(re.findall(r"`([a-z_]+)`", text))
    assert named >= {*sources.KEYS, *sources.TABLE_KEYS}


@pytest.mark.parametrize(
    "page", sorted({page_of(format_) for format_ in FORMATS}), ids=lambda page: page.stem
)
def test_every_entity_and_column_that_a_page_promises_has_a_contract(page: Path) -> None:
    section = what_becomes(page)

    assert any(line.startswith("|") for line in section.splitlines())
    assert promised(section) - KNOWN == set()
    assert set(re.findall(r"`([a-z_]+)`", section)) & set(CONTRACTS)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_page_is_in_the_index(page: Path) -> None:
    assert f"({page.name})" in (FOLDER / "README.md").read_text()
