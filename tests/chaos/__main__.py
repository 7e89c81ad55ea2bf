"""`python -m tests.chaos --minutes N --seed S [--store single|sentinel|cluster|all] [--json]`: see the package."""

from __future__ import annotations

import argparse
import asyncio
import json
import shutil
import sys
import tempfile
from pathlib import Path

from tests.chaos.run import storm
from tests.chaos.servers import KINDS


def main() -> int:
    """0: nothing was broken. 1: something was; the folder with all logs is kept and named."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description="A storm over real processes.")
    parser.add_argument("--minutes", type=float, default=1.0, help="how long the storm blows, over each store")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--store", choices=[*KINDS, "all"], default="all")
    parser.add_argument("--json", action="store_true", help="one JSON object a store on standard output")
    args = parser.parse_args()
    clean = True
    for kind in KINDS if args.store == "all" else (args.store,):
        folder = Path(tempfile.mkdtemp(prefix=f"switchboard-chaos-{kind}-"))

        def say(what: str, kind: str = kind) -> None:
            print(f"{kind:9} {what}", file=sys.stderr, flush=True)

        report = asyncio.run(storm(folder, args.seed, args.minutes * 60, kind, say))
        print(json.dumps(report) if args.json else "\n".join(f"{name}: {value}" for name, value in report.items()))
        sys.stdout.flush()
        if report["clean"]:
            shutil.rmtree(folder, ignore_errors=True)
        else:
            clean = False
            say(f"logs are kept in {folder}; again with --seed {args.seed} --store {kind}")
    return 0 if clean else 1


if __name__ == "__main__":
    sys.exit(main())
