"""`python leash.py PARENT_PID program arguments…`: become that program, and end with the parent.

Linux tells a process when its parent dies, even by kill -9, if the process asked for it; the wish
survives becoming another program. Elsewhere the program simply runs. A file of its own, run without
the project, because nothing but the system call may happen between start and program.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1  # linux/prctl.h


def main(parent: int, argv: list[str]) -> None:
    """Never returns: the process becomes the program, or ends because the parent already has."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
        if os.getppid() != parent:  # it died before we asked
            sys.exit(1)
    os.execvp(argv[0], argv)  # noqa: S606  no shell is wanted


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
