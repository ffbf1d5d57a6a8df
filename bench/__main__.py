"""`make bench`: every benchmark, one after the other, each in a process of its own."""

import subprocess
import sys

for name in (
    "bench.ingest",
    "bench.ingest_http",
    "bench.pairing",
    "bench.settlement",
    "bench.latency",
    "bench.wages",
):
    print(f"\n== {name}", flush=True)
    subprocess.run([sys.executable, "-m", name], check=False)
