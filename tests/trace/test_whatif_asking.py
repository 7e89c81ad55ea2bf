"""Runs whose configuration asks for no estimates make none, and nothing else comes of it."""

import re

import pytest

from router.core.altered import altered
from router.core.settings import Settings
from router.trace import generate_busy_hour
from router.trace.whatif import asking, fit
from router.trace.whatif.run import run
from tests.conftest import ROOT
from tests.trace.test_whatif_callbacks import TAKES
from tests.trace.test_whatif_run import BACK_OFFICE, HELP, PS, settings

ASKERS = {
    "announcements/announcements.py",
    "callbacks/book.py",
    "doors/doors.py",
    "handlers/announcements.py",
    "layers/donors.py",
    "layers/lending.py",
    "routes/advice.py",
    "ruling/expected.py",
}
"""Where the core asks for estimates. Another one here needs a line in `router/trace/whatif/asking.py`."""


def test_everybody_who_asks_is_known() -> None:
    """A module of the core that begins to ask is noticed, so that what-if runs do not go without."""
    core = ROOT / "router" / "core"
    asks = re.compile(r"(import expect\b|estimates\.expect import|\bestimates\.views?\b)")
    found = {
        str(path.relative_to(core))
        for path in core.rglob("*.py")
        if not {"estimates", "verify"} & set(path.parts) and asks.search(path.read_text())
    }
    assert found == ASKERS


@pytest.mark.parametrize(
    ("by", "asks"),
    [
        (settings(PS), False),
        (settings(PS, agents=BACK_OFFICE, rules=HELP), False),
        (settings(PS + TAKES.replace(", MORE", "")), True),
        (settings(PS + '[[queues.PS.announce]]\nkind = "comfort"\nat_s = 5\nevery_s = 10\ntext = "soon"\n'), True),
        (settings(PS, agents=BACK_OFFICE, rules=HELP.replace("oldest_wait_s", "ewt_p90_s")), True),
        (settings(PS, agents=BACK_OFFICE, rules=HELP + 'keep_ewt_s = 60\nkeep_queues = ["PS"]\n'), True),
        (
            settings(
                PS,
                plans='[plans.self]\n[[plans.self.actions]]\nkind = "steer"\nqueues = ["PS"]\nto = "self_service"\n',
            ),
            True,
        ),
    ],
)
def test_what_asks(by: Settings, asks: bool) -> None:
    """Queues, rules, plans."""
    assert asking.asks_for_estimates(by) is asks


def test_who_does_not_ask_fares_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """With estimates and without, to the last byte that is told anybody."""
    trace = generate_busy_hour(5)
    queues = "".join(f"[queues.{name}]\nneeds = {{ {name} = 1 }}\n" for name in sorted(trace.header.queues))
    by = settings(queues, agents=BACK_OFFICE, rules=HELP.replace("PS", "general"))
    without = run(trace, by, helpers=[fit.Helpers("back-office")], verify=True)
    monkeypatch.setattr(fit, "asks_for_estimates", lambda _: True)
    made = run(trace, by, helpers=[fit.Helpers("back-office")], verify=True)
    assert made.digest == without.digest
    assert made.callers == without.callers
    assert without.violations == made.violations == {}
    asked = altered(by, estimates=altered(by.estimates, enabled=False))
    assert not fit.fit(trace, asked).settings.estimates.enabled
