"""The guards of agents who are kept idle, given a share of their time, or a breather."""

from __future__ import annotations

from tests.mutant_list.mutant import CORE, Mutant

KEPT = CORE + "kept_idle.py"

MUTANTS = (
    Mutant(
        "kept idle: who stands free for less looks again",
        CORE + "dispatch.py",
        "                world.roster.loosened[agent] = None\n",
        "                pass\n",
        story="kept_idle_busy_with_less",
    ),
    Mutant(
        "kept idle: the last of them is given nothing of other queues",
        KEPT,
        "                if others < keep.agents:\n",
        "                if others < 0:\n",
        story="kept_idle_last_of_them",
    ),
    Mutant(
        "kept idle: nobody counts on them who can't have them",
        KEPT,
        "needs.free <= keep.agents and not",
        "needs.free < 0 and not",
        story="kept_idle_wakes_who_is_spared",
    ),
    Mutant(
        "kept idle: they take the contacts of the queue itself",
        KEPT,
        "        return line.contact_class >= self.from_class or line.queue in self.own\n",
        "        return line.contact_class >= self.from_class\n",
        story="kept_idle_last_of_them",
    ),
    Mutant(
        "kept idle: a class that is excepted is given to them",
        KEPT,
        " and not 0 < keep.but_class <= contact_class)",
        ")",
        story="kept_idle_wakes_who_is_spared",
    ),
    Mutant(
        "kept idle: whoever may be spared goes at once",
        CORE + "roster.py",
        "                if needs.channel == channel and needs.free <= limit:\n",
        "                if needs.free < 0:\n",
        story="kept_idle_wakes_who_is_spared",
    ),
    Mutant(
        "kept idle: at the end those who were kept go at once",
        CORE + "roster.py",
        "        if before:\n            self._spare(",
        "        if before and needs.free < 0:\n            self._spare(",
        story="kept_idle_last_of_them",
    ),
    Mutant(
        "kept idle: other needs of the queue keep others",
        CORE + "reconfigure.py",
        "    if queue.kept or settings.laid.keep_idle:\n        kept_idle.take(world, queue)\n",
        "",
        story="kept_idle_restart_and_edit",
    ),
)
