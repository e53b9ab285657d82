"""LiteRT networks, made as all of Nightdesk wants them: on one thread, and silent.

The library greets each process on standard error ("INFO: Created TensorFlow Lite XNNPACK delegate for CPU.") and has no
switch for that; where commands print JSON, and a service logs, there is no place for it.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

GREETING: Final = b"INFO: Created TensorFlow Lite"
STDERR: Final = 2


def interpreter(model: Path) -> Any:
    """A LiteRT interpreter of this file, its tensors allocated. The file is verified before."""
    from ai_edge_litert.interpreter import Interpreter

    made: Any = Interpreter(str(model), num_threads=1)
    with _without_greeting():
        made.allocate_tensors()
    return made


@contextmanager
def _without_greeting() -> Iterator[None]:
    """Hold standard error back, of C++ too, and hand on all of it but the greeting."""
    if sys.stderr is None:  # a process without standard error tells nobody
        yield
        return
    sys.stderr.flush()
    kept = os.dup(STDERR)
    with os.fdopen(os.memfd_create("litert"), "r+b") as said:
        os.dup2(said.fileno(), STDERR)
        try:
            yield
        finally:
            os.dup2(kept, STDERR)
            os.close(kept)
            said.seek(0)
            os.write(STDERR, b"".join(line for line in said if not line.startswith(GREETING)))
