"""The whole job in this process, and what came of it."""

from __future__ import annotations

import re
import time
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

from orchestration import warehouse
from orchestration.checks import check_results
from orchestration.checks.check_results import CheckResult
from orchestration.cli.lost_interrupts import INTERRUPTS
from orchestration.cli.progress import drawn
from orchestration.errors import Refused
from orchestration.home import Home
from orchestration.publishing import generations
from orchestration.runs import run_lock

if TYPE_CHECKING:
    import dagster as dg


MOST_SHOWN = 40
"""Failed checks listed at the end of a run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a run ended.

    Parameters
    ----------
    fault
        Why it failed where no check says so; empty otherwise.
    """

    home: Home
    run_id: str
    succeeded: bool
    failed_checks: tuple[CheckResult, ...]
    fault: str
    seconds: float

    @property
    def exit_code(self) -> int:
        """0 only if everything is published and every source was loaded."""
        loud = any(check.severity == "error" for check in self.failed_checks)
        return 0 if self.succeeded and not loud else 1

    def report(self, console: Console) -> None:
        """Say what is published and which checks failed."""
        if self.failed_checks:
            table = Table(
                "check", "on", "rows", "found", title="Checks that failed", title_justify="left"
            )
            for check in self.failed_checks[:MOST_SHOWN]:
                colour = "red" if check.blocking else "yellow"
                rows = "" if check.rows_failed is None else f"{check.rows_failed:,}"
                table.add_row(f"[{colour}]{check.check_name}[/]", check.asset, rows, check.message)
            console.print(table)
            if len(self.failed_checks) > MOST_SHOWN:
                more = len(self.failed_checks) - MOST_SHOWN
                console.print(f"and {more} more; `crm status` lists them")
        generation = generations.current(self.home)
        if self.succeeded:
            console.print(
                f"Published generation {generation} in {self.seconds:.0f} s: {self.home.published}",
                soft_wrap=True,
            )
            return
        if self.fault:
            console.print(f"[red]The run failed:[/] {self.fault}", soft_wrap=True)
        kept = f"readers keep generation {generation}" if generation else "nothing is published yet"
        console.print(f"[red]Nothing was published[/]; {kept}.", soft_wrap=True)


def _fault(result: dg.ExecuteInProcessResult) -> str:
    """Return why the first failed step failed: our own sentence if there is one, else the cause."""
    for event in result.all_events:
        if event.is_step_failure:
            chain = []
            error = event.step_failure_data.error
            while error is not None:
                chain.append(error)
                error = error.cause
            if any(one.cls_name in INTERRUPTS for one in chain):
                return "it was interrupted; the next run goes on with what was loaded."
            said = [one for one in chain if one.cls_name in _names_of(Refused)]
            for one in [*said[-1:], *chain[-1:]]:
                return re.sub(r"^[\w.]+: ", "", one.message.strip())
    return ""


def _names_of(kind: type[Exception]) -> set[str]:
    """Return the names of an exception and of all that are made from it."""
    return {kind.__name__}.union(*(_names_of(below) for below in kind.__subclasses__()))


def run_job(
    home: Home, console: Console, *, allow_shrink: bool = False, full_refresh: bool = False
) -> Outcome:
    """Run the job ``refresh`` and return how it ended.

    Raises
    ------
    WarehouseLocked
        If another run or a reader holds the warehouse.
    """
    started = time.perf_counter()
    home.use()
    run_lock.hold(home)
    with warehouse.connect(home, wait_s=5.0):
        pass
    with drawn(console), warehouse.held(home):
        result = _execute(home, allow_shrink=allow_shrink, full_refresh=full_refresh)
    with warehouse.connect(home) as con:
        failed = tuple(check_results.failed(con, result.run_id))
    blocked = any(check.blocking for check in failed)
    return Outcome(
        home=home,
        run_id=result.run_id,
        succeeded=result.success,
        failed_checks=failed,
        fault="" if result.success or blocked else _fault(result),
        seconds=time.perf_counter() - started,
    )


def _execute(home: Home, *, allow_shrink: bool, full_refresh: bool) -> dg.ExecuteInProcessResult:
    """Load the definitions and execute the job, with Dagster's own log in the home only."""
    warnings.filterwarnings("ignore", module="dagster")

    from orchestration.definitions import defs
    from orchestration.runs.history import instance_of, prune
    from orchestration.runs.step_keys import keep_output_keys

    config: dict[str, Any] = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
    if allow_shrink:
        config["ops"] = {"meta__check_results": {"config": {"allow_shrink": True}}}
    if full_refresh:
        config["resources"] = {"build": {"config": {"full_refresh": True}}}
    keep_output_keys()
    with instance_of(home) as instance:
        prune(instance)
        return (
            defs()
            .resolve_job_def("refresh")
            .execute_in_process(instance=instance, run_config=config, raise_on_error=False)
        )
