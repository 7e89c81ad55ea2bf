"""The guards of announcements."""

from __future__ import annotations

from tests.mutant_list.mutant import CORE, Mutant

POLICY = "router/ewt/policy.py"

MUTANTS = (
    Mutant(
        "announcements: a reload that leaves nothing to be said takes the look back",
        CORE + "announcements/announcements.py",
        "        world.announcing.unset(contact)\n",
        "        pass\n",
        story="announce_nothing_left_after_a_reload",
    ),
    Mutant(
        "I15: nothing is said while an agent is rung",
        CORE + "announcements/announcements.py",
        '    if contact.state != "waiting" or contact.standing is None or not contact.peer.live:\n        return\n',
        "    contact.standing = contact.standing or contact.line.order  # type: ignore[union-attr]\n",
        story="announce_not_during_an_offer",
    ),
    Mutant(
        "I15: the first comes after resume",
        CORE + "announcements/announcements.py",
        "        heard.began_us = now_us\n    at_us",
        "        pass\n    at_us",
        story="announce_after_resume",
    ),
    Mutant(
        "I15: who comes back from an offer has a moment of peace",
        CORE + "announcements/announcements.py",
        "        at_us = max(at_us, now_us + schedule.rules.first_after_us)\n",
        "        at_us = max(at_us, now_us)\n",
        story="announce_not_during_an_offer",
    ),
    Mutant(
        "I15: a gap between any two",
        CORE + "announcements/announcements.py",
        "    return max(turn_us, heard.last_us + schedule.rules.gap_us) if heard.number else turn_us\n",
        "    return turn_us\n",
        story="announce_schedule",
    ),
    Mutant(
        "I15: quiet before an expected take",
        CORE + "announcements/announcements.py",
        "    if heard.number and p50_us is not None and p50_us < rules.quiet_before_take_us:\n",
        "    if heard.number < 0:\n",
        story="announce_quiet_before_take",
    ),
    Mutant(
        "I15: a place is never told higher",
        POLICY,
        "        position = min(position, told.position)\n",
        "        position = max(position, 1)\n",
        story="announce_raised_once",
    ),
    Mutant(
        "I15: a place is told again only when it is lower",
        POLICY,
        "told.position is not None and position >= told.position:\n",
        "told.position is not None and position > told.position:\n",
        story="announce_position_never_higher",
    ),
    Mutant(
        "I15: a promise is raised only once",
        POLICY,
        "        if told.raised:\n",
        "        if told.raised and lost < 0:\n",
        story="announce_raised_once",
    ),
    Mutant(
        "I15: waits are told at intervals",
        POLICY,
        "    if told is not None and waited_s < told.waited_s + policy.interval_s:\n",
        "    if told is not None and waited_s < told.waited_s:\n",
    ),
    Mutant(
        "I15: what was skipped promises nothing",
        CORE + "announcements/announcements.py",
        '    if how == "skipped" and heard.open_kind in OF_THE_WAIT:\n',
        '    if how == "unheard" and heard.open_kind in OF_THE_WAIT:\n',
        story="announce_skipped",
    ),
    Mutant(
        "I15: only what was said last is acknowledged",
        CORE + "announcements/announcements.py",
        "    if heard is None or number < heard.number or not heard.open_kind:\n",
        "    if heard is None or not heard.open_kind:\n",
        story="announce_acknowledged",
    ),
    Mutant(
        "I13: a restart goes on with the schedule",
        CORE + "restore/visits.py",
        "        world.announcing.set(contact, extra.heard.look_us, extra.heard.look_number)\n",
        "",
        story="announce_schedule",
        loaded=True,
    ),
    Mutant(
        "I13: every look is recorded",
        CORE + "announcements/announcements.py",
        "    world.changed[contact] = None\n    heard.look_us = 0\n    if at_us",
        "    heard.look_us = 0\n    if at_us",
        story="announce_reload",
        loaded=True,
    ),
    Mutant(
        "keys: only those that were offered",
        CORE + "handlers/announcements.py",
        "            if row.text == heard.keys and pressed in dict(row.keys):\n",
        "            if pressed in dict(row.keys):\n",
        story="announce_key_callback",
    ),
    Mutant(
        "keys: a queue that lets nobody in is not gone on to",
        CORE + "handlers/announcements.py",
        "    if why is not None:\n",
        "    if why is not None and not queue:\n",
        story="announce_key_leads_on",
    ),
    Mutant(
        "announcing: another queue begins anew",
        CORE + "moves.py",
        "    announcements.over(world, contact)\n",
        "",
        story="announce_key_leads_on",
    ),
    Mutant(
        "announcing: a round is bounded",
        CORE + "announcements/announcing.py",
        " or len(found) == A_ROUND:\n",
        ":\n",
        scenarios=True,
    ),
    Mutant(
        "announcing: rounds have a pause between them",
        CORE + "announcements/announcing.py",
        "        self.next_us = max(looks[0][0], self.round_us + PAUSE_US) if looks else NEVER_US\n",
        "        self.next_us = looks[0][0] if looks else NEVER_US\n",
        scenarios=True,
    ),
    Mutant(
        "announcing: a special message is said once to each",
        CORE + "announcements/announcements.py",
        "if special_key(each) not in heard.said), None)\n",
        "if each.message), None)\n",
        scenarios=True,
    ),
    Mutant(
        "announcing: a special message ends",
        CORE + "announcements/announcing.py",
        "    return [] if said is None else [each for each in said.values() if world.now_us < each.until_us]\n",
        "    return [] if said is None else list(said.values())\n",
        scenarios=True,
    ),
)
