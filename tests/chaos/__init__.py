"""A storm over real processes: two daemons, Redis in one of its forms, gateways, and a ledger outside of all of them.

    python -m tests.chaos --minutes 2 --seed 7                 exit 0 only if nothing was broken
    python -m tests.chaos --minutes 2 --seed 7 --store sentinel --json

    servers.py   Redis alone, with Sentinel and two replicas, as a cluster of three; started here, on free ports
    proxy.py     what stands between clients, daemons and Redis: cuts both ways or one way, slows down
    gateway.py   callers, agents and their devices, on the project's own client
    ledger.py    what was promised to whom, and what of it was broken
    storm.py     what a seed lets happen: kills, stops, cuts, failovers, refusals, hand-overs
    run.py       one run: calm, storm, calm again; then everything must come to its end

Everything is on loopback, lasts as long as it was told, and is ended by process id. The one idea: the ledger knows only
what a gateway's program can know, and asks each new leader about every promise before it lists anything itself.
"""
