"""Root at a state folder of the kiosk's user: what root makes there, the program could not open the next time."""

import contextlib
import os
import pwd
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def as_owner_of(folder: Path) -> Iterator[None]:
    """Root is the folder's owner for the block, with all threads of the process; anybody else stays who they are."""
    if os.geteuid() != 0 or not folder.exists() or (owner := folder.stat()).st_uid == 0:
        yield
        return
    groups, gid = os.getgroups(), os.getegid()
    try:
        os.setgroups(_groups_of(owner.st_uid, owner.st_gid))
        os.setegid(owner.st_gid)
        os.seteuid(owner.st_uid)
        yield
    finally:
        os.seteuid(0)
        os.setegid(gid)
        os.setgroups(groups)


def _groups_of(uid: int, gid: int) -> list[int]:
    """A report also opens devices, which the kiosk's user may by its groups."""
    try:
        return os.getgrouplist(pwd.getpwuid(uid).pw_name, gid)
    except KeyError:  # of another machine, or of a container's outside
        return [gid]
