"""Sets a document in a process of its own: Typst keeps 70 MB after its first page, and the kiosk runs for months.

`python -m kiosk.typeset TEMPLATE` takes the data (JSON) on standard input and leaves the PDF on standard output.
"""

import subprocess
import sys
from pathlib import Path
from typing import Any, Final

from screens.fonts import font_path

STANDARD: Final = "a-2u"
LIMIT_S: Final = 60.0


def pdf_of(template: Path, data: str, *, limit_s: float = LIMIT_S) -> bytes:
    """PDF/A-2u of the data, which the template reads as `sys.inputs.data`. Raises `RuntimeError` with the reason."""
    command = [sys.executable, "-m", __name__, str(template)]
    try:
        done = subprocess.run(command, input=data.encode(), capture_output=True, timeout=limit_s, check=True)
    except subprocess.CalledProcessError as error:
        raise RuntimeError(error.stderr.decode(errors="replace").strip().splitlines()[-1]) from error
    except subprocess.TimeoutExpired as error:
        raise RuntimeError(f"the document was not set within {limit_s:g} s") from error
    return done.stdout


def compiled(template: Path, data: str, **options: Any) -> Any:
    """What Typst makes of the data, in this process. Raises `FontsMissingError` before set-up ran."""
    import typst

    make: Any = typst.compile
    fonts = [font_path().parent]
    return make(template, sys_inputs={"data": data}, font_paths=fonts, ignore_system_fonts=True, **options)


if __name__ == "__main__":
    sys.stdout.buffer.write(
        compiled(Path(sys.argv[1]), sys.stdin.read(), format="pdf", pdf_standards=[STANDARD])
    )
