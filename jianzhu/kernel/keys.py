"""Secrets and ports of a trial machine: made once, kept in files that only their owner can read."""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path


def kept_secret(path: Path) -> str:
    """The secret in `path`; on first use 256 random bits are written there with mode 0600.

    Two processes may start at once: the file appears complete or not at all (link is atomic),
    and the loser reads the winner's.
    """
    return _kept(path, lambda: secrets.token_urlsafe(32))


def kept_port(path: Path) -> int:
    """The port in `path`; on first use one that is free now is written there."""
    return int(_kept(path, _free_port))


def _kept(path: Path, make: Callable[[], str]) -> str:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = path.with_name(f"{path.name}.{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(make())
        with suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
    return path.read_text()


def _free_port() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])
