"""`python -m router.config DIRECTORY VERSION [AGAINST [BASE]]`: a check in a process of its own.

The daemon starts this at a reload, so that reading 10,000 people never holds up its loop. The configuration, what was
found, and what differs from the directory AGAINST (`-`: from nothing) go to standard output in pieces. BASE is the
directory from which paths in the files count, where DIRECTORY is a copy. Exit code 0 where there is a configuration
in it, 1 where there is none.
"""

import sys
from pathlib import Path

from router.config.check import check
from router.config.handed import pieces


def main(arguments: list[str]) -> int:
    """Checks, writes, and returns the exit code."""
    directory, version, against, base = (*arguments, *("", "1", "-", "")[len(arguments) :])
    report = check(directory, version=int(version), base=Path(base) if base else None)
    old = None if against == "-" else check(against, version=int(version), base=Path(base) if base else None)
    for piece in pieces(report, None if old is None else old.configuration):
        sys.stdout.buffer.write(piece)
    return 0 if report.configuration is not None else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
