"""I16: the counters agree with the contacts' own records."""

import random
from collections import Counter
from typing import Any

import pytest
from msgspec.structs import replace

from router.core import commands as ask
from router.terms import SECOND_US
from tests.metrics.driven import Driven, settings, text_of, value


def test_one_contact_of_each_kind() -> None:
    """Answered, abandoned, refused and waiting contacts are each counted where they belong, with their waits."""
    driven = Driven()
    driven.sign_in("agent1")
    driven.ask(ask.Enqueue, "c1", "sales")
    driven.wait(4)
    driven.answer()
    for name in ("c2", "c3"):
        driven.ask(ask.Enqueue, name, "sales")
    driven.wait(12)
    driven.ask(ask.End, "c2", reason="hangup")
    driven.wait(14)
    driven.ask(ask.End, "c1")
    driven.wait(5)
    text = text_of(driven.sources())
    assert value(text, "switchboard_arrived_contacts_total", queue="sales") == 3
    assert value(text, "switchboard_answered_wait_seconds_sum", queue="sales") == 4
    assert value(text, "switchboard_answered_in_target_contacts_total", queue="sales") == 1
    assert value(text, "switchboard_service_level_contacts_total", queue="sales") == 2
    assert value(text, "switchboard_ended_contacts_total", queue="sales", outcome="abandoned") == 1
    assert value(text, "switchboard_abandoned_wait_seconds_sum", queue="sales") == 12
    assert value(text, "switchboard_queue_contacts", queue="sales", state="wrapping") == 1
    assert value(text, "switchboard_queue_contacts", queue="sales", state="waiting") == 1
    assert value(text, "switchboard_oldest_wait_seconds", queue="sales") == 31
    assert value(text, "switchboard_agents", doing="wrap_up") == 1
    assert value(text, "switchboard_agents") == 2
    driven.wait(5)
    text = text_of(driven.sources())
    assert value(text, "switchboard_talk_seconds_total", queue="sales") == 26
    assert value(text, "switchboard_wrap_up_seconds_total", queue="sales") == 10
    assert value(text, "switchboard_legs_total", queue="sales") == 1
    assert value(text, "switchboard_arrived_contacts_total", queue="help") == 0


def traffic(driven: Driven, rng: random.Random, moves: int) -> None:
    """Callers who come, hang up or are too many, agents who answer, let it ring or talk, at random."""
    world = driven.engine.world
    for number in range(moves):
        driven.wait(rng.randrange(0, 8000) / 1000)
        live = list(world.peers["main/gw1"].contacts)
        ringing = [offer for offer in world.offers.values() if offer.state == "offered"]
        match rng.choice(("come", "come", "come", "answer", "answer", "leave", "over", "hold", "resume", "back")):
            case "come":
                driven.ask(ask.Enqueue, f"c{number}", rng.choice(("sales", "help")), held=rng.random() < 0.1)
            case "answer" if ringing:
                driven.ask(ask.Accept, rng.choice(ringing).id)
            case "leave" if live:
                driven.ask(ask.End, rng.choice(live), reason=rng.choice(("hangup", "key", "withdrawn")))
            case "over" if live:
                driven.ask(ask.End, rng.choice(live))
            case "hold" if live:
                driven.ask(ask.Hold, rng.choice(live))
            case "resume" if live:
                driven.ask(ask.Resume, rng.choice(live))
            case "back":
                for agent in world.agents.values():
                    if agent.state == "not_ready":
                        driven.ask(ask.Ready, agent.name)


def totals(records: list[dict[str, Any]]) -> Counter[tuple[str, str]]:
    """What the records add up to, by queue and figure; milliseconds."""
    sums: Counter[tuple[str, str]] = Counter()
    for record in records:
        queue, outcome = record["queue"], record["outcome"]
        sums[queue, f"{record['channel']} {outcome}"] += 1
        if outcome == "refused":
            sums[queue, f"refused {record['why']}"] += 1
        if outcome == "answered":
            sums[queue, "answered_wait"] += record.get("waited_ms", 0)
        if outcome in {"abandoned", "abandoned_in_offer"}:
            sums[queue, "abandoned_wait"] += record.get("waited_ms", 0)
        for leg in record.get("legs", ()):
            sums[queue, "legs"] += leg["how"] == "served"
            for part in ("talk", "hold", "wrap_up"):
                sums[queue, part] += leg.get(f"{part}_ms", 0)
    return sums


@pytest.mark.parametrize("seed", range(5))
def test_counters_are_the_sum_of_the_records(seed: int, rng: random.Random) -> None:
    """Once all is over, every counter of contacts, waits and work is what the records add up to, to the millisecond."""
    chosen = settings(agents=3)
    queues = tuple(replace(queue, waiting_max=4) for queue in chosen.queues)
    driven = Driven(replace(chosen, queues=queues))
    driven.sign_in("agent1", "agent2", "agent3")
    traffic(driven, rng, 300)
    for contact in list(driven.engine.world.peers["main/gw1"].contacts):
        driven.ask(ask.End, contact)
    driven.wait(60)
    assert driven.engine.world.live == 0
    text, sums = text_of(driven.sources()), totals(driven.records)
    seen = Counter(record["outcome"] for record in driven.records)
    assert min(seen["answered"], seen["abandoned"], seen["abandoned_in_offer"], seen["refused"]) > 0, seen
    assert sums["sales", "hold"] + sums["help", "hold"] > 0
    for queue in ("sales", "help"):
        for name, figure in {
            "answered_wait_seconds_sum": "answered_wait",
            "abandoned_wait_seconds_sum": "abandoned_wait",
            "talk_seconds_total": "talk",
            "hold_seconds_total": "hold",
            "wrap_up_seconds_total": "wrap_up",
        }.items():
            assert value(text, f"switchboard_{name}", queue=queue) == sums[queue, figure] / 1000, name
        assert value(text, "switchboard_legs_total", queue=queue) == sums[queue, "legs"]
        for (channel, outcome), count in driven.engine.world.queues["main", queue].tally.ended.items():
            assert sums[queue, f"{channel} {outcome}"] == count
        ended = sum(1 for record in driven.records if record["queue"] == queue and record["outcome"] != "refused")
        assert value(text, "switchboard_ended_contacts_total", queue=queue) == ended
        assert value(text, "switchboard_arrived_contacts_total", queue=queue) == ended
        refused = {
            key.removeprefix("refused "): count
            for (at, key), count in sums.items()
            if at == queue and key.startswith("refused ")
        }
        for why, count in refused.items():
            assert value(text, "switchboard_refused_contacts_total", queue=queue, why=why) == count
    accepted = value(text, "switchboard_accepted_contacts_total")
    assert accepted == value(text, "switchboard_closed_contacts_total") + value(text, "switchboard_live_contacts")
    assert driven.now_us > 300 * SECOND_US
