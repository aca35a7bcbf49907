"""A file that is only ever added to keeps what was confirmed, and nothing else."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from orchestration.added_lines import lines_added, read_lines

ROOT = Path(__file__).resolve().parents[2]

ADDS_ON_A_FULL_DISK = """
    import resource, signal, sys
    from pathlib import Path
    from orchestration.added_lines import lines_added
    # a file may not grow beyond 100 bytes: writing fails as on a full disk, without needing one
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, resource.RLIM_INFINITY))
    try:
        with lines_added(Path(sys.argv[1])) as (_, lines):
            lines += ["whole " + "x" * 30, "torn " + "y" * 80]
    except OSError as error:
        # room is made before the file is closed for good
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)
        sys.exit(str(error.filename))
"""


@pytest.mark.parametrize("before", [b"", b"kept\n", b"kept\ntorn by a power cut"])
def test_lines_that_the_disk_does_not_take_all_of_are_not_there_at_all(
    tmp_path: Path, before: bytes
) -> None:
    file = tmp_path / "decisions.jsonl"
    file.write_bytes(before)

    child = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(ADDS_ON_A_FULL_DISK), str(file)],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert (child.returncode, child.stderr.strip()) == (1, str(file))
    assert read_lines(file) == before.splitlines()[:1]
    with lines_added(file) as (confirmed, lines):
        lines.append("next")
    assert confirmed == before.count(b"\n")
    assert read_lines(file) == [*before.splitlines()[:1], b"next"]
