"""`python -m jianzhu.embedded start|url|owner-url|status|stop|remove`: the embedded PostgreSQL by hand.

`stop` and `remove` (which deletes the data) mean every cluster of this checkout, also the tests'.
"""

from __future__ import annotations

import sys

from jianzhu.embedded import postgres


def main(arguments: list[str]) -> int:
    """0 when done or running, 1 when `status` finds nothing running, 2 when asked for another."""
    match arguments:
        case ["start"]:
            print(f"running on 127.0.0.1:{postgres.ensure().port}")
        case ["url"]:
            print(postgres.database_urls()[0])
        case ["owner-url"]:
            print(postgres.database_urls()[1])
        case ["status"]:
            up = [name for name in postgres.names() if postgres.running(name)]
            print("running: " + ", ".join(up) if up else "not running")
            return 0 if up else 1
        case ["stop"]:
            stopped = [name for name in postgres.names() if postgres.stop(name)]
            print("stopped: " + ", ".join(stopped) if stopped else "was not running")
        case ["remove"]:
            for name in postgres.names():
                postgres.remove(name)
                print(f"removed: {name}")
        case _:
            print(__doc__, file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except postgres.CannotStart as refusal:
        sys.exit(str(refusal))
