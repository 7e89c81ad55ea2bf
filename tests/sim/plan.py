"""What a seed draws before anything runs: the centre's configuration, its traffic, and how often each fault comes.

Nothing here runs. The one idea: the probabilities are drawn too, so that one seed has hardly any faults and another
one kind of them all the time (a swarm); a run that mixes everything evenly would reach few of the odd corners.
"""

from __future__ import annotations

from random import Random

from msgspec import Struct, structs

from router.core import settings as of
from router.core.customers.settings import Again
from router.core.effects import Treatment
from router.core.estimates.settings import Estimating
from router.terms import SECOND_US
from tests.sim import (
    announcements,
    balances,
    callbacks,
    hours,
    layers,
    overflow,
    partners,
    route_by,
    rules,
    tickets,
    wants,
)
from tests.sim.books import place as place_book
from tests.sim.channels import confirming, drawn

SKILLS = ("cards", "loans", "german", "sales")
CHANNELS = ("voice", "chat", "email")
GATEWAYS = ("main/gw1", "main/gw2", "main/gw3")
DESKS = ("main/desk1", "main/desk2")
TENANT = "main"


class Chances(Struct):
    """Probabilities, each of one decision; all drawn, many of them 0 in a given seed."""

    # the store and the engine
    batch_stays_open: float = 0.3
    store_late: float = 0.2
    kill: float = 0.0
    commit_survives_kill: float = 0.5
    # connections
    late_message: float = 0.2
    drop: float = 0.0
    replaced: float = 0.2
    bye: float = 0.1
    new_instance: float = 0.3
    calls_lost: float = 0.3
    sync_misses: float = 0.05
    sync_adds: float = 0.05
    replay_again: float = 0.3
    away_long: float = 0.2
    drain: float = 0.0
    # agents
    forgets: float = 0.1
    rejects: float = 0.1
    break_in_offer: float = 0.05
    log_out_in_offer: float = 0.03
    says_again: float = 0.1
    wrong_client: float = 0.05
    leaves_while_engaged: float = 0.1
    moves_session: float = 0.05
    outside_work: float = 0.05
    detaches: float = 0.05
    hangs_up: float = 0.3
    extends: float = 0.1
    late_complete: float = 0.1
    # callers and their gateways
    impatient: float = 0.2
    held: float = 0.1
    updates: float = 0.1
    transfers: float = 0.1
    preferred: float = 0.1
    direct: float = 0.1
    own_needs: float = 0.15
    own_steps: float = 0.3
    routed: float = 0.5
    head_start: float = 0.2
    connect_fails: float = 0.05
    connect_silent: float = 0.02
    no_ringing: float = 0.05
    nonsense: float = 0.03
    parks: float = 0.3
    writes: float = 0.5
    switches: float = 0.05
    consults: float = 0.15
    hands: float = 0.1
    never_ended: float = 0.05
    takes_callback: float = 0.25
    rings_again: float = 0.3
    dial_silent: float = 0.05
    picks: float = 0.4


RARE = ("kill", "drop", "drain")
"""Not decided for each contact but at each beat of the site's clock: their drawn values are small."""


class Plan(Struct):
    """Everything that the seed decides in advance."""

    seed: int
    settings: of.Settings
    chances: Chances
    gap_us: int
    """Mean time between arrivals."""
    talk_us: int
    patience_us: int
    slice: int
    """Entities a step for chores, and for those who wait for skills that nobody has."""
    dials: tuple[bool, ...]
    sends: tuple[bool, ...]
    ringing: tuple[bool, ...]
    connecting: tuple[bool, ...]
    confirms: tuple[bool, ...]
    phones: dict[str, tuple[tuple[int, str, tuple[str, ...]], ...]]
    """Agent -> endpoints: number of the gateway, address, channels."""
    sessions: dict[str, int]
    """Agent -> where they sign in: a gateway's number, or 3 and 4 for the desks."""


