"""The guards of balances: what bounds them, and what they must remember."""

from __future__ import annotations

from tests.mutant_list.mutant import CORE, Mutant

BALANCED = CORE + "match/balanced.py"

MUTANTS = (
    Mutant(
        "I8: from its bound on nobody is passed in a balance",
        BALANCED,
        "    if urgency >= settings.urgency_most:\n        return urgent\n",
        "",
        story="balance_bounds_every_wait",
    ),
    Mutant(
        "I8: a class is strict in a balance",
        BALANCED,
        "first_for(line.order, agent, now_us) if line.contact_class == contact_class else None",
        "first_for(line.order, agent, now_us)",
        story="balance_class_is_strict",
    ),
    Mutant(
        "layers: a balance has only those of its queues that are on",
        BALANCED,
        " or not queue.settings.balanced:\n",
        ":\n",
        story="balance_switched_by_a_plan",
    ),
    Mutant(
        "layers: a balance that is off decides nothing",
        CORE + "match/choose.py",
        "        if share is not None and share.queue.settings.balanced:\n",
        "        if share is not None:\n",
        story="balance_switched_by_a_plan",
    ),
    Mutant(
        "I13: what a balance has learned is known after a start",
        CORE + "restore/world.py",
        '    stale += take_up_balances(world, kinds["balance"].values())\n',
        "",
    ),
    Mutant(
        "I13: each step of a balance is kept",
        CORE + "match/balance.py",
        "    world.set_due(group, world.now_us + settings.step_us)\n    world.changed[group] = None\n\n\ndef _tune",
        "    world.set_due(group, world.now_us + settings.step_us)\n\n\ndef _tune",
    ),
    Mutant(
        "index: another target changes the ratios at once",
        CORE + "reload/reconfigure.py",
        "    if queue.share is not None:\n        balance.weigh(queue.share.group)\n",
        "",
    ),
)
