"""The guards of rosters."""

from __future__ import annotations

from tests.mutant_list.mutant import CORE, Mutant

MUTANTS = (
    Mutant(
        "rosters: a day is known again after a start",
        CORE + "rota.py",
        "            world.rota.put(RotaDay(record.tenant, record.agent, record.day, record.entries))\n",
        "            pass\n",
        story="roster_who_is_missing",
    ),
    Mutant(
        "rosters: a day that is changed is recorded",
        CORE + "rota.py",
        "    world.rota.put(day)\n    world.changed[day] = None\n",
        "    world.rota.put(day)\n",
        story="roster_who_is_missing",
    ),
    Mutant(
        "rosters: a day that is over goes",
        CORE + "doors/closing.py",
        "    pass_time(world)\n",
        "",
        story="roster_who_is_missing",
    ),
    Mutant(
        "rosters: nobody is missing at once, or before their time",
        CORE + "rota.py",
        "        if now_s - since_s >= grace_s:\n",
        "        if now_s:\n",
        story="roster_who_is_missing",
    ),
    Mutant(
        "rosters: a message is taken whole or not at all",
        CORE + "handlers/rota.py",
        "    if reply.fresh > reply.room:\n",
        "    if reply.fresh > 2 * reply.room + 9:\n",
        story="roster_refused",
    ),
    Mutant(
        "rosters: looking at one changes nothing",
        CORE + "handlers/rota.py",
        "    if command.check:\n        return reply\n",
        "",
        story="roster_refused",
    ),
    Mutant(
        "rosters: who goes by plan serves nobody later",
        CORE + "estimates/crews.py",
        "            self._plan(span[1], -slots)\n",
        "            pass\n",
        story="roster_estimate",
    ),
    Mutant(
        "rosters: who comes by plan serves somebody",
        CORE + "estimates/coming.py",
        "            found[comes_s] = found.get(comes_s, 0) + slots\n",
        "            pass\n",
        story="roster_estimate",
    ),
)
