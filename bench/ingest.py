"""Punches ingested per second against plain COPY into the same table, in one run.

python -m bench.ingest [EVENTS]
"""

from __future__ import annotations

import sys
import time
from datetime import timedelta

from bench.ground import AT, database


def main(events: int) -> None:
    with database("bench_ingest"):
        from django.db import connection

        from projects.attendance import commands
        from projects.attendance.devices import DeviceRequest, Maker
        from projects.attendance.models import DeviceBody, Punch
        from projects.sites.models import Device
        from tests.site import Site

        site = Site.build(workers=10)
        Device.objects.create(
            site=site.place, kind="zkteco", serial="ZK99BENCH", name="gate", zone="Asia/Shanghai"
        )
        bodies = []
        for number in range(0, events, 500):
            lines = "".join(
                f"{(n % 10) + 1:03d}\t{(AT - timedelta(days=30) + timedelta(seconds=n)):%Y-%m-%d %H:%M:%S}"
                f"\t{n % 2}\t15\t0\t0\n"
                for n in range(number, min(number + 500, events))
            )
            bodies.append(
                DeviceRequest(
                    method="POST",
                    path="/iclock/cdata",
                    query={"SN": "ZK99BENCH", "table": "ATTLOG", "Stamp": "9999"},
                    headers={"content-type": "text/plain"},
                    body=lines.encode(),
                    received_at=AT,
                )
            )
        started = time.perf_counter()
        for body in bodies:
            commands.store_body(maker=Maker.ZKTECO, serial="ZK99BENCH", request=body)
        stored = time.perf_counter() - started
        ids = list(DeviceBody.objects.filter(understood_at=None).values_list("pk", flat=True))
        started = time.perf_counter()
        for at in range(0, len(ids), 20):
            commands.understand(body_ids=ids[at : at + 20], at=AT)
        understood = time.perf_counter() - started
        count = Punch.objects.count()
        names = [f.column for f in Punch._meta.fields if f.column != "id"]
        rows = list(Punch.objects.values_list(*[f.attname for f in Punch._meta.fields][1:]))
        with connection.cursor() as cursor:
            cursor.execute("CREATE TABLE floor (LIKE projects_punch INCLUDING ALL)")
            started = time.perf_counter()
            with cursor.cursor.copy(f"COPY floor ({', '.join(names)}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            floor = time.perf_counter() - started
        print(f"{count} punches of {events} events in {len(bodies)} bodies")
        print(f"bodies kept:          {events / stored:10.0f} events/s")
        print(f"understood, written:  {events / understood:10.0f} events/s")
        print(
            f"floor, plain COPY:    {count / floor:10.0f} rows/s; "
            f"ratio {floor / (stored + understood) * events / count:.2f}"
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 50_000)
