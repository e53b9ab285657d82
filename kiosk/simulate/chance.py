"""While a history plays, what the program takes for chance comes from the history's seed."""

import contextlib
import secrets
import uuid
from collections.abc import Iterator
from random import Random


@contextlib.contextmanager
def seeded(rng: Random) -> Iterator[None]:
    """Keys, nonces, codes and message ids are drawn from `rng` inside this block. For the simulator's process only."""

    def below(exclusive_upper_bound: int) -> int:
        return rng.randrange(exclusive_upper_bound)

    kept = (uuid.uuid4, secrets.token_bytes, secrets.token_hex, secrets.randbelow)
    uuid.uuid4 = lambda: uuid.UUID(int=rng.getrandbits(128), version=4)
    secrets.token_bytes = lambda nbytes=None: rng.randbytes(nbytes or 32)
    secrets.token_hex = lambda nbytes=None: rng.randbytes(nbytes or 32).hex()
    secrets.randbelow = below
    try:
        yield
    finally:
        uuid.uuid4, secrets.token_bytes, secrets.token_hex, secrets.randbelow = kept
