"""The guards of agents who are kept idle, given a share of their time, or a breather."""

from __future__ import annotations

from tests.mutant_list.mutant import CORE, Mutant

KEPT = CORE + "layers/guards.py"
SHARES = CORE + "layers/shares.py"
BREATHERS = CORE + "layers/breathers.py"

MUTANTS = (
    Mutant(
        "breathers: a client that is back hears of those of its agents",
        CORE + "handlers/sync.py",
        "        tell_resting(world, peer)\n",
        "        pass\n",
        story="breather_told_when_back",
    ),
    Mutant(
        "breathers: so does a gateway with its list",
        CORE + "handlers/sync_end.py",
        "    tell_resting(world, peer)\n",
        "    pass\n",
        story="breather_restart_and_edit",
    ),
    Mutant(
        "I8: who is let go looks at those who wait before others ring at them",
        CORE + "dispatch.py",
        "    if world.loose_rings and not (world.roster.spared or world.roster.loosened):\n",
        "    if world.loose_rings:\n",
        story="kept_idle_let_go_while_another_rings",
    ),
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
        CORE + "reload/reconfigure.py",
        "    if queue.kept or settings.laid.keep_idle:\n        kept_idle.take(world, queue)\n",
        "",
        story="kept_idle_restart_and_edit",
    ),
    Mutant(
        "share: nobody is offered more than their share",
        SHARES,
        "        past = work > _action(layer).share_most * ready\n",
        "",
        story="share_of_time",
    ),
    Mutant(
        "share: it falls by itself",
        SHARES,
        "    if past and layer is not None and not layer.due_us:\n",
        "    if past and layer is not None and layer.due_us < 0:\n",
        story="share_of_time",
    ),
    Mutant(
        "share: another one counts at once",
        SHARES,
        "        if agent.tenant == tenant and (name in agent.sheets or queue in agent.barred):\n",
        "        if agent.tenant == tenant and queue in agent.barred:\n",
        story="share_restart_and_edit",
    ),
    Mutant(
        "share: only whom it is about",
        CORE + "layers/timesheets.py",
        '    return layer.source.tenant == agent.tenant and action.team in ("", agent.team)\n',
        "    return layer.source.tenant == agent.tenant\n",
        story="share_restart_and_edit",
    ),
    Mutant(
        "share: a break is no ready time",
        CORE + "layers/timesheets.py",
        "        sheet.ready_us = world.now_us if is_ready(agent) else -1\n",
        "        sheet.ready_us = world.now_us\n",
        story="share_restart_and_edit",
    ),
    Mutant(
        "share: what was counted is counted after a start",
        CORE + "restore/world.py",
        "agent.moves_us, agent.sheets, agent.barred = r.moves_us, r.sheets, r.barred\n",
        "agent.moves_us, agent.barred = r.moves_us, r.barred\n",
        story="share_of_time",
        loaded=True,
    ),
    Mutant(
        "breather: who has worked too much has one",
        BREATHERS,
        "            if work > action.occupancy_most * action.window_us * agent.capacity:\n",
        "            if work < 0:\n",
        story="breather",
    ),
    Mutant(
        "breather: nobody who has worked less",
        BREATHERS,
        "            if work > action.occupancy_most * action.window_us * agent.capacity:\n",
        "            if work > 0:\n",
        story="breather",
    ),
    Mutant(
        "breather: over at the end of what gave it",
        BREATHERS,
        "    if was is None or now is not None:\n        return\n",
        "    if was is None or now is not None or world.now_us:\n        return\n",
        story="breather",
    ),
    Mutant(
        "breather: over where nothing gives it after a start",
        CORE + "restore/world.py",
        "    breathers.restored(world)\n",
        "",
        story="breather_restart_and_edit",
    ),
    Mutant(
        "breather: work that the engine did not give counts",
        CORE + "people.py",
        '    timesheets.worked(world, agent, "", endpoint.outside_since_us, endpoint.outside_units)\n',
        "",
        story="breather_restart_and_edit",
    ),
)
