"""When the job runs: every morning, and when files have landed. Who hears of it if it fails."""

import dagster as dg

from ingest.config import read_config
from orchestration import warehouse
from orchestration.errors import WarehouseLocked
from orchestration.home import Home
from orchestration.landing_watch import look
from orchestration.runs import alerts, stages
from orchestration.runs.dead_runs import end_dead_runs


@dg.failure_hook(name="report_failure")
def report_failure(context: dg.HookContext) -> None:
    """Close the run's row and tell somebody, from inside the run."""
    text = f"step {context.step_key}: {context.op_exception}"
    alerts.send(context.run_id, text)
    home = Home.find()
    if not home.warehouse.exists():
        return
    try:
        with warehouse.connect(home) as con:
            stages.end_run(con, context.run_id, "failed", message=f"step {context.step_key}")
    except WarehouseLocked as error:
        # the lock may be what failed the run; the alert is out and Dagster has the run as failed
        context.log.warning(str(error))


refresh = dg.define_asset_job(
    "refresh",
    # live systems are asked by a job of their own: a mailbox that is down must not stop the marts
    selection=dg.AssetSelection.all() - dg.AssetSelection.groups("collect"),
    hooks={report_failure},
    description="landing → raw → identity → models → scores → gate → published",
)


def time_zone() -> str:
    """Return the company's time zone; UTC while there is no sources.yml."""
    home = Home.find()
    return (
        read_config(home.sources_file).company.time_zone if home.sources_file.is_file() else "UTC"
    )


# before anybody looks at yesterday's numbers, after the night's exports
every_morning = dg.ScheduleDefinition(
    name="every_morning",
    job=refresh,
    cron_schedule="0 5 * * *",
    execution_timezone=time_zone(),
    # before the hour's collecting; runs for files that have landed take turns with it, of which
    # there may always be one
    tags={"dagster/priority": "1"},
    default_status=dg.DefaultScheduleStatus.RUNNING,
)


@dg.sensor(
    job=refresh,
    name="new_landing_files",
    minimum_interval_seconds=60,
    default_status=dg.DefaultSensorStatus.STOPPED,
)
def new_landing_files(context: dg.SensorEvaluationContext) -> dg.SensorResult:
    """Ask for a run when landing/ is not as it was at the last request and has come to rest."""
    seen = look(Home.find(), context.cursor)
    if seen.run_key is None:
        return dg.SensorResult(skip_reason=seen.reason, cursor=seen.cursor)
    return dg.SensorResult(run_requests=[dg.RunRequest(run_key=seen.run_key)], cursor=seen.cursor)


@dg.run_failure_sensor(name="killed_runs", default_status=dg.DefaultSensorStatus.RUNNING)
def killed_runs(context: dg.RunFailureSensorContext) -> None:
    """Report runs that ended without any failed step: killed, or never started."""
    if not context.get_step_failure_events():
        alerts.send(
            context.dagster_run.run_id, context.failure_event.message or "ended unexpectedly"
        )


@dg.sensor(
    name="dead_runs",
    minimum_interval_seconds=60,
    default_status=dg.DefaultSensorStatus.RUNNING,
)
def dead_runs(context: dg.SensorEvaluationContext) -> dg.SkipReason:
    """End runs that Dagster waits for although their process is gone; ``killed_runs`` tells."""
    ended = end_dead_runs(context.instance)
    return dg.SkipReason(f"ended: {', '.join(ended)}" if ended else "every started run lives")
