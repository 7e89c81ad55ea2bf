"""`python -m router.config DIRECTORY [VERSION]`: a check in a process of its own.

The daemon starts this at a reload, so that reading 10,000 people never holds up its loop: the report goes to
standard output as one MessagePack document. Exit code 0 where there is a configuration in it, 1 where there
is none.
"""

import sys

from router.config.check import check


def main(arguments: list[str]) -> int:
    """Checks, writes, and returns the exit code."""
    report = check(arguments[0], version=int(arguments[1]) if len(arguments) > 1 else 1)
    sys.stdout.buffer.write(report.to_bytes())
    return 0 if report.configuration is not None else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
