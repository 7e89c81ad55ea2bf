"""What `switchboard ewt --report` finds: on small halls that can be reckoned by hand, and on the recorded month.

The data was collected by Avi Mandelbaum and Ilan Guedj, Technion.
"""

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import pytest

from router.trace import import_technion
from router.trace.ewt_report import ewt_report
from router.trace.records import Agent, Contact, Day, Header, Shift, Trace
from tests.trace.make import S, contact

HOUR = 3600 * S


def hall(*contacts: Contact, to_us: int = HOUR) -> Trace:
    """One agent for `PS`, from the first second on."""
    header = Header(
        "test", "2024-03-04T00:00:00", "recorded", queues={"PS": "regular"}, days=[Day("2024-03-04", 0, HOUR)]
    )
    return Trace(header, [Agent("ANN", {"PS": 5}, [Shift(0, to_us, ("PS",))])], list(contacts))


def test_virtual_waits() -> None:
    """Who hangs up counts by the wait until the agent found nobody before them: here that of the one behind."""
    first = contact("a", 10, talk=100, agent="ANN")
    leaves = contact("b", 20, wait=30)
    behind = contact("c", 40, wait=70, talk=100, agent="ANN")
    found = ewt_report(hall(first, leaves, behind))
    assert (found.whole.callers, found.unjudged) == (3, 0)
    assert found.whole.arriving.asks == 3
    assert found.whole.had_to_wait.mean_s == pytest.approx((90 + 70) / 2), "b's turn would have come at 110, like c's"
    assert found.whole.waiting.asks == 1, "c after a minute; b was gone by then"
    assert found.whole.waiting.mean_s == pytest.approx(10)


def test_nobody_there() -> None:
    """Who comes to an empty hall waits for people, not for a turn: such estimates are not judged."""
    found = ewt_report(hall(contact("a", 100, wait=20), contact("b", 200, wait=10), to_us=50 * S))
    assert (found.whole.callers, found.whole.every.asks, found.whole.every.rmse_s) == (0, 0, None)
    assert found.queues == {}


def test_february(shared_data: Callable[[str], Path]) -> None:
    """The recorded month: the least that is promised of estimates and of announcements."""
    found = ewt_report(import_technion(shared_data("bank-1999-02.tsv.gz")).trace)
    busiest = list(found.queues)[:2]
    assert busiest == ["PS", "NW"]
    for name in busiest:
        assert found.queues[name].every.over_ours["asterisk"] > 1.95, "about half of Asterisk's squared error"
        assert found.queues[name].every.over_ours["les"] > 2.3
    promises = found.whole.promises
    assert promises.kept is not None
    assert promises.kept >= 0.92
    assert promises.raised is not None
    assert promises.raised <= 0.06
    assert promises.told is not None
    assert promises.told >= 0.70
    assert promises.promised_over_waited is not None
    assert promises.promised_over_waited <= 2.5
    assert found.unjudged < 100
    assert "Mandelbaum" in found.acknowledgement
    assert asdict(found)["queues"]["PS"]["had_to_wait"]["covered"] == pytest.approx(0.8, abs=0.05)
