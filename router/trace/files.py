"""Opens what an importer reads: text, plain or compressed by gzip, whatever its name ends in.

It must not know what the text says.

The one idea: the first two bytes of a file tell, not its name.
"""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, TextIO

from router.trace.records import TraceError

GZIP_MARK: Final = b"\x1f\x8b"


@contextmanager
def open_text(path: Path) -> Iterator[TextIO]:
    """The file as UTF-8 text; bytes that are none become U+FFFD, Windows line ends become plain ones.

    Raises TraceError (`cut_off`) from within the block where a compressed file is damaged.
    """
    with path.open("rb") as raw:
        zipped = raw.read(len(GZIP_MARK)) == GZIP_MARK
        raw.seek(0)
        binary = gzip.GzipFile(fileobj=raw) if zipped else raw
        with io.TextIOWrapper(binary, encoding="utf-8-sig", errors="replace") as text:
            try:
                yield text
            except (EOFError, gzip.BadGzipFile, zlib.error) as error:
                raise TraceError(
                    "cut_off", f"the compressed file is damaged ({error})", remedy="fetch it again"
                ) from error
