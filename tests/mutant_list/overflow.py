"""The guards of contacts that overflow from the one agent whom they wait for."""

from __future__ import annotations

from tests.mutant_list.mutant import CORE, Mutant

MUTANTS = (
    Mutant(
        "L2: who waits for one agent too long goes to the team",
        CORE + "moments.py",
        "        if overflow_us:\n            ends.append(overflow_us)\n",
        "",
    ),
    Mutant(
        "L2: an agent's break lets go of who waits for them alone",
        CORE + "people.py",
        '        elif agent.state == "offline" or overflow.overflows(world, contact):\n',
        '        elif agent.state == "offline":\n',
        story="direct_overflow_on_break",
    ),
    Mutant(
        "L2: who signs in into a break lets go of who waits for them alone",
        CORE + "people.py",
        "    if not ready:\n        release_wanted(world, agent)\n",
        "",
        story="direct_overflow_back_into_a_break",
    ),
    Mutant(
        "an edit of the overflow applies to who waits already",
        CORE + "reload/flipped.py",
        " or old.direct != new.direct",
        "",
        story="direct_overflow_edit_in_the_middle",
    ),
)
