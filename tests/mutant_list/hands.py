"""The guards of what supervisors do by hand."""

from __future__ import annotations

from tests.mutant_list.mutant import CORE, Mutant

HANDS = CORE + "handlers/hands.py"

MUTANTS = (
    Mutant(
        "hands: a deed is kept with what it changed",
        CORE + "engine.py",
        "        appends = [(audit.STREAM, audit.encode(deed)) for deed in world.deeds]\n        if not records:\n",
        "        appends = []\n        if not records:\n",
        story="hands_break_during_an_offer",
    ),
    Mutant(
        "hands: what rings is withdrawn from who is made not ready",
        HANDS,
        "        withdraw_offers(world, agent, cancelled)",
        "        withdraw_offers(world, agent, cancelled) if world.now_us < 0 else None",
        story="hands_break_during_an_offer",
    ),
    Mutant(
        "hands: skills by hand are kept",
        CORE + "restore/world.py",
        "    agent.by_hand, agent.skills_us = dict(r.by_hand), r.skills_us\n",
        "",
        story="hands_skills_laid_over",
    ),
    Mutant(
        "hands: a reload does not take skills by hand away",
        CORE + "people.py",
        "    agent.skills = layered(agent.configured, agent.by_hand, agent.grants)\n    if world.layers",
        "    agent.skills = agent.configured\n    if world.layers",
        story="hands_skills_laid_over",
    ),
    Mutant(
        "hands: who is moved to the front keeps the wait",
        HANDS,
        "    contact.waited_us = world.waited_us(contact)\n    take_place(",
        "    take_place(",
        story="hands_move_keeps_the_wait",
    ),
    Mutant(
        "hands: who was pulled from is passed over",
        HANDS,
        "    contact.missed[agent.name] = world.now_us\n",
        "",
        story="hands_pull_from_an_offer",
    ),
    Mutant(
        "hands: who is pulled from a talk stands where they stood",
        HANDS,
        "    move_to(world, contact, key_us)\n    visits",
        "    visits",
        story="hands_pull_from_a_talk",
    ),
    Mutant(
        "hands: end frees the agent from wrap-up",
        HANDS,
        "    for offer in list(contact.offers):\n        offers.wrapped_up(world, offer)\n",
        "",
        story="hands_end_cuts_a_wrap_up",
    ),
    Mutant(
        "hands: a contact is named without doubt",
        HANDS,
        "    if len(found) > 1:\n",
        "    if len(found) > 9:\n",
        story="hands_same_id_on_two_gateways",
    ),
)
