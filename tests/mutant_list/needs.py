"""The guards of needs, and of steps by which they give way."""

from __future__ import annotations

from tests.mutant_list.mutant import CORE, Mutant

MUTANTS = (
    Mutant(
        "needs: languages",
        CORE + "needs/able.py",
        "            if languages.get(language, 0) < level:\n                return False\n",
        "            pass\n",
        story="needs_language_of_the_contact",
    ),
    Mutant(
        "needs: any of several",
        CORE + "needs/able.py",
        "            if not any(map(self.meets, group)):\n                return False\n",
        "            pass\n",
        story="needs_any_of_several",
    ),
    Mutant(
        "needs: who is preferred comes first",
        CORE + "match/choose.py",
        "before = 0 if preferred is None else preferred[profile]",
        "before = 0",
        story="needs_preferred_never_block",
    ),
    Mutant(
        "needs: a step has its time",
        CORE + "visits.py",
        "        at_us = courses.or_step(world, contact, contact.line, at_us)\n",
        "        pass\n",
        story="relax_by_wait",
    ),
    Mutant(
        "needs: an empty window is unknown",
        CORE + "needs/levels.py",
        "/ counted if counted else None",
        "/ max(1, counted)",
        story="relax_unknown_service_level",
    ),
    Mutant(
        "needs: a step waits until nobody is free",
        CORE + "needs/courses.py",
        "    if step.if_none_free and line.needs.ready:\n        return False\n",
        "",
        story="relax_when_nobody_is_free",
    ),
    Mutant(
        "needs: an edit of steps moves those who wait",
        CORE + "reload/flipped.py",
        'MOVING = ("needs", "relax",',
        'MOVING = ("needs",',
        story="relax_edit_applies_to_those_waiting",
    ),
    Mutant(
        "needs: who will be served is let in",
        CORE + "needs/courses.py",
        "    return any(world.roster.anybody(key) for key in _later(course, line.state))\n",
        "    return False\n",
        story="relax_lets_in_who_will_be_served",
    ),
    Mutant(
        "needs: steps take room",
        CORE + "needs/courses.py",
        "queue.reserved + course.reserve > world",
        "queue.reserved + 1 > world",
        story="relax_takes_room_for_its_lines",
    ),
    Mutant(
        "I13: nobody comes back to a line that has gone over to another",
        CORE + "needs/courses.py",
        "    if course.lines.get(state) is not line:\n",
        "    if state != line.state:\n",
        story="relax_offered_while_lines_join",
    ),
)
