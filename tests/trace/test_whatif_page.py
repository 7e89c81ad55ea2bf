"""What is shown of a what-if question: one object, tables, and a page that needs nothing but itself."""

import json
import re
from html.parser import HTMLParser

import pytest

from router.cli.views.whatif import view
from router.trace.whatif.callbacks import Takers
from router.trace.whatif.figures import Unit
from router.trace.whatif.jobs import Question, answer
from router.trace.whatif.page import page
from router.trace.whatif.plots import Axis, Line, lines, round_up
from router.trace.whatif.redials import ATTEMPTS_MOST, Redials
from router.trace.whatif.show import as_json, sentences, tables, value
from tests.conftest import ROOT
from tests.trace.make import S, small_trace
from tests.trace.test_replay import HOUR, call
from tests.trace.test_whatif_callbacks import queue
from tests.trace.test_whatif_compare import ask
from tests.trace.test_whatif_run import settings

REPORT = ask(processes=1)


class Checked(HTMLParser):
    """Every tag that is opened is closed, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Opened; a tag that has no end is none."""
        self.seen.add(tag)
        self.addresses += [value or "" for name, value in attrs if name in ("src", "href")]
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Opened and closed."""
        self.seen.add(tag)

    def handle_endtag(self, tag: str) -> None:
        """Closed: the last one that was opened."""
        assert self.open.pop() == tag


def test_the_page_stands_alone() -> None:
    """Whole, with plots, table and rules; no program, no address, nothing to fetch."""
    text = page(REPORT)
    found = Checked()
    found.feed(text)
    assert not found.open
    assert {"svg", "polyline", "table", "rect"} <= found.seen
    assert not {"script", "link", "img", "iframe"} & found.seen
    assert not found.addresses
    assert "url(" not in text
    assert "http" not in text
    for said in ("with help instead of today", "Redials are not modelled", "rule help", "in target", "PS"):
        assert said in text
    assert 'class="better"' in text


def test_what_a_trace_says_is_no_markup() -> None:
    """Names come from files: they are shown, never understood."""
    REPORT.header.queues["PS"] = "<script>alert(1)</script>"
    try:
        assert "<script>" not in page(REPORT)
        assert "&lt;script&gt;" in page(REPORT)
    finally:
        del REPORT.header.queues["PS"]


def test_the_object_is_listed_on_its_page() -> None:
    """Each key stands in the table of the page, and no other; and all of it is JSON."""
    found = as_json(REPORT)
    json.dumps(found, allow_nan=False)
    text = (ROOT / "docs" / "whatif.md").read_text()
    table = text[text.index("| key | unit |") :].split("\n\n")[0]
    listed = {name for line in table.splitlines()[2:] for name in re.findall(r"`(\w+)`", line.split("|")[1])}
    assert listed == set(found)
    assert (found["redials_modelled"], found["redials"]) == (False, None)
    assert found["queues"]["PS"]["mean_wait_s"]["pairs"] == 3
    assert found["new"]["active"][0]["name"] == "rule help"


def test_tables_and_sentences() -> None:
    """Every row is as wide as its head; warnings come before figures."""
    for table in tables(REPORT):
        assert all(len(row) == len(table.columns) for row in table.rows)
    assert any(each.startswith("WARNING") for each in sentences(REPORT))
    assert ("back-office", "occupancy") in [row[:2] for row in tables(REPORT)[1].rows]
    assert view(REPORT) is not None


@pytest.mark.parametrize(
    ("unit", "of", "shown"),
    [("share", 0.1234, "12.3%"), ("seconds", 3.25, "3.2 s"), ("contacts", 3.0, "3"), ("times", 2.5, "2.5")],
)
def test_values_in_words(unit: Unit, of: float, shown: str) -> None:
    """With their unit; what is not known is a dash."""
    assert value(unit, of) == shown
    assert value(unit, None) == "-"


def test_lines_are_broken_where_nothing_is_known() -> None:
    """A half-hour without callers is a gap, not a zero; scales end at round numbers."""
    axis = Axis(0, 4, (0, 2, 4), str)
    drawn = lines("waits", axis, Axis(0, 10, (0, 10), str), [Line("a", "new", [(0, 1), (1, 2), (2, None), (3, 4)])])
    assert drawn.count("<polyline") == 2
    assert drawn.count("<circle") == 3
    assert round_up(0)[0] == 4
    assert round_up(37)[0] == 40
    assert round_up(41)[0] == 80
    assert round_up(10**9)[0] == 10**9


def test_two_days_with_redials_and_call_backs() -> None:
    """A call-back that is taken in the evening is made the next morning, by the configuration's hours; whom nobody
    lets in at night calls again; and table, object and page have both in columns of their own."""
    by = settings(
        queue(rest='calendar = "office"\n[queues.PS.treatments.closed]\ndo = "callback"\n')
        + "[queues.NE]\nneeds = { NE = 1 }\n",
        calendars='[calendars.office]\ntime_zone = "UTC"\nmonday = ["09:00-17:00"]\ntuesday = ["09:00-17:00"]\n',
    )
    trace = small_trace()
    trace.contacts = [call("early", 10 * HOUR), call("late", 18 * HOUR, talk=50), call("other", 20 * HOUR, queue="NE")]
    question = Question(
        trace, by, by, ("today", "tomorrow"), redials=Redials("option", 1.0, (600 * S,), 600 * S),
        takers=Takers(1.0, 1.0), verify=True,
    )  # fmt: skip
    report = answer(question, [1, 2], processes=1)
    assert not report.new.violations, report.new.first_violations
    whole = {name: of["new"] for name, of in as_json(report)["queues"]["PS"].items()}
    assert (whole["callbacks"], whole["callbacks_reached"], whole["redials"]) == (1.0, 1.0, 0.0)
    assert whole["until_called_s"] == pytest.approx(15 * HOUR + 20, abs=5), (
        "from six in the evening to nine, and dialled"
    )
    assert as_json(report)["queues"]["NE"]["redials"]["new"] == ATTEMPTS_MOST - 1, "nobody is there at night"
    shown = {row[1] for row in tables(report)[0].rows}
    assert {"call-backs", "reached", "until called", "redials"} <= shown
    text = page(report)
    for said in ("call-backs", "until called", "redials", "Call-backs are modelled", "Redials are modelled"):
        assert said in text
    assert "2024-03-04 to 2024-03-05" in text
