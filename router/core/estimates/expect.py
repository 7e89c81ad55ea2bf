"""The expected wait, the one place where anybody asks for it: `estimate` of a place, `estimate_of` a contact.

What is *told* (announcements, the request `estimate`) counts in everything that is foreseen. What is *decided* (rules,
floors of loans, steering, last admission, call-backs) counts in what no decision can change: rosters, hours, the time
that a plan was given; and nobody whom a rule is about to bring. Else a rule that waits for the wait to be long would
see it fall by its own coming help, and never help (docs/decisions/0018).

It decides nothing, and says None, unknown, rather than guess. It reads the last trajectory of the line, O(1) but for
the logarithm of a few knots, and has an old one made anew: at once where few agents serve the line, else by and by
(`estimates/slices.py`). Until enough was learned, and where waits can't be foreseen (lines that count open hours, or
where the newest is first), a documented closed form stands in, of low confidence:

    mean = (places ahead + 1) * mean handle time / agents        0 where somebody is free for this place

An agent shared by k queues counts 1/k of an agent there, the closed form of Google CCAI Platform's queue estimate
("estimated wait time", 2023); one who takes n contacts of the channel at a time counts n times. Its quantiles are those
of as many exponential steps as there are places to pass (Erlang's law).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from router.core.estimates.safety import failed
from router.core.estimates.slices import refresh_at_once
from router.core.estimates.turns import any_known
from router.core.layers.guards import free_for
from router.ewt import Confidence, Estimate
from router.ewt.learn import SCORES, gamma_quantile
from router.terms import SECOND_US

if TYPE_CHECKING:
    from router.core.entities import Contact
    from router.core.line import Line, Needs
    from router.core.world import World

PROFILES_MOST = 64
"""Profiles whose share is looked at; beyond it the rest counts as they do on average: bounds the cost."""
CAPACITY_UNITS = 100
"""Of an agent, as it is unless configured otherwise: profiles do not tell capacities apart."""


def estimate(world: World, line: Line, ahead: int, *, deciding: bool = False) -> Estimate | None:
    """The remaining wait, in seconds, of a contact with `ahead` others before it in `line`: `len(line.order)` for one
    who would join now.

    None where it is unknown: nobody able is signed in, or none of the queue's work was finished since the engine's
    start. `confidence` "low": tell the position only. `deciding`: something is decided by it; see the module.
    """
    needs = line.needs
    if ahead < free_for(line):
        return Estimate(0.0, 0.0, 0.0, 0.0, 0.0, _confidence(world, line))
    try:
        learned = _learned(world, line, ahead, deciding)
    except Exception as error:  # noqa: BLE001  # nobody's call may end by an estimate: see `safety.py`
        failed(world, error)
        learned = None
    if learned is not None:
        return learned
    agents = _agents(needs) * _at_once(world, needs.channel)
    tally = line.queue.tally
    if agents <= 0.0 or tally.legs == 0:
        return None
    handle_s = (tally.talk_us + tally.hold_us + tally.wrap_up_us) / tally.legs / SECOND_US
    mean = (ahead + 1) * handle_s / agents
    p10, p50, p80, p90 = (gamma_quantile(mean, ahead + 1, score) for score in SCORES)
    return Estimate(mean, p10, p50, p80, p90, "low")


def _learned(world: World, line: Line, ahead: int, deciding: bool) -> Estimate | None:
    """What the line's trajectory says, where it is fresh and its confidence is not low; a line that is asked for is to
    be estimated anew."""
    estimates = world.estimates
    if not estimates.on or world.now_us < estimates.rests_us or line.clock is not None or line.newest:
        return None
    if line.needs.staffed == 0 and not world.rota.at_work and not any_known(world):
        return None
    view = estimates.view(line)
    view.asked_us, view.rests_us = world.now_us, 0
    if view.made_us < 0 or world.now_us - view.made_us >= estimates.settings.refresh_us:
        if line not in estimates.due:
            estimates.want(world, line)
        refresh_at_once(world, line)
    made = view.plain if deciding else view.trajectory
    if made is None or world.now_us - view.made_us > estimates.settings.stale_us:
        return None
    said, last = made.at(ahead + 1), len(made)
    if ahead >= last:
        # More have come than when it was made: each costs as much as those before, on the average.
        more, most = (ahead + 1) / last, view.settings.wait_max_s
        mean, p10, p50, p80, p90 = (min(number * more, most) for number in said[:5])
        return Estimate(mean, p10, p50, p80, p90, said.confidence)
    return said


def _confidence(world: World, line: Line) -> Confidence:
    """How far the learned numbers of a line are to be trusted."""
    estimates = world.estimates
    view = estimates.views.get(line)
    made = view.trajectory if view is not None else None
    return made.confidence if made is not None else "low"


def estimate_of(world: World, contact: Contact) -> Estimate | None:
    """The same for a contact, by the place that it has in its line; also while it is held or offered, when it is what
    it had to wait if it came back to its place. None, too, for one who waits for one agent by name or is in no line."""
    line = contact.line
    if line is None or contact.entry is None or contact.direct is not None:
        return None
    return estimate(world, line, places_ahead(contact))


def places_ahead(contact: Contact) -> int:
    """How many come before the contact in its own line; beside it the queue may have lines of other needs."""
    line, entry = contact.line, contact.entry
    assert line is not None
    assert entry is not None
    ahead = line.order.rank(entry) + line.dialling
    return ahead if line.virtual is None else ahead + line.virtual.rank(entry)


def expected_wait_us(world: World, line: Line, ahead: int) -> int | None:
    """The mean of `estimate`, for whatever is decided by it, in microseconds; None where it is unknown."""
    said = estimate(world, line, ahead, deciding=True)
    return None if said is None else round(said.mean * SECOND_US)


def _agents(needs: Needs) -> float:
    """Signed-in agents who meet the needs, each counting 1 / the queues that they can serve."""
    shares = 0.0
    seen = 0
    for profile in needs.profiles[:PROFILES_MOST]:
        seen += profile.agents
        shares += profile.agents / max(1, profile.queues_servable())
    return shares * needs.staffed / seen if seen else 0.0


def _at_once(world: World, channel: str) -> int:
    """Contacts of the channel that one agent serves at a time."""
    settings = world.channels.get(channel)
    if settings is None:
        return 1
    return max(1, min(settings.most_at_once, CAPACITY_UNITS // settings.units))
