"""``python -m demo --home DIR --size s --seed 7``: write the simulated company."""

from __future__ import annotations

import logging
import resource
import time
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.logging import RichHandler
from rich.table import Table

from demo.generate import INTERACTION_KINDS, NotADemoHome, generate
from demo.sizes import SIZES


def run(
    home: Annotated[Path, typer.Option(help="Folder to write to.", envvar="CRM_HOME")] = Path(
        "data"
    ),
    size: Annotated[str, typer.Option(help="xs, s, m or l.")] = "s",
    seed: Annotated[int, typer.Option(help="Same seed, same bytes.")] = 7,
) -> None:
    """Write a simulated company's landing files, sources.yml, identity.key and planted truth."""
    logging.basicConfig(
        level=logging.INFO, format="%(message)s", handlers=[RichHandler(show_path=False)]
    )
    if size not in SIZES:
        raise typer.BadParameter(f"size {size!r} is unknown; choose one of {', '.join(SIZES)}")
    home.mkdir(parents=True, exist_ok=True)
    started = time.perf_counter()
    try:
        records = generate(home, SIZES[size], seed)
    except NotADemoHome as refusal:
        raise typer.BadParameter(str(refusal), param_hint="--home") from None
    seconds = time.perf_counter() - started
    table = Table("records", "kind", title=f"Nordlicht, size {size}, seed {seed}")
    for kind, count in sorted(records.items()):
        table.add_row(f"{count:,}", kind)
    console = Console()
    console.print(table)
    interactions = sum(records.get(kind, 0) for kind in INTERACTION_KINDS)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    console.print(
        f"{interactions:,} interactions in {seconds:.1f} s "
        f"({interactions / seconds:,.0f} a second), peak memory {peak:,.0f} MiB"
    )


if __name__ == "__main__":
    typer.run(run)
