"""`make bench`: every benchmark, one after the other, each in a process of its own."""

import subprocess
import sys

ALL = (
    "bench.ingest",
    "bench.ingest_http",
    "bench.pairing",
    "bench.settlement",
    "bench.latency",
    "bench.wages",
    "bench.audit",
    "bench.posting",
    "bench.reconciliation",
    "bench.history",
    "bench.disputes",
    "bench.billion 5000",
)
for name in ALL:
    print(f"\n== {name}", flush=True)
    subprocess.run([sys.executable, "-m", *name.split()], check=False)
