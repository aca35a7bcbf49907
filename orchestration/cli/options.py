"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

HomeOption = Annotated[
    Path | None,
    typer.Option(
        "--home",
        metavar="DIR",
        help="Home folder: sources.yml, landing/, the warehouse. Default: $CRM_HOME, else ./data.",
        show_default=False,
    ),
]
