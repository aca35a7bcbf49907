"""Runs whose process was killed do not stay started for ever."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import dagster as dg
import pytest

from orchestration.runs import dead_runs
from orchestration.runs.dead_runs import end_dead_runs

RUN = """
import sys
import dagster as dg

@dg.op
def wait():
    print("waiting", flush=True)
    sys.stdin.read()

@dg.job(executor_def=dg.in_process_executor)
def slow():
    wait()

with dg.DagsterInstance.local_temp(sys.argv[1]) as instance:
    slow.execute_in_process(instance=instance)
"""

Begin = Callable[[], subprocess.Popen[str]]


@pytest.fixture
def begin(tmp_path: Path) -> Iterator[Begin]:
    """Return a function that returns the process of a run that has begun and waits."""
    begun: list[subprocess.Popen[str]] = []

    def make() -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", RUN, str(tmp_path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        begun.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == "waiting\n"
        return process

    yield make
    for process in begun:
        process.kill()
        process.communicate()


def test_a_run_whose_process_was_killed_is_ended_and_no_other(tmp_path: Path, begin: Begin):
    killed, living = begin(), begin()
    with dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
        living_id, killed_id = [run.run_id for run in instance.get_runs()]

        before = end_dead_runs(instance)
        # its parent has not asked for how it ended: the number is not free yet
        killed.send_signal(signal.SIGKILL)
        os.waitid(os.P_PID, killed.pid, os.WEXITED | os.WNOWAIT)
        ended = end_dead_runs(instance)
        killed.wait()

        assert (before, ended, end_dead_runs(instance)) == ([], [killed_id], [])
        assert instance.get_run_by_id(killed_id).status == dg.DagsterRunStatus.FAILURE
        assert instance.get_run_by_id(living_id).status == dg.DagsterRunStatus.STARTED
        assert living.poll() is None


def test_a_number_that_was_given_anew_is_another_process():
    assert dead_runs._lives(os.getpid(), time.time())
    assert not dead_runs._lives(os.getpid(), time.time() - 86_400)


def test_a_run_that_has_not_said_its_process_is_left_alone():
    @dg.job
    def empty() -> None:
        pass

    with dg.DagsterInstance.ephemeral() as instance:
        instance.create_run_for_job(empty, status=dg.DagsterRunStatus.STARTED)

        assert end_dead_runs(instance) == []
