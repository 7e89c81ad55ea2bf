"""The guards of estimated waits."""

from __future__ import annotations

from tests.mutant_list.mutant import CORE, Mutant

MUTANTS = (
    Mutant(
        "estimates: few talks say nothing",
        CORE + "estimates/service.py",
        "        return self.talk.lives >= self.settings.low_confidence_lives\n",
        "        return self.talk.lives >= 1\n",
        story="estimate_learned",
    ),
    Mutant(
        "estimates: what was learned is taken up at a start",
        CORE + "estimates/kept.py",
        "    estimates.by_name[service.name] = service\n",
        "    service.dirty = False\n",
        story="estimate_learned",
    ),
    Mutant(
        "estimates: what was learned is recorded",
        CORE + "estimates/slices.py",
        "        world.changed[service] = None\n",
        "        service.dirty = False\n",
        story="estimate_learned",
    ),
    Mutant(
        "estimates: who only looks once more is nothing new",
        CORE + "estimates/tap.py",
        "    if estimates.on and not estimates.quiet and line not in estimates.due:\n",
        "    if estimates.on and line not in estimates.due:\n",
    ),
    Mutant(
        "estimates: a line that is gone is not estimated",
        CORE + "courses.py",
        "    world.estimates.forget_line(line)\n",
        "    world.estimates.due.pop(line, None)\n",
    ),
    Mutant(
        "estimates: an empty line of a state that has passed is not looked at",
        CORE + "estimates/picture.py",
        "                    if other is not line and can_be_seen(other) and _may_fill(other):\n",
        "                    if other is not line and can_be_seen(other):\n",
        test="tests/core/test_estimates_near.py",
    ),
)
