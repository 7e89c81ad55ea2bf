"""Prints the JSON of `python -m bench ewt --json` as table and bars: the pictures of docs/ewt.md.

    python -m bench ewt --json | python -m bench.ewt_plot

What lives here: text bars.  What it must not know: how figures are made.
The idea: a logarithmic axis, since the worst formula is twenty times the best.
"""

from __future__ import annotations

import json
import sys
from math import log
from typing import Any

from bench.ewt import table
from bench.ewt_cost import cost_text
from bench.ewt_rules import table as rules_table

WIDTH = 44
AXIS_END = 30.0
DRAWN = (("ours", "ours"), ("QL+ab", "ql_abandon"), ("LES", "les"), ("Asterisk", "asterisk"))


def bars(rows: list[dict[str, Any]]) -> str:
    """Squared error over the limit's, a bar each from 1 to `AXIS_END` on a logarithmic axis."""
    lines = [f"MSE / limit, 1 to {AXIS_END:.0f}, logarithmic"]
    for row in rows:
        lines.append("")
        lines.append(str(row["centre"]))
        for label, key in DRAWN:
            share = min(max(log(max(row[key], 1e-9)) / log(AXIS_END), 0.0), 1.0)
            lines.append(f"  {label:9}{'#' * round(share * WIDTH):{WIDTH}} {row[key]:.2f}")
    return "\n".join(lines)


def coverage(rows: list[dict[str, Any]]) -> str:
    """Where the 80 % interval's coverage lies between 70 and 90 %."""
    lines = ["coverage of the 80 % interval, 70 to 90 %"]
    for row in rows:
        place = round(min(max((100 * row["covered"] - 70) / 20, 0.0), 1.0) * 40)
        axis = "".join("o" if i == place else "|" if i == 20 else "." for i in range(41))
        lines.append(f"  {row['centre']:26}{axis} {100 * row['covered']:.1f}")
    return "\n".join(lines)


def main() -> int:
    """Read the bench's JSON from standard input, print table and pictures."""
    found = json.load(sys.stdin)
    rows = found["rows"]
    print(table(rows))
    if found["rules"]:
        print("\n" + rules_table(found["rules"]))
    print()
    print(cost_text(found["cost"]))
    print()
    print(bars(rows))
    print()
    print(coverage(rows))
    return 0


if __name__ == "__main__":
    sys.exit(main())
