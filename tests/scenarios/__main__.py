"""`python -m tests.scenarios [--show] FILE ...`: run stories at a desk.

Without `--show` it says where the engine differs from the story. With it, it prints the story with what the engine
does: write down who says what when, look at what comes of it, and keep it once it is what ought to be.
"""

import sys
from pathlib import Path

from tests.scenarios.check import Differs, run


def main(arguments: list[str]) -> int:
    """0: all stories are true. 1: one is not. 2: no file was named."""
    names = [argument for argument in arguments if argument != "--show"]
    if not names:
        print(__doc__, file=sys.stderr)
        return 2
    wrong = 0
    for name in names:
        try:
            printed = run(name, Path(name).read_text(encoding="utf-8"), show="--show" in arguments)
        except Differs as differs:
            wrong = 1
            print(differs)
        else:
            print("\n".join(printed) or f"{name}: true")
    return wrong


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
