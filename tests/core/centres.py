"""Small centres, drawn by Hypothesis: up to three queues, four agents, two channels."""

from __future__ import annotations

from hypothesis import strategies as st

from router.core import settings as of
from router.core.needs.want import Want
from router.terms import SECOND_US

SKILLS = ("cards", "loans")
CHOICES: tuple[of.AgentChoice, ...] = ("longest_idle", "best_skill", "least_flexible", "round_robin")
WRAP_UP_US = 4 * SECOND_US

levels = st.dictionaries(st.sampled_from(SKILLS), st.integers(1, 3), max_size=2)
queues = st.builds(
    lambda number, needs, target_s, boost, order, choice, wrap_up, strict: of.Queue(
        f"q{number}",
        channels=("voice", "chat"),
        needs=Want(tuple(sorted(needs.items()))),
        target_us=target_s * SECOND_US,
        boost=boost,
        order=order,
        agent_choice=choice,
        contact_class=strict,
        enter_unstaffed=True,
        miss_hold_us=10 * SECOND_US,
        wrap_up=(("chat", of.WrapUp("timed", WRAP_UP_US)), ("voice", of.WrapUp("timed", WRAP_UP_US)))
        if wrap_up
        else (),
    ),
    st.integers(0, 99),
    levels,
    st.sampled_from((5, 20)),
    st.sampled_from((0.0, 0.5)),
    st.sampled_from(("urgency", "oldest")),
    st.sampled_from(CHOICES),
    st.booleans(),
    st.sampled_from((0, 0, 0, 1)),
)
centres = st.builds(
    lambda queues, skills, capacities, misses: of.Settings(
        channels=(
            of.Channel("voice", ring_us=8 * SECOND_US, misses_to_not_ready=misses),
            of.Channel("chat", units=50, ring_us=8 * SECOND_US, misses_to_not_ready=misses, most_at_once=2),
        ),
        queues=tuple(queues),
        agents=tuple(
            of.Agent(f"a{number}", skills=tuple(sorted(has.items())), capacity_units=capacity)
            for number, (has, capacity) in enumerate(zip(skills, capacities, strict=True))
        ),
    ),
    st.lists(queues, min_size=1, max_size=3, unique_by=lambda queue: queue.name),
    st.lists(levels, min_size=4, max_size=4),
    st.lists(st.sampled_from((100, 100, 200)), min_size=4, max_size=4),
    st.integers(1, 3),
)
