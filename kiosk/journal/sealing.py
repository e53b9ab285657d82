"""Sealing of personal data: one random AES-256-GCM key per case, kept apart from the journal under a master key.

Erasing a case is destroying its key; the chain stays whole. `keys.db` uses no write-ahead log and `secure_delete`,
so that an erased key leaves no copy behind; the master key is changed after each erasure, a few keys at a time.
`synchronous=EXTRA`: with less, a power cut may undo the deletion of the rollback journal, which is the commit, and
with it a key under which facts are sealed that are durable.
"""

import contextlib
import hashlib
import hmac
import os
import secrets
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Final, TypeVar

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from .connecting import Connect, on_disk
from .errors import JournalError, JournalUnusable, KeyErased, SealBroken
from .witness import Witness

T = TypeVar("T")

KEYS_FILE: Final = "keys.db"
KEY_BYTES: Final = 32
CACHE_KIB: Final = 256  # the keys of two thousand cases: what is asked for is nearly always the newest
KEYS_A_STEP: Final = 500  # wrapped anew within some 20 ms: whoever comes in between waits no longer
NONCE_BYTES: Final = 12
INDEX_KEY: Final = "kiosk:index"
ANCHOR_KEY: Final = "kiosk:anchor"

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS keys (owner TEXT PRIMARY KEY, wrapped BLOB NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS master (one INTEGER PRIMARY KEY CHECK (one = 1), id TEXT NOT NULL) STRICT;
"""


def write_private(path: Path, content: bytes) -> None:
    """Write a file that only its owner can read, whole or not at all, durable on return."""
    half = path.with_name(path.name + ".part")
    put_down(half, content)
    half.replace(path)
    sync_folder(path.parent)


def put_down(path: Path, content: bytes) -> None:
    """Write a file that only its owner can read, in place of any there; it is not there where the disk is full."""
    path.unlink(missing_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def sync_file(path: Path) -> None:
    """Make what was written to a file durable."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_folder(folder: Path) -> None:
    """Make renames and new names in a folder durable."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def make_folder(folder: Path) -> None:
    """Make a folder for its owner alone, with what is missing above it, durable on return; one that is there stays."""
    made = [path for path in (folder, *folder.parents) if not path.exists()]
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for path in made:
        sync_folder(path.parent)


def _close(key: bytes, plain: bytes, associated: bytes) -> bytes:
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plain, associated)


def _open(key: bytes, sealed: bytes, associated: bytes) -> bytes:
    try:
        return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], associated)
    except (InvalidTag, ValueError) as error:
        raise SealBroken("sealed bytes do not open: other key, other place, or changed") from error


def _key_id(key: bytes) -> str:
    return hashlib.sha256(b"nightdesk master key id" + key).hexdigest()[:16]


class KeyStore:
    """Keys of the cases, the index key and the signing key of the kiosk. Blocking; one thread at a time.

    `master_file` given: a master key from outside (32 bytes, e.g. a systemd credential), which is never changed here.
    """

    def __init__(self, folder: Path, *, master_file: Path | None = None, connect: Connect = on_disk) -> None:
        make_folder(folder)
        folder.chmod(0o700)
        self._own = folder / "master.key"
        self._next = folder / "master.next"
        self._rotates = master_file is None
        self._signing: Ed25519PrivateKey | None = None
        self._next_master: bytes | None = (
            None  # while the master key changes: wraps new keys, and owners up to
        )
        self._wrapped_upto = ""
        self._db = connect(folder / KEYS_FILE)
        try:
            cache = f"cache_size=-{CACHE_KIB}"
            for pragma in ("journal_mode=DELETE", "synchronous=EXTRA", "secure_delete=ON", cache):
                self._db.execute(f"PRAGMA {pragma}")
            self._db.executescript(_SCHEMA)
            self.witness = Witness(self._db)
            self._master = self._load_master(master_file)
            for owner in (INDEX_KEY, ANCHOR_KEY):
                self.make(owner)
        except sqlite3.DatabaseError as error:
            self._db.close()
            raise JournalUnusable(
                f"{folder / KEYS_FILE} cannot be opened as the kiosk's keys: {error}; it is left as it is. Put a whole"
                " one back, with its master.key; without them the record stays, and the personal data in it is sealed"
            ) from error
        except BaseException:
            self._db.close()
            raise

    def _load_master(self, master_file: Path | None) -> bytes:
        row = self._db.execute("SELECT id FROM master").fetchone()
        if row is None:
            return self._first_master(master_file)
        for path in (master_file,) if master_file else (self._own, self._next):
            if path.exists() and _key_id(path.read_bytes()) == row[0]:
                return self._taken_up(path)
        raise JournalError(
            "the master key does not belong to keys.db: put the right key back, nothing was changed"
        )

    def _first_master(self, master_file: Path | None) -> bytes:
        if master_file is None and not self._own.exists():
            write_private(self._own, secrets.token_bytes(KEY_BYTES))
        key = (master_file or self._own).read_bytes()
        if len(key) != KEY_BYTES:
            raise JournalError(f"the master key has {len(key)} bytes, {KEY_BYTES} are needed")
        self._db.execute("INSERT INTO master VALUES (1, ?)", (_key_id(key),))
        return key

    def _taken_up(self, path: Path) -> bytes:
        """The key in this file; a change of the master key that a crash interrupted goes on where it was."""
        key = path.read_bytes()
        if path == self._next:
            self._next.replace(self._own)
        elif self._rotates and self._next.exists():
            self._next_master = self._next.read_bytes()
        return key

    def close(self) -> None:
        """Release the file."""
        self._db.close()

    def make(self, owner: str) -> None:
        """Make the key of `owner` now, where there is none."""
        self._key(owner, create=True)

    def seal(self, owner: str, plain: bytes, associated: bytes) -> bytes:
        """Seal bytes under the key of `owner` (a case id or `staff:<no>`), made on first use."""
        return _close(self._key(owner, create=True), plain, associated)

    def unseal(self, owner: str, sealed: bytes, associated: bytes) -> bytes:
        """The inverse of `seal`. Raises `KeyErased`, `SealBroken`."""
        return _open(self._key(owner, create=False), sealed, associated)

    def index(self, value: str) -> str:
        """Keyed hash by which a person's cases are found: hex, 64 characters."""
        return hmac.new(self._key(INDEX_KEY, create=True), value.encode(), hashlib.sha256).hexdigest()

    def apply(self, owner: str, work: Callable[[bytes], T]) -> T:
        """What `work` makes of the key of `owner`, made on first use: a signature, say. It must not keep the key."""
        return work(self._key(owner, create=True))

    def signing_key(self) -> Ed25519PrivateKey:
        """The kiosk's own key for anchors, made on first use."""
        if self._signing is None:
            self._signing = Ed25519PrivateKey.from_private_bytes(self._key(ANCHOR_KEY, create=True))
        return self._signing

    def erase(self, owners: Iterable[str]) -> int:
        """Destroy these keys; answers how many there were. Until `rewrap` is done, the old master key still lies there.

        Raises `sqlite3.OperationalError`, `OSError`.
        """
        while self.rewrap():  # of an erasure before
            pass
        named = [(owner,) for owner in owners]
        find = "SELECT 1 FROM keys WHERE owner = ?"
        known = [owner for owner in named if self._db.execute(find, owner).fetchone() is not None]
        if not known:
            return 0
        if self._rotates:  # first: a crash after the keys have gone finds that a change has begun
            fresh = secrets.token_bytes(KEY_BYTES)
            write_private(self._next, fresh)
            self._next_master, self._wrapped_upto = fresh, ""
        with self._transaction():
            self._db.executemany("DELETE FROM keys WHERE owner = ?", known)
        return len(known)

    def rewrap(self) -> bool:
        """One step of the change of the master key; False when it is done. Raises as `erase`, and goes on later."""
        fresh = self._next_master
        if fresh is None:
            return False
        sql = "SELECT owner, wrapped FROM keys WHERE owner > ? ORDER BY owner LIMIT ?"
        rows = self._db.execute(sql, (self._wrapped_upto, KEYS_A_STEP)).fetchall()
        if rows:
            anew = [(_close(fresh, self._unwrapped(o, sealed), o.encode()), o) for o, sealed in rows]
            with self._transaction():
                self._db.executemany("UPDATE keys SET wrapped = ? WHERE owner = ?", anew)
            self._wrapped_upto = rows[-1][0]
            return True
        self._db.execute("UPDATE master SET id = ?", (_key_id(fresh),))
        self._next.replace(self._own)
        sync_folder(self._own.parent)
        self._master, self._next_master = fresh, None
        return False

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._db.execute("COMMIT")
        except BaseException:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise

    def _key(self, owner: str, *, create: bool) -> bytes:
        row = self._db.execute("SELECT wrapped FROM keys WHERE owner = ?", (owner,)).fetchone()
        if row is not None:
            return self._unwrapped(owner, row[0])
        if not create:
            raise KeyErased("the key of this case is gone")
        key = secrets.token_bytes(KEY_BYTES)
        wrapped = _close(self._next_master or self._master, key, owner.encode())
        self._db.execute("INSERT INTO keys VALUES (?, ?)", (owner, wrapped))
        return key

    def _unwrapped(self, owner: str, wrapped: bytes) -> bytes:
        try:
            return _open(self._master, wrapped, owner.encode())
        except SealBroken:  # nobody notes how far a change of the master key has come
            if self._next_master is None:
                raise
            return _open(self._next_master, wrapped, owner.encode())
