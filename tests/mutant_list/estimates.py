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
        CORE + "needs/courses.py",
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
    Mutant(
        "estimates: no rule goes by its own coming help",
        CORE + "estimates/expect.py",
        "    made = view.plain if deciding else view.trajectory\n",
        "    made = view.trajectory\n",
        story="estimate_rule_about_to_act",
    ),
    Mutant(
        "estimates: what a rule will do is not sure",
        CORE + "estimates/turns.py",
        "    return When(sure_us, likely_us)\n\n\ndef _starts_us",
        "    return When(likely_us, likely_us)\n\n\ndef _starts_us",
        test="tests/core/test_estimates_moving.py",
    ),
    Mutant(
        "estimates: what only observes brings nobody",
        CORE + "ruling/build.py",
        "    state.brings = not rule.observe and any(",
        "    state.brings = any(",
        test="tests/core/test_estimates_turns.py",
    ),
    Mutant(
        "estimates: what is paused brings nobody",
        CORE + "estimates/turns.py",
        "    if world.layers.paused(turn.source):\n        return\n",
        "",
        test="tests/core/test_estimates_turns.py",
    ),
    Mutant(
        "estimates: a rule that is paused is not counted on any more",
        CORE + "ruling/ruling.py",
        "    world.layers.version += state.brings\n",
        "",
        story="estimate_rule_about_to_act",
    ),
    Mutant(
        "estimates: nobody is counted for two loans",
        CORE + "estimates/movers.py",
        "            if agent.number in self._taken or step == most:\n",
        "            if step == most:\n",
        test="tests/core/test_estimates_moving.py",
    ),
    Mutant(
        "estimates: who has been moved is not foreseen any more",
        CORE + "estimates/moving.py",
        "        if agent.profile is group.profile and agent.state",
        "        if agent.state",
        test="tests/core/test_estimates_moving.py",
    ),
    Mutant(
        "estimates: who is foreseen is bounded",
        CORE + "estimates/movers.py",
        "        if profile is None or len(self._taken) >= MOVERS_MOST:\n",
        "        if profile is None:\n",
        test="tests/core/test_estimates_moving.py",
    ),
    Mutant(
        "estimates: a queue that will ask for less is known before",
        CORE + "estimates/movers.py",
        "    moving.shifts = shifts\n",
        "",
        test="tests/core/test_estimates_moving.py",
    ),
    Mutant(
        "estimates: needs over which another layer lies are not foreseen",
        CORE + "estimates/shifts.py",
        "        if len(laid) == 1 and not",
        "        if laid and not",
        test="tests/core/test_estimates_moving.py",
    ),
    Mutant(
        "estimates: what is foreseen is counted anew now and then only",
        CORE + "estimates/moving.py",
        "        return 0 <= self.counted_us <= world.now_us < self.counted_us + good_us\n",
        "        return self.counted_us == world.now_us + good_us\n",
        test="tests/core/test_estimates_moving.py",
    ),
    Mutant(
        "estimates: who goes home before is not counted on",
        CORE + "estimates/outlook.py",
        "            if not world.now_us < goes_us < mover.leaves_us:\n",
        "            if not world.now_us < goes_us:\n",
        test="tests/core/test_estimates_moving.py",
    ),
    Mutant(
        "estimates: who goes home from a loan is gone once",
        CORE + "estimates/outlook.py",
        "            if mover.leaves_us <= back_us:\n",
        "            if mover.leaves_us < 0:\n",
        test="tests/core/test_estimates_moving.py",
    ),
)
