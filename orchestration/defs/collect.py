"""landing/<source>: what live systems have, fetched hourly for each source that says from where.

Webhooks are not fetched but received (``crm collect --listen``): theirs are checked for how long
nothing has arrived.
"""

import dagster as dg

from orchestration.collectors import (
    GROUP,
    collected_sources,
    fetched,
    received,
    report_collecting,
)

UNDER_WAY = [
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]


def collectors() -> dg.Definitions:
    """Return an asset per collected source, and their job and schedule if there are any."""
    sources = collected_sources()
    if not sources:
        return dg.Definitions()
    job = dg.define_asset_job(
        "collect",
        selection=dg.AssetSelection.groups(GROUP),
        hooks={report_collecting},
        description="live systems → landing",
    )

    @dg.schedule(
        name="every_hour",
        job=job,
        cron_schedule="0 * * * *",
        default_status=dg.DefaultScheduleStatus.RUNNING,
    )
    def every_hour(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        """Ask for a run, unless the last one is not over: a mailbox may take a day at first."""
        under_way = dg.RunsFilter(job_name=job.name, statuses=UNDER_WAY)
        if context.instance.get_runs(filters=under_way, limit=1):
            return dg.SkipReason("the last turn is not over")
        return dg.RunRequest()

    return dg.Definitions(
        assets=[received(one) if one.is_received else fetched(one) for one in sources],
        jobs=[job],
        schedules=[every_hour],
    )
