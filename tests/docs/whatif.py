"""Renders the example and the figures of `docs/whatif.md`: the example is run each time."""

from __future__ import annotations

from functools import lru_cache

from router.cli.views.whatif import view
from router.terms import SECOND_US
from router.trace import generate_busy_hour
from router.trace.burst import burst, moment
from router.trace.whatif.compare import Report
from router.trace.whatif.figures import OF_QUEUES, OF_TEAMS
from router.trace.whatif.fit import Helpers
from router.trace.whatif.jobs import Question, answer
from router.trace.whatif.redials import estimate
from tests.docs.registry import renders, table
from tests.trace.test_whatif_run import BACK_OFFICE, settings

RULES = """\
[rules.incident]
about = "The back office helps when somebody waits too long for the general service."
when = { queue = "general", signal = "oldest_wait_s", above = 45 }
until = { queue = "general", signal = "oldest_wait_s", below = 10 }
active_least_s = 300

[[rules.incident.actions]]
kind = "borrow"
team = "back-office"
skills = { general = 3 }
step_s = 0
agents_most = 2
"""


@lru_cache(maxsize=1)
def report() -> Report:
    """An incident of ten minutes, with the rule and without it."""
    quiet = generate_busy_hour(3)
    trace = burst(quiet, [moment(quiet, "2024-03-04T10:15")], factor=2, for_us=600 * SECOND_US)
    queues = "".join(f"[queues.{name}]\nneeds = {{ {name} = 1 }}\n" for name in sorted(trace.header.queues))
    old, new = settings(queues, agents=BACK_OFFICE), settings(queues, agents=BACK_OFFICE, rules=RULES)
    helpers = (Helpers("back-office", slower=1.3, late_us=180 * SECOND_US),)
    question = Question(trace, new, old, ("old/", "new/"), helpers=helpers, redials=estimate(trace))
    return answer(question, [1, 2, 3], processes=1)


@renders("whatif.rules")
def rules() -> str:
    """What is tried."""
    return f"```toml\n{RULES}```"


@renders("whatif.example")
def example() -> str:
    """What the command prints of it."""
    from rich.console import Console

    console = Console(width=100, highlight=False, color_system=None)
    with console.capture() as shown:
        console.print(view(report()), markup=False)
    return "```text\n" + "\n".join(line.rstrip() for line in shown.get().strip().splitlines()) + "\n```"


@renders("whatif.figures")
def figures() -> str:
    """Every figure, with what it means."""
    rows = [
        *((f"`{figure.name}`", "queue", figure.unit, figure.doc) for figure in OF_QUEUES),
        *((f"`{figure.name}`", "team", figure.unit, figure.doc) for figure in OF_TEAMS),
    ]
    return table(("figure", "of", "unit", "meaning"), rows)
