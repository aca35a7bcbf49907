from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from ingest.contracts import CONTRACTS
from models_ml.score_contract import SCORE_TABLES
from orchestration.home import ROOT

SCRIPT = """
import json, sys
import dagster as dg
from orchestration.definitions import defs

definitions = defs()
graph = definitions.resolve_asset_graph()
job = definitions.resolve_job_def("refresh")
print(json.dumps({
    "keys": sorted(key.to_user_string() for key in graph.get_all_asset_keys()),
    "unexecutable": sorted(key.to_user_string() for key in graph.unexecutable_asset_keys),
    "groups": {k.to_user_string(): graph.get(k).group_name for k in graph.get_all_asset_keys()},
    "owners": {k.to_user_string(): list(graph.get(k).owners) for k in graph.get_all_asset_keys()},
    "described": {k.to_user_string(): bool(graph.get(k).description)
                  for k in graph.get_all_asset_keys()},
    "checks": sorted(key.to_user_string() for key in graph.asset_check_keys),
    "parents": {k.to_user_string(): sorted(p.to_user_string() for p in graph.get(k).parent_keys)
                for k in graph.get_all_asset_keys()},
    "steps": [node.name for node in job.nodes_in_topological_order],
    "schedules": {s.name: [s.cron_schedule, s.execution_timezone] for s in definitions.schedules},
    "sensors": sorted(s.name for s in definitions.sensors),
    "priority": {s.name: s.tags.get("dagster/priority") for s in definitions.schedules},
    "priority_of_job": job.tags.get("dagster/priority"),
    "executor": definitions.executor.name,
    "full_refresh": dg.validate_run_config(
        job, {"resources": {"build": {"config": {"full_refresh": True}}}}
    )["resources"]["build"]["config"],
}))
"""


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> dict:
    """Return what Dagster makes of the definitions, in a process and a home of their own."""
    home = tmp_path_factory.mktemp("home")
    (home / "sources.yml").write_text(
        "company: {time_zone: Asia/Tokyo}\nsources: {mail: {format: email, path: 'mail/*'}}\n"
    )
    child = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", SCRIPT],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", "CRM_HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert child.returncode == 0, child.stderr[-3000:]
    return json.loads(child.stdout.splitlines()[-1])


def test_every_raw_table_identity_score_and_the_published_file_is_an_asset(graph: dict):
    expected = {
        *(f"raw/{name}" for name in CONTRACTS),
        *(f"crm/{name}" for name in SCORE_TABLES),
        *(f"models/{name}" for name in ("lead_scores", "churn_risk", "customer_segments")),
        *(f"identity/{name}" for name in
          ("customers", "identifier_map", "edges", "events", "review_queue")),
        "meta/settings", "meta/check_results", "published/crm",
    }  # fmt: skip

    assert expected <= set(graph["keys"])


def test_every_dbt_model_is_an_asset(graph: dict):
    models = {path.stem for path in (ROOT / "dbt_project" / "models").rglob("*.sql")}

    assert models <= {key.split("/")[-1] for key in graph["keys"]}


def test_no_asset_waits_for_something_nobody_makes(graph: dict):
    assert graph["unexecutable"] == []


def test_every_asset_has_a_group_of_the_flow_an_owner_and_a_description(graph: dict):
    assert set(graph["groups"].values()) == {
        "ingest", "identity", "staging", "intermediate", "marts", "features", "meta", "scores",
        "crm", "publish",
    }  # fmt: skip
    assert [key for key, owners in graph["owners"].items() if not owners] == []
    assert [key for key, described in graph["described"].items() if not described] == []


def test_dbt_starts_twice_before_and_after_the_scores(graph: dict):
    steps = graph["steps"]

    first, second = (place for place, step in enumerate(steps) if step.startswith("dbt"))
    scores = [steps.index(f"crm__{name}") for name in SCORE_TABLES]
    assert steps.index("identity") < first < min(scores)
    assert max(scores) < second
    assert steps[-3:] == ["crm__outbox", "meta__check_results", "published__crm"]


def test_publishing_depends_on_the_verdict_over_every_mart_and_score(graph: dict):
    built = {
        key for key, group in graph["groups"].items()
        if group in ("marts", "crm", "features", "scores", "staging", "intermediate")
        and not key.startswith("models/")
    }  # fmt: skip

    assert "meta/check_results" in graph["parents"]["published/crm"]
    assert built <= set(graph["parents"]["meta/check_results"])


def test_every_raw_table_is_checked_against_its_contract(graph: dict):
    assert {f"raw/{name}:contract" for name in CONTRACTS} <= set(graph["checks"])
    assert "meta/check_results:gate" in graph["checks"]


def test_scores_are_made_of_trained_models_and_features(graph: dict):
    assert set(graph["parents"]["crm/lead_scores"]) >= {
        "models/lead_scores", "features/lead_features",
    }  # fmt: skip
    assert set(graph["parents"]["models/churn_risk"]) == {
        "features/churn_features", "features/churn_labels",
    }  # fmt: skip


def test_the_schedule_is_in_the_companys_time_zone_and_one_process_writes(graph: dict):
    assert graph["schedules"] == {"every_morning": ["0 5 * * *", "Asia/Tokyo"]}
    assert graph["sensors"] == ["dead_runs", "killed_runs", "new_landing_files"]
    # before what is only collected; runs that may follow each other all day let that pass
    assert graph["priority"] == {"every_morning": "1"}
    assert graph["priority_of_job"] is None
    assert graph["executor"] == "in_process"


def test_no_module_of_defs_hides_assets_behind_a_definitions_function():
    folder = Path(ROOT / "orchestration" / "defs")
    hiding = [
        path.name
        for path in folder.glob("*.py")
        if "@dg.definitions" in (text := path.read_text())
        and any(f"@dg.{kind}" in text for kind in ("asset", "multi_asset", "sensor"))
    ]

    assert hiding == []


def test_a_run_can_be_told_to_build_everything(graph: dict) -> None:
    assert graph["full_refresh"] == {"folder": "", "full_refresh": True}