def draw(seed: int) -> Plan:
    """The plan of this seed."""
    rng = Random(f"plan {seed}")
    settings = tickets.drawn(seed, callbacks.drawn(seed, hours.drawn(seed, drawn(seed, _settings(rng)))))
    settings = announcements.drawn(seed, layers.drawn(seed, overflow.drawn(seed, settings)))
    settings = balances.drawn(seed, place_book.drawn(seed, settings))
    settings = partners.drawn(seed, rules.drawn(seed, settings))
    settings = structs.replace(settings, estimates=_estimates(Random(f"estimates {seed}")))
    agents = [agent.name for agent in settings.agents]
    return Plan(
        seed=seed,
        settings=settings,
        chances=_chances(rng),
        gap_us=rng.randint(SECOND_US // 4, 3 * SECOND_US),
        talk_us=rng.choice((4, 10, 20)) * SECOND_US,
        patience_us=rng.choice((10, 40, 120)) * SECOND_US,
        slice=rng.choice((1, 2, 5, 64)),
        dials=callbacks.dials(seed),
        sends=partners.can_send(seed),
        ringing=tuple(rng.random() < 0.4 for _ in GATEWAYS),
        connecting=tuple(rng.random() < 0.7 for _ in GATEWAYS),
        confirms=confirming(seed, len(GATEWAYS)),
        phones=tickets.phones(seed, callbacks.phones(seed, {name: _phones(rng, name) for name in agents})),
        sessions={name: rng.randrange(5) for name in agents},
    )


def _estimates(rng: Random) -> Estimating:
    """In some runs what is learned of two talks counts already: a run is short, and trajectories cost it its time."""
    few = rng.choice((2, 30, 30, 30))
    return Estimating(low_confidence_lives=few, medium_confidence_lives=4 * few, refresh_us=2 * SECOND_US)


def _phones(rng: Random, name: str) -> tuple[tuple[int, str, tuple[str, ...]], ...]:
    phones = [(rng.randrange(3), f"sip-{name}", rng.choice((("voice",), ("voice", "chat"), CHANNELS)))]
    if rng.random() < 0.4:
        phones.append((rng.randrange(3), f"im-{name}", rng.choice((("chat",), ("chat", "email")))))
    return tuple(phones)


def _chances(rng: Random) -> Chances:
    """Each chance is left alone, switched off, or made much greater."""
    drawn = {}
    for name, usual in structs.asdict(Chances()).items():
        if name in RARE:
            drawn[name] = rng.choice((0.0, 0.002, 0.01))
        else:
            drawn[name] = min(0.9, usual * rng.choice((0.0, 0.5, 1.0, 1.0, 3.0)))
    return Chances(**drawn)


def _settings(rng: Random) -> of.Settings:
    skills = SKILLS[: rng.randint(2, 4)]
    return of.Settings(
        channels=tuple(_channel(rng, name) for name in CHANNELS),
        queues=tuple(_queue(rng, f"q{number}", skills) for number in range(rng.randint(2, 5))),
        agents=tuple(
            of.Agent(
                f"a{number}",
                skills=_levels(rng, skills, rng.randint(1, len(skills)), 10),
                capacity_units=rng.choice((100, 100, 100, 200, 50)),
                **wants.traits(rng),
            )
            for number in range(rng.randint(4, 12))
        ),
        break_resets_idle=rng.random() < 0.5,
        blocked_customers=("cust-0",),
        **route_by.table(rng, CHANNELS),
        hops_max=rng.choice((0, 1, 3, 3)),
        limits=_limits(rng),
        repeat=of.Repeat(
            window_us=rng.choice((0, 20, 86_400, 86_400)) * SECOND_US,
            customers_max=rng.choice((4, 1000, 1000)),
            contacts_per_day_max=rng.choice((3, 1000, 1000)),
        ),
    )


def _limits(rng: Random) -> of.Limits:
    return of.Limits(
        contacts_max=rng.choice((12, 1000, 1000)),
        lines_per_queue_max=rng.choice((4, 64)),
        data_bytes_max=rng.choice((16, 2048)),
        ended_kept_us=rng.choice((20, 300)) * SECOND_US,
        complete_kept_us=rng.choice((10, 300)) * SECOND_US,
        gateway_grace_us=rng.choice((3, 10, 60)) * SECOND_US,
        suspend_after_failures=rng.choice((2, 3, 5)),
        suspend_us=rng.choice((5, 30)) * SECOND_US,
        deadlines_a_step=rng.choice((16, 256)),
        outcomes_kept=rng.choice((4, 64, 1024)),
    )


def _levels(rng: Random, skills: tuple[str, ...], count: int, most: int) -> tuple[tuple[str, int], ...]:
    return tuple(sorted((skill, rng.randint(1, most)) for skill in rng.sample(skills, count)))


def _channel(rng: Random, name: str) -> of.Channel:
    return of.Channel(
        name,
        units={"voice": 100, "chat": 25, "email": 50}[name],
        ring_us=rng.choice((3, 8, 20)) * SECOND_US,
        connect_us=rng.choice((4, 15)) * SECOND_US,
        misses_to_not_ready=rng.randint(1, 3),
        most_at_once=rng.choice((1, 3, 100)),
        backoff_reject_us=rng.choice((0, 0, 2, 8)) * SECOND_US,
        backoff_no_answer_us=rng.choice((0, 0, 5)) * SECOND_US,
    )


def _queue(rng: Random, name: str, skills: tuple[str, ...]) -> of.Queue:
    treatments: dict[str, Treatment] = {}
    elsewhere = Treatment("queue", f"q{rng.randrange(3)}")
    if rng.random() < 0.5:
        treatments["nobody_left"] = rng.choice((elsewhere, Treatment("message", "sorry")))
    if rng.random() < 0.5:
        treatments["waited_too_long"] = rng.choice(
            (elsewhere, elsewhere, Treatment("voicemail", "box"), Treatment("callback", "box"))
        )
    if rng.random() < 0.3:
        treatments["held_too_long"] = rng.choice((elsewhere, Treatment("message", "sorry")))
    for why in ("full", "closed", "nobody", "blocked"):
        if rng.random() < 0.4:
            treatments[why] = elsewhere
    return of.Queue(
        name,
        channels=CHANNELS[: rng.randint(1, 3)],
        **wants.of_queue(rng, _levels(rng, skills, rng.randint(0, 2), 6), skills),
        target_us=rng.choice((5, 20, 60)) * SECOND_US,
        contact_class=rng.choice((0, 0, 0, 0, 1)),
        boost=rng.choice((0.0, 0.0, 1.0)),
        order=rng.choice(("urgency", "urgency", "urgency", "oldest", "newest")),
        agent_choice=rng.choice(("longest_idle", "best_skill", "least_flexible", "round_robin", "least_occupied")),
        open=rng.random() < 0.95,
        enter_unstaffed=rng.random() < 0.4,
        waiting_max=rng.choice((3, 20, 1000)),
        wait_most_us=rng.choice((0, 0, 15, 60)) * SECOND_US,
        held_most_us=rng.choice((5, 60)) * SECOND_US,
        ring_us=rng.choice((0, 0, 2, 6)) * SECOND_US,
        ring_several=rng.choice((1, 1, 1, 2, 4)),
        backoff_busy_us=rng.choice((0, 0, 3)) * SECOND_US,
        backoff_no_answer_us=rng.choice((0, 0, 10)) * SECOND_US,
        miss_hold_us=rng.choice((2, 10, 30)) * SECOND_US,
        wrap_up=tuple((channel, _wrap_up(rng)) for channel in sorted(CHANNELS) if rng.random() < 0.6),
        treatments=tuple(sorted(treatments.items(), key=lambda pair: pair[0])),
        codes=rng.choice(((), ("sold", "solved"))),
        whisper=rng.choice(("", f"this is {name}")),
        repeat=rng.choice(
            (
                Again(),
                Again(same_agent_us=3 * SECOND_US),
                Again(head_start_us=45 * SECOND_US),
                Again(queue="q0" if name != "q0" else "q1", times=rng.choice((2, 3))),
            )
        ),
    )


def _wrap_up(rng: Random) -> of.WrapUp:
    return of.WrapUp(
        mode=rng.choice(("none", "timed", "until_ready")),
        time_us=rng.choice((1, 5)) * SECOND_US,
        most_us=rng.choice((8, 30)) * SECOND_US,
        early_end=rng.random() < 0.7,
    )
