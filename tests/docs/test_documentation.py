"""What the documentation says exists, exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import typer
import yaml

from orchestration.cli.app import app

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(
    [ROOT / "README.md", *(ROOT / "docs").rglob("*.md"), *(ROOT / "examples").rglob("README.md")]
)


def published_models() -> set[str]:
    """Return ``schema.name`` of every model of the dbt project, by its file."""
    models = ROOT / "dbt_project" / "models"
    return {
        f"{file.relative_to(models).parts[0]}.{file.stem}" for file in models.rglob("*.sql")
    } | {f"marts.{file.stem}" for file in (models / "marts").rglob("*.sql")}


def make_targets() -> set[str]:
    text = (ROOT / "Makefile").read_text()
    return set(re.findall(r"^([a-z-]+):", text, flags=re.MULTILINE))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_make_command_of_a_page_is_a_target(page: Path) -> None:
    named = set(
        re.findall(r"\bmake ([a-z-]+)", " ".join(re.findall(r"`+[^`]*`+", page.read_text())))
    )

    assert named - make_targets() == set()


def test_every_crm_command_of_a_page_is_one() -> None:
    root = typer.main.get_command(app)
    commands: dict[str, set[str]] = {
        name: set(getattr(command, "commands", {}))
        for name, command in getattr(root, "commands", {}).items()
    }
    named = {
        (page.name, *words)
        for page in PAGES
        for code in re.findall(r"```.*?```|`[^`]*`", page.read_text(), flags=re.DOTALL)
        for words in re.findall(r"(?:^|[`/$ ])crm ([a-z]+)(?: ([a-z]+))?(?![a-z=])", code)
    }

    assert {one for one in named if one[1] not in commands} == set()
    assert {
        one for one in named if one[2] and commands[one[1]] and one[2] not in commands[one[1]]
    } == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_mart_named_on_a_page_is_a_model(page: Path) -> None:
    named = set(re.findall(r"\b(?:marts|features)\.[a-z][a-z0-9_]+", page.read_text()))

    assert {name for name in named if not name.endswith("_")} - published_models() == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_file_linked_or_named_exists(page: Path) -> None:
    text = page.read_text()
    links = set(re.findall(r"\]\((?!http|#)([^)#]+)", text))
    folders = set(
        re.findall(
            r"`((?:docs|examples|ingest|models_ml|orchestration|serve|demo|benchmarks)/[^`<>*…]*)`",
            text,
        )
    )

    absent = {name for name in links if not (page.parent / name).exists()}
    absent |= {name for name in folders if not (ROOT / name).exists()}
    assert absent == set()


@pytest.mark.parametrize(
    "file", sorted((ROOT / "examples").glob("*/sources.yml")), ids=lambda file: file.parent.name
)
def test_every_example_has_its_page_and_is_yaml(file: Path) -> None:
    assert (file.parent / "README.md").exists()
    assert set(yaml.safe_load(file.read_text())) >= {"company", "sources"}
