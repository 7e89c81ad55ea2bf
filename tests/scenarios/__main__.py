"""`python -m tests.scenarios [--show | --loaded] FILE ...`: run stories at a desk.

Without `--show` it says where the engine differs from the story. With it, it prints the story with what the engine
does: write down who says what when, look at what comes of it, and keep it once it is what ought to be. With
`--loaded`, an engine that is loaded from the records at every step must do the same.
"""

import sys
from pathlib import Path

from tests.scenarios.check import Differs, run


def main(arguments: list[str]) -> int:
    """0: all stories are true. 1: one is not. 2: no file was named."""
    names = [argument for argument in arguments if argument not in ("--show", "--loaded")]
    if not names:
        print(__doc__, file=sys.stderr)
        return 2
    wrong = 0
    for name in names:
        try:
            story = Path(name).read_text(encoding="utf-8")
            printed = run(name, story, show="--show" in arguments, loaded="--loaded" in arguments)
        except Differs as differs:
            wrong = 1
            print(differs)
        else:
            print("\n".join(printed) or f"{name}: true")
    return wrong


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
