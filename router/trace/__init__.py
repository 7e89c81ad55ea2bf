"""Recorded traffic: importers, the trace file, and what a replay needs to know beyond the record.

What is here reads and writes files and nothing else. `router.trace.replay.run` drives the engine with it, and is
imported by its own name, so that an import of records does not load the engine. The format and the meaning of
every field for a replay are in `docs/traces.md`.
"""

from router.trace.asterisk import import_asterisk
from router.trace.codec import Progress, write_trace
from router.trace.generate import BANK, Plan, Service, generate, generate_busy_hour
from router.trace.patience import Draw, KaplanMeier, draws
from router.trace.reading import read_trace
from router.trace.records import (
    Agent,
    Break,
    Contact,
    Day,
    Header,
    ImportResult,
    Shift,
    Trace,
    TraceError,
    one_day,
    profiles,
)
from router.trace.report import Figures, Visit, by_queue, figures, recorded
from router.trace.technion import import_technion

__all__ = [
    "BANK",
    "Agent",
    "Break",
    "Contact",
    "Day",
    "Draw",
    "Figures",
    "Header",
    "ImportResult",
    "KaplanMeier",
    "Plan",
    "Progress",
    "Service",
    "Shift",
    "Trace",
    "TraceError",
    "Visit",
    "by_queue",
    "draws",
    "figures",
    "generate",
    "generate_busy_hour",
    "import_asterisk",
    "import_technion",
    "one_day",
    "profiles",
    "read_trace",
    "recorded",
    "write_trace",
]
