"""What a process makes is closed to other accounts of the machine, whatever its umask was."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

WRITES = """
import os, sys
os.umask(int(sys.argv[2], 8))
from ingest.private_files import keep_from_others
keep_from_others()
open(sys.argv[1], "w").close()
"""


@pytest.mark.parametrize(
    ("umask", "mode"), [("022", 0o640), ("002", 0o660), ("077", 0o600), ("000", 0o660)]
)
def test_the_group_keeps_what_the_umask_leaves_it_and_others_get_nothing(
    umask: str, mode: int, tmp_path: Path
) -> None:
    file = tmp_path / "warehouse.duckdb"

    subprocess.run([sys.executable, "-c", WRITES, str(file), umask], check=True)

    assert stat.S_IMODE(file.stat().st_mode) == mode


def test_loading_by_itself_leaves_no_file_open_to_others(tmp_path: Path) -> None:
    landing = tmp_path / "landing"
    landing.mkdir()
    landing.chmod(0o755)
    (landing / "contacts.csv").write_text("id,email\n1,a@example.com\n")
    (tmp_path / "sources.yml").write_text(
        "sources:\n"
        "  contacts:\n"
        "    path: contacts.csv\n"
        "    format: csv\n"
        "    entity: contact\n"
        "    columns: {contact_id: id, email: email}\n"
    )

    done = subprocess.run(
        [sys.executable, "-m", "ingest", "--home", str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "CRM_HOME": str(tmp_path)},
    )

    assert done.returncode == 0, done.stderr
    warehouse = tmp_path / "warehouse.duckdb"
    assert stat.S_IMODE(warehouse.stat().st_mode) & stat.S_IRWXO == 0
    assert stat.S_IMODE(landing.stat().st_mode) == 0o755
