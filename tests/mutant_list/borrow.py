"""The guards of loans: whom they take, how many, and when they go back."""

from __future__ import annotations

from tests.mutant_list.mutant import CORE, Mutant

LENDING = CORE + "layers/lending.py"
DONORS = CORE + "layers/donors.py"

MUTANTS = (
    Mutant(
        "loans: a donor under what it must keep calls its people back",
        LENDING,
        "    if idle < action.keep_idle or _waits_too_long(world, layer, action) or _serves",
        "    if _waits_too_long(world, layer, action) or _serves",
        story="borrow_floor_calls_back",
    ),
    Mutant(
        "loans: a donor that serves too few in time calls its people back",
        LENDING,
        "        if share is not None and share < action.keep_service_level:\n            return True\n",
        "",
        story="borrow_keeps_the_service_level",
    ),
    Mutant(
        "loans: a donor where one would wait too long calls its people back",
        LENDING,
        "            if waits_us is not None and waits_us > action.keep_ewt_us:\n                return True\n",
        "",
        story="borrow_keeps_the_expected_wait",
    ),
    Mutant(
        "loans: who knows the work best goes first",
        DONORS,
        '    if action.first == "best_skill":\n',
        '    if action.first == "nobody":\n',
        story="borrow_who_goes_first",
    ),
    Mutant(
        "loans: who can best be spared goes first",
        DONORS,
        '    elif action.first == "least_flexible":\n',
        '    elif action.first == "nobody":\n',
        story="borrow_who_goes_first",
    ),
    Mutant(
        "loans: what a donor must keep is counted over a start",
        LENDING,
        "                _count(world, layer)\n                if not layer.due_us:\n",
        "                if not layer.due_us:\n",
        story="borrow_keeps_the_service_level",
        loaded=True,
    ),
    Mutant(
        "loans: the last who may be spared is not lent",
        DONORS,
        "    if agent.places and idle - 1 < action.keep_idle:\n        return False\n",
        "",
        story="borrow_one_by_one",
    ),
    Mutant(
        "loans: nobody is lent twice",
        DONORS,
        "    if agent.lent or agent.state not in",
        "    if agent.state not in",
        story="borrow_nobody_twice",
    ),
    Mutant(
        "loans: no more than it may",
        LENDING,
        "    if len(lent) >= action.agents_most:\n        return False\n",
        "",
        story="borrow_only",
    ),
    Mutant(
        "loans: all go back at the end",
        LENDING,
        "    for agent in _in_order(world, key):\n        give_back(world, agent, layer)\n    del",
        "    del",
        story="borrow_one_by_one",
    ),
    Mutant(
        "loans: who signs out is lent no more",
        CORE + "people.py",
        "    if agent.lent:\n        for key in list(agent.lent):\n            unlend(world, agent, key)\n",
        "    if agent.lent:\n",
        story="borrow_all_at_once",
    ),
    Mutant(
        "loans: a break is not ended by them",
        DONORS,
        '    if agent.lent or agent.state not in ("available", "reserved") or',
        "    if agent.lent or",
        story="borrow_breaks_untouched",
    ),
    Mutant(
        "loans: only means only",
        CORE + "layers/loans.py",
        "    only = any(grant.only for grant in grants.values())\n",
        "    only = False\n",
        story="borrow_only",
    ),
    Mutant(
        "loans: nobody is moved to and fro",
        DONORS,
        "    return moves < action.moves_an_hour_most\n",
        "    return moves >= 0\n",
        story="borrow_moves_an_hour",
    ),
    Mutant(
        "loans: an edit is followed",
        CORE + "reload/reconfigure.py",
        "    lending.follow(world)\n",
        "",
        story="borrow_edit_in_the_middle",
    ),
    Mutant(
        "loans: who was lent is lent after a start",
        CORE + "restore/world.py",
        "    if r.lent and not lending.restore_agent(world, agent, r.lent):\n",
        "    if r.lent and world.now_us < 0:\n",
        story="borrow_floor_calls_back",
        loaded=True,
    ),
    Mutant(
        "borrow: a loan that is paused has no time that could be over",
        CORE + "layers/lending.py",
        "    if layer in world.layers.sources.get(layer.source, ()):\n",
        "    if world.now_us < 0:\n",
        story="borrow_paused_restart_in_the_middle",
    ),
)
