"""Which Python the Makefile builds ``.venv`` from."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

Installed = Callable[..., Path]


@pytest.fixture
def installed(tmp_path: Path) -> Installed:
    """Return a maker of interpreters that say how they were compiled and of which version."""

    def make(folder: str, arguments: str, version: tuple[int, int]) -> Path:
        says = (
            "import collections, sys, sysconfig; "
            f"sysconfig.get_config_vars()['CONFIG_ARGS'] = {arguments!r}; "
            f"sys.version_info = {(*version, 0, 'final', 0)!r}; "
            "code, sys.argv = sys.argv[2], ['-c', *sys.argv[3:]]; exec(code)"
        )
        python = tmp_path / folder / "python3"
        python.parent.mkdir()
        python.write_text(f'#!/bin/sh\nexec {sys.executable} -c {shlex.quote(says)} "$@"\n')
        python.chmod(0o755)
        return python

    return make


def chosen(first: Path, system: Path, **given: str) -> str:
    """Return what ``make`` takes, with one interpreter on the path and one of the system."""
    environment = {
        **{name: value for name, value in os.environ.items() if name != "PYTHON"},
        "PATH": f"{first.parent}:{os.environ['PATH']}",
        "SYSTEM_PYTHON": str(system),
        **given,
    }
    done = subprocess.run(
        ["make", "--silent", "--eval=say: ; @echo $(PYTHON)", "say"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


QUICK, SLOW = "'--prefix=/usr' '--enable-optimizations'", "'--prefix=/root/.pyenv'"


def test_a_slow_interpreter_makes_way_for_the_one_of_the_system(installed: Installed) -> None:
    system = installed("system", SLOW, (3, 11))

    assert chosen(installed("own", SLOW, (3, 11)), system) == str(system)


def test_one_of_another_version_stays(installed: Installed) -> None:
    system = installed("system", QUICK, (3, 11))

    assert chosen(installed("own", SLOW, (3, 12)), system) == "python3"


def test_a_quick_one_stays(installed: Installed) -> None:
    system = installed("system", QUICK, (3, 11))

    assert chosen(installed("own", QUICK, (3, 11)), system) == "python3"


def test_where_the_system_has_none_the_one_of_the_path_stays(
    installed: Installed, tmp_path: Path
) -> None:
    assert chosen(installed("own", SLOW, (3, 11)), tmp_path / "none") == "python3"


def test_a_given_one_is_taken(installed: Installed) -> None:
    system = installed("system", SLOW, (3, 11))

    assert chosen(installed("own", SLOW, (3, 11)), system, PYTHON="python3.13") == "python3.13"


def test_the_asset_graph_is_opened_with_the_history_of_the_home() -> None:
    done = subprocess.run(
        ["make", "--dry-run", "--no-print-directory", "--assume-old=.venv/.synced", "dagster"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )

    # Dagster alone would keep its history in a folder that goes when it ends
    assert done.stdout.splitlines()[-1] == ".venv/bin/crm dev"
