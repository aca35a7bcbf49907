"""``crm dev``: the asset graph in the browser."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from orchestration.cli.options import HomeOption


def dev(
    home: HomeOption = None,
    port: Annotated[int, typer.Option(help="Port on this machine.", min=1, max=65535)] = 3000,
) -> None:
    """Show the asset graph, its runs, schedules and sensors in the browser.

    Starts Dagster's own web server on the loopback address; the history of the runs lies in the
    home folder.
    """
    from orchestration.home import ROOT, Home

    Home.find(home).require().use()
    os.chdir(ROOT)
    os.execv(  # noqa: S606 - this process becomes the server, so that signals reach it
        sys.executable,
        [
            sys.executable, "-m", "dagster", "dev", "-m", "orchestration.definitions",
            "-h", "127.0.0.1", "-p", str(port),
        ],
    )  # fmt: skip
