"""`python -m jianzhu.embedded start|stop|url`: the embedded PostgreSQL by hand."""

from __future__ import annotations

import sys

from jianzhu.embedded import postgres

NAME = "postgres"


def main(arguments: list[str]) -> int:
    """0 when done, 2 when asked for something else."""
    match arguments:
        case ["start"] | ["url"]:
            print(postgres.ensure(NAME).url())
        case ["stop"]:
            print("stopped" if postgres.stop(NAME) else "was not running")
        case _:
            print(__doc__, file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
