"""A source that is collected in; the asset that fetches it, or looks at what was received, out."""

from datetime import UTC, datetime, timedelta

import dagster as dg

from ingest.collect.run import collect
from ingest.collect.stream_landing import CollectProgress
from ingest.config import read_config
from ingest.source import Source
from orchestration.defs.owners import OWNERS
from orchestration.defs.resources import Build
from orchestration.home import Home
from orchestration.runs import alerts

GROUP = "collect"

SILENCE = timedelta(hours=26)
FRESH = dg.FreshnessPolicy.time_window(fail_window=SILENCE, warn_window=timedelta(hours=3))
"""Asked every hour: three missed turns are worth a look, a missed day is a failure."""


def collected_sources() -> tuple[Source, ...]:
    """Return the sources that are fetched or received; none without a sources.yml."""
    home = Home.find()
    if not home.sources_file.is_file():
        return ()
    sources = read_config(home.sources_file).sources
    return tuple(one for one in sources if one.collect is not None or one.is_received)


def fetched(source: Source) -> dg.AssetsDefinition:
    """Make the asset that fetches one source."""

    @dg.asset(
        key=["landing", source.name],
        group_name=GROUP,
        kinds={"python", "file"},
        owners=OWNERS,
        freshness_policy=FRESH,
        description=f"New records of {source.name}, as immutable files in landing/.",
    )
    def _collect(context: dg.AssetExecutionContext, build: Build) -> dg.MaterializeResult:
        def tell(progress: CollectProgress) -> None:
            context.log.info(f"{progress.stream}: {progress.records:,} records")

        done = collect(source, build.home.folder, tell)
        if done.left_off:
            context.log.info(done.left_off)
        return dg.MaterializeResult(
            metadata={"records": done.records, "files": len(done.files), "new": list(done.files)}
        )

    return _collect


def received(source: Source) -> dg.AssetsDefinition:
    """Make the asset that looks at what was received of one webhook source."""

    @dg.asset(
        key=["landing", source.name],
        group_name=GROUP,
        kinds={"python", "file"},
        owners=OWNERS,
        freshness_policy=FRESH,
        description=f"Events of {source.name}, received by `crm collect --listen`.",
    )
    def _look(build: Build) -> dg.MaterializeResult:
        files = [path.stat() for path in build.home.landing.glob(source.path) if path.is_file()]
        newest = max((file.st_mtime for file in files), default=None)
        if newest is None:
            return dg.MaterializeResult(metadata={"files": 0})
        at = datetime.fromtimestamp(newest, tz=UTC)
        if datetime.now(tz=UTC) - at > SILENCE:
            raise dg.Failure(
                f"{source.name} has received nothing since {at:%Y-%m-%d %H:%M} UTC; does "
                "`crm collect --listen` run, and does the sender know its address?"
            )
        return dg.MaterializeResult(
            metadata={"files": len(files), "newest_file_at": dg.MetadataValue.timestamp(at)}
        )

    return _look


@dg.failure_hook(name="report_collecting")
def report_collecting(context: dg.HookContext) -> None:
    """Tell somebody that a live system could not be asked."""
    alerts.send(context.run_id, f"step {context.step_key}: {context.op_exception}")
