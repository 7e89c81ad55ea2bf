"""Figures of segments, of advice, and of rows that refuse."""

from msgspec.structs import replace

from router.core import commands as ask
from router.core.effects import Treatment
from router.core.routes.settings import Condition, Route, Segment, Steer
from router.terms import SECOND_US
from tests.metrics.driven import Driven, settings, text_of, value

NORTH = (Condition("region", ("north",)),)
SETTINGS = replace(
    settings(),
    segments=(
        Segment("north", "main", NORTH, None, 0, 10 * SECOND_US),
        Segment("south", "main", (Condition("region", ("south",)),), None, 0, 1),
    ),
    routes=(Route("no-thanks", "main", (Condition("entry", ("666",)),), refuse=Treatment("refuse")),),
    steers=(Steer("self", segments=("north",), gain_least_us=1),),
)


def test_segments_and_advice() -> None:
    """A contact of a segment counts there, wherever it was answered; advice counts when given, taken, and in vain."""
    driven = Driven(SETTINGS)
    driven.sign_in("agent1")
    driven.ask(ask.Enqueue, "c1", "sales", region="north", customer="k1")
    driven.wait(4)
    driven.answer()
    driven.wait(30)
    driven.ask(ask.End, "c1")
    driven.wait(10)
    driven.ask(ask.Enqueue, "other", "sales")
    driven.answer()
    driven.ask(ask.Enqueue, "c2", "sales", region="north", customer="k2")
    driven.wait(12)
    driven.ask(ask.End, "c2", reason="hangup")
    driven.ask(ask.Steered, "self", "k2", "voice")
    driven.ask(ask.Enqueue, "c3", "help", region="north", customer="k2")
    text = text_of(driven.sources())
    named = {"tenant": "main", "segment": "north"}
    assert value(text, "switchboard_segment_answered_contacts_total", **named) == 1
    assert value(text, "switchboard_segment_answered_in_target_contacts_total", **named) == 1
    assert value(text, "switchboard_segment_answered_wait_seconds_total", **named) == 4
    assert value(text, "switchboard_segment_abandoned_contacts_total", **named) == 1
    assert value(text, "switchboard_segment_counted_contacts_total", **named) == 2
    assert value(text, "switchboard_segment_overdue_contacts_total", **named) == 1
    assert value(text, "switchboard_segment_answered_contacts_total", segment="south") == 0
    assert value(text, "switchboard_steer_advised_contacts_total", steer="self") == 1
    assert value(text, "switchboard_steer_taken_contacts_total", steer="self") == 1
    assert value(text, "switchboard_steer_came_back_contacts_total", steer="self") == 1


def test_rows_that_refuse() -> None:
    """Who a row does not let in counts with the row, in no queue."""
    driven = Driven(SETTINGS)
    for number in range(3):
        driven.ask(ask.Enqueue, f"c{number}", None, entry="666")
    text = text_of(driven.sources())
    assert value(text, "switchboard_refused_by_route_contacts_total", row="no-thanks") == 3
    assert "switchboard_refused_contacts_total{" not in text
