"""The guards of rules: three-valued conditions, times that keep them from flapping, and what survives a restart."""

from __future__ import annotations

from tests.mutant_list.mutant import CORE, Mutant

RULES = "router/rules/"

MUTANTS = (
    Mutant(
        "rules: nothing starts on what is unknown",
        RULES + "condition.py",
        "        return None if found is None else not found\n",
        "        return not found\n",
        story="rule_service_level",
    ),
    Mutant(
        "rules: any is true beside what is unknown",
        RULES + "condition.py",
        "            if found is stop:\n                return stop\n",
        "            if found is None or found is stop:\n                return found\n",
        story="rule_all_any_not",
    ),
    Mutant(
        "rules: the condition must have held for so long",
        RULES + "life.py",
        "        at_us = self.held_us + times.for_us\n",
        "        at_us = self.held_us\n",
        story="rule_must_hold_that_long",
    ),
    Mutant(
        "rules: a moment of false begins the time anew",
        RULES + "life.py",
        "        elif begins is not None:\n            self.held_us = -1\n",
        '        elif begins is not None and self.state != "pending":\n            self.held_us = -1\n',
        story="rule_must_hold_that_long",
    ),
    Mutant(
        "rules: active for so long at least",
        RULES + "life.py",
        "            if not ends or now_us < self.since_us + times.active_least_us:\n",
        "            if not ends:\n",
        story="rule_flapping_input",
    ),
    Mutant(
        "rules: cooled down before the next start",
        RULES + "life.py",
        '            if now_us < self.since_us + times.cool_down_us:\n                return ""\n',
        "",
        story="rule_flapping_input",
    ),
    Mutant(
        "rules: so many starts an hour",
        RULES + "life.py",
        "            at_us = max(at_us, self.starts[-times.per_hour_most] + HOUR_US)\n",
        "            at_us = max(at_us, self.starts[-times.per_hour_most])\n",
        story="rule_so_many_times_an_hour",
    ),
    Mutant(
        "rules: a gauge turns at its edge",
        RULES + "gauge.py",
        "        self.hi = edges[at] if at < len(edges) else inf\n",
        "        self.hi = inf\n",
        story="rule_site_waiting",
    ),
    Mutant(
        "rules: what grows with time is seen when it passes the bound",
        CORE + "ruling_views.py",
        "        again(world, view, clocks.due_us(world, line.clock, round(gauge.hi) - waited_us))\n",
        "        pass\n",
        story="rule_oldest_wait",
    ),
    Mutant(
        "rules: a count is unknown before its window was watched whole",
        CORE + "ruling_views.py",
        "    if world.now_us < view.since_us + window_us:\n        return None\n",
        "",
        story="rule_arrivals",
    ),
    Mutant(
        "rules: a restart begins windows anew",
        CORE + "restore_rules.py",
        "            view.since_us = world.now_us\n",
        "            pass\n",
        story="rule_nothing_fires_on_what_a_restart_lost",
    ),
    Mutant(
        "rules: only whole half-hours are learned",
        CORE + "ruling_views.py",
        "    if follows and learned.whole:\n",
        "    if follows:\n",
        story="rule_arrivals_against_usual",
    ),
    Mutant(
        "rules: who still waits beyond the target counts",
        CORE + "ruling_views.py",
        "    counted = sums[COUNTED] + overdue\n",
        "    counted = sums[COUNTED]\n",
        story="rule_service_level",
    ),
    Mutant(
        "rules: time not ready is left out of occupancy",
        CORE + "ruling_views.py",
        "    room = agent.capacity if ready else 0\n",
        "    room = agent.capacity\n",
        story="rule_occupancy",
    ),
    Mutant(
        "rules: what a rule did ends with it when it is edited away",
        CORE + "ruling_build.py",
        '    if state.life.stop(world.now_us):\n        ruling_acts.stop(world, state, "the rule is gone',
        '    if False:\n        ruling_acts.stop(world, state, "the rule is gone',
        story="rule_edited_away",
    ),
    Mutant(
        "rules: where a rule was is kept",
        CORE + "ruling.py",
        "    if before != (life.state, life.since_us, life.held_us):\n        keep(world, state)\n",
        "",
        story="rule_restart_in_the_middle",
    ),
    Mutant(
        "rules: one that only observes does nothing",
        CORE + "ruling_acts.py",
        '    if state.rule.observe:\n        _note(world, state, "start", why, ("inactive", "active"))\n    else:\n',
        "    if True:\n",
        story="rule_oldest_wait",
    ),
    Mutant(
        "rules: their hours are part of their condition",
        CORE + "ruling_build.py",
        "    return All((hours, rule.when)), AnyOf((Not(hours), ends))\n",
        "    return rule.when, ends\n",
        story="rule_hours_and_daylight_saving",
    ),
    Mutant(
        "rules: a place beside counts as waiting",
        CORE + "several.py",
        "    for place in stand_ins:\n        world.roster.touch(place.queue)\n",
        "",
        story="rule_waits_held_in_several",
    ),
    Mutant(
        "rules: a place beside that is given up waits no more",
        CORE + "several.py",
        "    place.queue.beside -= 1\n    world.roster.touch(place.queue)\n",
        "    place.queue.beside -= 1\n",
        story="rule_waits_held_in_several",
    ),
    Mutant(
        "rules: one that did nothing is given something to do",
        CORE + "layer_sources.py",
        "    for source, since_us in rules:\n        began.setdefault(source, (since_us, False))\n",
        "",
        story="rule_given_actions_in_the_middle",
    ),
    Mutant(
        "rules: a world that is loaded counts nobody twice",
        CORE + "ruling_views.py",
        "    if not crew.rings or world.ruling.loading:\n",
        "    if not crew.rings:\n",
    ),
)
