"""`python -m bench NAME [--json]`: run one benchmark. Without a name, list them."""

from __future__ import annotations

import importlib
import sys

NAMES = {
    "engine": "the core alone: lifecycles a second, growth (with needs and tickets too), memory per waiting contact",
    "wire": "the daemon over TCP: CPU per lifecycle against the bare server, growth, agent free to offer",
    "store": "commits and the daemon with each store (Redis with every appendfsync, SQLite) beside memory",
    "reload": "how long a reload of everything holds the daemon's loop up, with 10,000 agents and 500 queues",
    "takeover": "how long nobody leads after kill -9 of the leader, and how long a start takes",
    "announce": "what announcing to 10,000 who wait in 200 queues costs the loop",
    "rules": "what 1,000 rules over 500 queues add to a lifecycle",
    "balance": "what a balance gains over static priorities and plain urgency, on the real month and a two-peak day",
    "burst": "the real month with a burst on three days, with the sample rules and without them",
    "absence": "Redis stands still under load: what is routed meanwhile, kept afterwards, lost never",
    "lists": "steps of the core while a gateway with 100,000 contacts goes and comes back",
    "crash": "kill -9 of the daemon under load with 100,000 waiting: nothing lost, doubled or moved, ready within 2 s",
    "ewt": "the estimated wait on simulated centres, against theory and other formulas",
}


def main() -> int:
    """Dispatch to the benchmark's own `main(arguments)`."""
    if len(sys.argv) < 2 or sys.argv[1] not in NAMES:
        print("usage: python -m bench NAME [--json]\n")
        for name, what in NAMES.items():
            print(f"  {name:8} {what}")
        return 2
    module = importlib.import_module(f"bench.{sys.argv[1]}")
    result: int = module.main(sys.argv[2:])
    return result


if __name__ == "__main__":
    sys.exit(main())
