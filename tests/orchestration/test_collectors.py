"""Sources that are collected are assets of a job of their own."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from orchestration.home import ROOT

SCRIPT = """
import json, os
from urllib.request import urlopen
import dagster as dg
from orchestration.definitions import defs

definitions = defs()
job = definitions.resolve_job_def("collect")
graph = definitions.resolve_asset_graph()
fetched = dg.AssetKey(["landing", "calls"])
runs = []
for _ in range(2):
    with dg.DagsterInstance.ephemeral() as instance:
        result = job.execute_in_process(instance=instance, raise_on_error=False)
        events = instance.get_latest_materialization_event(fetched)
    runs.append({
        "succeeded": result.success,
        "metadata": {k: v.value for k, v in events.asset_materialization.metadata.items()}
                    if events else None,
    })
    # the second run finds a system that refuses it
    urlopen(os.environ["REFUSE"], data=b"").close()
every_hour = next(one for one in definitions.schedules if one.name == "every_hour")

def turn():
    tick = every_hour.evaluate_tick(dg.build_schedule_context(instance=instance))
    return [len(tick.run_requests or ()), tick.skip_message]

with dg.DagsterInstance.local_temp(os.environ["HISTORY"]) as instance:
    turns = [turn()]
    run = instance.create_run_for_job(job, status=dg.DagsterRunStatus.STARTED)
    turns.append(turn())
    instance.report_run_failed(run)
    turns.append(turn())
print(json.dumps({
    "turns": turns,
    "runs": runs,
    "collected": sorted(node.name for node in job.nodes),
    "refreshed": sorted(node.name for node in definitions.resolve_job_def("refresh").nodes),
    "fresh_within_s":
        graph.get(fetched).freshness_policy_or_from_metadata.fail_window.to_timedelta().total_seconds(),
    "schedules": {s.name: s.cron_schedule for s in definitions.schedules},
}))
"""

CALL = {
    "sid": "CA1", "start_time": "Mon, 02 Mar 2026 10:00:00 +0000", "status": "completed",
    "from": "+493012345678", "to": "+493087654321", "direction": "inbound", "duration": "3",
}  # fmt: skip


@dataclass
class Vendor:
    """A system on loopback, and whoever is told of failures.

    It refuses everybody once ``/refuse`` was called.
    """

    status: int = 200
    alerts: list[str] = field(default_factory=list)
    url: str = ""


@pytest.fixture(scope="module")
def vendor() -> Iterator[Vendor]:
    said = Vendor()

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            return

        def do_GET(self) -> None:
            self._answer({"calls": [CALL], "page": 0, "next_page_uri": None}, said.status)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.path == "/refuse":
                said.status = 401
            else:
                said.alerts.append(json.loads(body)["text"])
            self._answer({}, 200)

        def _answer(self, content: object, status: int) -> None:
            body = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    said.url = f"http://127.0.0.1:{server.server_port}"
    yield said
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, vendor: Vendor) -> Path:
    """Return a home whose one source is the vendor's."""
    folder = tmp_path_factory.mktemp("home")
    (folder / "sources.yml").write_text(
        "sources:\n"
        "  calls:\n"
        "    format: twilio\n"
        "    path: calls/*.json\n"
        "    collect:\n"
        f"      {{kind: twilio, account_sid: AC1, token: env:TOKEN, base_url: '{vendor.url}',\n"
        "       streams: [calls]}\n"
    )
    return folder


@pytest.fixture(scope="module")
def collected(home: Path, vendor: Vendor) -> dict:
    """Run the job ``collect`` twice, the second time while the vendor refuses."""
    turns = home / "turns"
    turns.mkdir()
    child = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", SCRIPT],
        cwd=ROOT,
        env={
            "PATH": "/usr/bin:/bin",
            "CRM_HOME": str(home),
            "HISTORY": str(turns),
            "TOKEN": "t0k3n",
            "CRM_ALERT_WEBHOOK": f"{vendor.url}/alerts",
            "REFUSE": f"{vendor.url}/refuse",
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert child.returncode == 0, child.stderr[-3000:]
    assert "t0k3n" not in child.stdout + child.stderr
    return json.loads(child.stdout.splitlines()[-1])


def test_a_collected_source_is_an_asset_that_lands_what_is_new(home: Path, collected: dict):
    first, _ = collected["runs"]

    assert first["succeeded"]
    assert first["metadata"]["records"] == 1
    (file,) = first["metadata"]["new"]
    assert json.loads((home / file).read_text())["calls"][0]["sid"] == "CA1"
    assert collected["collected"] == ["landing__calls"]
    assert "landing__calls" not in collected["refreshed"]
    assert collected["schedules"]["every_hour"] == "0 * * * *"
    assert collected["fresh_within_s"] == 26 * 3600


def test_a_turn_is_left_out_while_the_last_one_is_not_over(collected: dict):
    over, under_way = [1, None], [0, "the last turn is not over"]

    assert collected["turns"] == [over, under_way, over]


def test_a_system_that_refuses_fails_the_asset_and_tells_somebody(
    home: Path, vendor: Vendor, collected: dict
):
    first, second = collected["runs"]

    assert not second["succeeded"]
    assert second["metadata"] is None
    # one for the run that was refused, none for the one before it
    (alert,) = vendor.alerts
    assert "landing__calls" in alert
    assert [str(file.relative_to(home)) for file in home.glob("landing/**/*.json")] == first[
        "metadata"
    ]["new"]
