"""The guards of the answer to who could take a contact."""

from __future__ import annotations

from tests.mutant_list.mutant import CORE, Mutant

MUTANTS = (
    Mutant(
        "who: a contact's needs are those of now",
        CORE + "handlers/who.py",
        "    course, want = line.course, line.needs.want\n",
        "    course, want = line.course, line.course.wanted(line.course.begin)\n",
        story="who_could_take_this_one",
    ),
    Mutant(
        "who: who rests after a reject could not take it",
        CORE + "handlers/who.py",
        "    if agent.backoff is not None:\n",
        "    if agent.backoff is not None and contact is not None:\n",
        story="who_after_a_miss",
    ),
    Mutant(
        "who: what is asked comes beside what the queue needs",
        CORE + "handlers/who.py",
        "    course = course_of(queue, Way(channel, own, spoken))\n",
        "    course = course_of(queue, Way(channel, Asked(), spoken))\n",
        story="who_lacks_what",
    ),
)
