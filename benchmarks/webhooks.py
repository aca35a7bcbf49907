"""How many single events a second the webhook receiver stores.

    python benchmarks/webhooks.py [--seconds 10] [--connections 64]

Starts a receiver on a home of its own, lets wrk send it ``track`` calls of one event each on
connections that stay open, and prints JSON. Each answer means that the event is on the disk:
afterwards the landed lines are counted against the answers. Ends with 1 if an answer was not 200,
an event is missing, or fewer than 2,000 events a second were stored.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

import psutil

LIMIT_PER_SECOND = 2_000
ROOT = Path(__file__).resolve().parents[1]

SOURCES = """
sources:
  web:
    format: segment
    path: "web/**/*.jsonl"
    collect:
      kind: webhook
      api: segment
      write_key: env:WEBHOOKS_BENCHMARK_KEY
      events_per_second: 1000000
"""

EVENTS = """
local sent = 0
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.headers["Authorization"] = "Basic YmVuY2htYXJrOg=="
local event = '{"userId":"u%d","anonymousId":"a%d","event":"Product Added","messageId":"m%d",'
  .. '"timestamp":"2026-03-01T10:00:00.000Z","sentAt":"2026-03-01T10:00:01.000Z",'
  .. '"properties":{"product_id":"p%d","name":"Desk lamp","price":39.9,"quantity":1,'
  .. '"currency":"EUR","cart_id":"c%d"},"context":{"library":{"name":"analytics-node",'
  .. '"version":"3.1.0"},"locale":"de-DE","page":{"url":"https://shop.example/lamps",'
  .. '"path":"/lamps","title":"Lamps"},"userAgent":"Mozilla/5.0 (X11; Linux x86_64)"}}'
request = function()
  sent = sent + 1
  local person = sent % 5000
  return wrk.format(nil, "/v1/track", nil,
    string.format(event, person, person, sent, sent % 300, person))
end
"""


def main() -> int:
    """Run the benchmark; 0 if it was passed, 2 if it cannot be run here."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=int, default=10)
    parser.add_argument("--connections", type=int, default=64)
    options = parser.parse_args()
    wrk = shutil.which("wrk")
    if wrk is None:
        print("wrk is not installed; on Debian: apt-get install wrk", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="webhooks-") as folder:
        result = measure(wrk, Path(folder), options.seconds, options.connections)
    print(json.dumps(result, indent=2))
    return 0 if result["is_passed"] else 1


def measure(wrk: str, home: Path, seconds: int, connections: int) -> dict[str, float | int | bool]:
    """Start a receiver, load it, stop it and count what it stored."""
    (home / "sources.yml").write_text(SOURCES, encoding="utf-8")
    (home / "events.lua").write_text(EVENTS, encoding="utf-8")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    start = "import typer; from ingest.collect.listen.command import collect; typer.run(collect)"
    receiver = subprocess.Popen(
        [sys.executable, "-c", start, "--listen", "--home", home, "--port", str(port)],
        cwd=ROOT,
        env={**os.environ, "WEBHOOKS_BENCHMARK_KEY": "benchmark", "PYTHONPATH": str(ROOT)},
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_until_healthy(url, receiver)
        command = [wrk, "-t1", f"-c{connections}", "--latency", "-s", str(home / "events.lua")]
        warm_up = run([*command, "-d1s", url])
        before_s = cpu_seconds(receiver.pid)
        measured = run([*command, f"-d{seconds}s", url])
        used_s = cpu_seconds(receiver.pid) - before_s
        counters = urllib.request.urlopen(f"{url}/metrics", timeout=10).read().decode()  # noqa: S310
    finally:
        receiver.terminate()
        receiver.wait(30)
    landed = sum(file.read_bytes().count(b"\n") for file in (home / "landing").rglob("*.jsonl"))
    answered = requests(warm_up) + requests(measured)
    errors = total("Non-2xx or 3xx responses", measured) + total("timeout", measured)
    per_second = float(re.search(r"Requests/sec:\s+([\d.]+)", measured).group(1))  # type: ignore[union-attr]
    return {
        "events_per_second": round(per_second),
        "limit_per_second": LIMIT_PER_SECOND,
        "ratio_to_limit": round(per_second / LIMIT_PER_SECOND, 2),
        "p50_ms": latency_ms("50", measured),
        "p99_ms": latency_ms("99", measured),
        "receiver_cpu_us_per_event": round(used_s * 1e6 / requests(measured)),
        "receiver_cpu_share": round(used_s / seconds, 2),
        "load_average": round(os.getloadavg()[0], 1),
        "connections": connections,
        "events_per_commit": round(answered / counter("commits", counters), 1),
        "answered": answered,
        "landed": landed,
        "errors": errors,
        "is_passed": per_second >= LIMIT_PER_SECOND and errors == 0 and landed >= answered,
    }


def wait_until_healthy(url: str, receiver: subprocess.Popen[bytes]) -> None:
    """Return when the receiver answers; raise if it ends before."""
    for _ in range(600):
        try:
            urllib.request.urlopen(f"{url}/healthz", timeout=1).close()  # noqa: S310
            return
        except urllib.error.URLError:
            if receiver.poll() is not None:
                raise SystemExit(f"the receiver ended with {receiver.returncode}") from None
            time.sleep(0.1)
    raise SystemExit("the receiver did not start within a minute")


def cpu_seconds(pid: int) -> float:
    """Return the time that a process has computed: other work on the machine leaves it less."""
    times = psutil.Process(pid).cpu_times()
    return times.user + times.system


def run(command: list[str]) -> str:
    """Run wrk and return its report."""
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def requests(report: str) -> int:
    """Return how many requests were answered."""
    return int(re.search(r"(\d+) requests in", report).group(1))  # type: ignore[union-attr]


def total(name: str, report: str) -> int:
    """Return a count that wrk reports only where it is not zero."""
    found = re.search(rf"{name}:? (\d+)", report)
    return int(found.group(1)) if found else 0


def latency_ms(percentile: str, report: str) -> float:
    """Return a percentile of the time from request to answer."""
    value, unit = re.search(rf"{percentile}%\s+([\d.]+)(us|ms|s)", report).groups()  # type: ignore[union-attr]
    return round(float(value) * {"us": 0.001, "ms": 1.0, "s": 1000.0}[unit], 2)


def counter(name: str, counters: str) -> float:
    """Return a counter of the receiver."""
    return float(re.search(rf"_{name}_total ([\d.]+)", counters).group(1))  # type: ignore[union-attr]


if __name__ == "__main__":
    sys.exit(main())
