"""``python -m benchmarks [NAME …]``: run benchmarks; figures as JSON in ``benchmarks/results``."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).parent
RESULTS = FOLDER / "results"
BENCHMARKS = {
    "demo_run": ("s",),
    "identity": ("10000", "100000"),
    "ingest": (),
    "increment": (),
    "mail_parsing": (),
    "webhooks": (),
}
"""Those that need nothing but the machine, with their arguments."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(BENCHMARKS))
    names = parser.parse_args().names or list(BENCHMARKS)
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        parser.error(f"there is no benchmark {unknown[0]!r}; choose from {', '.join(BENCHMARKS)}")
    RESULTS.mkdir(exist_ok=True)
    failed = 0
    for name in names:
        command = [sys.executable, "-m", f"benchmarks.{name}", *BENCHMARKS[name]]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
        if done.returncode:
            failed += 1
            sys.stderr.write(f"{name} ended with {done.returncode}\n")
            continue
        (RESULTS / f"{name}.json").write_text(done.stdout)
        print(name, json.dumps(json.loads(done.stdout), indent=2))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
