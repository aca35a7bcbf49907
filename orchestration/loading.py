"""Landing files into ``raw``: the loader, with its progress told to the stage."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ingest.config import Config
from ingest.errors import UnknownSource
from ingest.loading.load import BatchResult, Progress, load_all
from orchestration import warehouse
from orchestration.errors import WrongUse, sentence
from orchestration.home import Home
from orchestration.runs import run_lock


def told(tell: Callable[[str], None]) -> Callable[[Progress], None]:
    """Return a listener that puts the loader's progress into words."""

    def on_progress(now: Progress) -> None:
        tell(f"{now.source}: file {now.files_done:,} of {now.files_total:,}, {now.rows:,} rows")

    return on_progress


def load_landing(
    home: Home,
    config: Config,
    *,
    only: Sequence[str] | None = None,
    replay: bool = False,
    tell: Callable[[str], None] = lambda _: None,
) -> list[BatchResult]:
    """Load what is new in ``landing/``.

    Parameters
    ----------
    only
        Names of sources; None means all.
    replay
        Read every file that is still there again.
    tell
        Told in a few words what is being read.

    Raises
    ------
    WrongUse
        If ``only`` names a source that ``sources.yml`` does not have.
    """
    run_lock.hold(home)
    with warehouse.connect(home) as con:
        try:
            return load_all(con, config, home.folder, only=only, progress=told(tell), replay=replay)
        except UnknownSource as error:
            raise WrongUse(sentence(error)) from error
