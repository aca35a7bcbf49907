"""The simulated company's files, written by a process of its own."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time

from rich.console import Console

from orchestration.dbt import prepared
from orchestration.errors import Refused, WrongUse
from orchestration.home import Home
from orchestration.runs import run_lock


def clear(home: Home) -> None:
    """Remove an earlier demo from the home.

    Raises
    ------
    WrongUse
        If the home is not a demo's: nobody's own data is deleted or mixed with simulated data.
    """
    if home.sources_file.exists() and not home.truth.is_dir():
        raise WrongUse(
            f"{home.folder} is the home of real data (it has a sources.yml and no truth/): "
            "name another folder for the demo with --home."
        )
    run_lock.hold(home)
    for path in (
        home.landing, home.truth, home.models, home.published_folder, home.data_docs,
        home.folder / "tmp",
    ):  # fmt: skip
        shutil.rmtree(path, ignore_errors=True)
    for path in home.folder.glob("warehouse.duckdb*"):
        path.unlink(missing_ok=True)


def simulate(home: Home, console: Console, *, size: str, seed: int) -> None:
    """Write the company's landing files, ``sources.yml`` and planted truth into the home.

    Raises
    ------
    Refused
        If the simulation fails; its own last line says why.
    """
    clear(home)
    home.use()
    started = time.perf_counter()
    command = [sys.executable, "-m", "demo", "--home", str(home.folder), "--size", size]
    child = subprocess.Popen(
        [*command, "--seed", str(seed)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
    )
    # a checkout's first run waits 13 s for dbt to read its project, each run 7 s for imports;
    # neither needs data
    preparation = prepared.start()
    with console.status("[dim]simulating a company[/]", spinner="line"):
        import orchestration.cli.warm_up  # noqa: F401

        output, _ = child.communicate()
        # if it fails, the run does the same again and says why
        preparation.communicate()
    lines = [line.strip(" │╯╰─╮╭") for line in output.strip().splitlines()]
    if child.returncode:
        said = next((line for line in reversed(lines) if line), "it said nothing")
        if child.returncode == 2:
            raise WrongUse(said)
        raise Refused(f"The simulation failed: {said}")
    console.print(
        f"[green]✓[/] {'simulation':<28} {time.perf_counter() - started:>7.1f} s"
        f"{'':>19}[dim]{lines[-1] if lines else ''}[/]",
        highlight=False,
        soft_wrap=True,
    )
