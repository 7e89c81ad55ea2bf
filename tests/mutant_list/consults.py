"""The guards of consult and conference."""

from __future__ import annotations

from tests.mutant_list.mutant import CORE, Mutant

CONSULTS = CORE + "talks/consults.py"

MUTANTS = (
    Mutant(
        "I3: nobody is offered what they ask themselves",
        CORE + "line.py",
        "    if contact.extra is not None and asks_itself(contact, agent.name):\n        return True\n",
        "",
        story="consult_never_to_who_asks",
    ),
    Mutant(
        "I3: who asks is nobody to ask",
        CORE + "handlers/consults.py",
        "    if why is None and asked is None and alone and",
        "    if False and asked is None and alone and",
        story="consult_never_to_who_asks",
    ),
    Mutant(
        "consult: the customer is on hold meanwhile",
        CONSULTS,
        "    contact.hold_began_us = contact.hold_began_us or world.now_us\n",
        "",
        story="consult_cancelled_while_it_rings",
    ),
    Mutant(
        "consult: the customer is off hold when it is over",
        CONSULTS,
        "            off_hold(world, contact)\n            visits.arm(world, contact)\n",
        "            visits.arm(world, contact)\n",
        story="consult_cancelled_while_it_rings",
    ),
    Mutant(
        "consult: it ends with the customer",
        CONSULTS,
        '_BOTH_GONE = Row(("end_visit", "end_consult"),',
        '_BOTH_GONE = Row(("end_visit",),',
    ),
    Mutant(
        "consult: whoever is asked has no wrap-up of it",
        CORE + "offers.py",
        "    if contact.extra is not None and is_consult(contact):\n        rule = NO_WRAP_UP\n",
        "",
        story="consult_customer_hangs_up_while_they_talk",
    ),
    Mutant(
        "consult: who hangs up in the middle hands over",
        CONSULTS,
        '    ("talks", "first_leaves"): _HANDED_OVER,\n',
        '    ("talks", "first_leaves"): _BOTH_GONE,\n',
        story="consult_first_hangs_up",
    ),
    Mutant(
        "consult: the first wraps up when the customer is handed over",
        CONSULTS,
        '_HANDED_OVER = Row(("join", "first_out"),',
        '_HANDED_OVER = Row(("join",),',
        story="consult_completed",
    ),
    Mutant(
        "consult: the talk of the two is in its record",
        CONSULTS,
        "    _note_talk(world, other, offer)\n",
        "",
        story="consult_completed",
    ),
    Mutant(
        "consult: a customer about whom one asks is not transferred",
        CORE + "handlers/contacts.py",
        '        raise Refused("bad_state", "consult")\n',
        "        pass\n",
        story="consult_not_of_a_consult",
    ),
    Mutant(
        "consult: a customer about whom one asks is not parked",
        CORE + "moments.py",
        " or is_shared(contact):\n        return 0",
        ":\n        return 0",
        story="consult_of_a_chat",
    ),
    Mutant(
        "conference: hold counts for everybody",
        CONSULTS,
        "        for offer in talking(contact):\n            offer.held_us",
        "        for offer in talking(contact)[:0]:\n            offer.held_us",
        story="consult_completed",
    ),
    Mutant(
        "conference: who leaves is with it no more",
        CONSULTS,
        "    offers.talk_over(world, offer, by)\n    visits.arm(world, contact)\n",
        "    visits.arm(world, contact)\n",
        story="consult_conference",
    ),
    Mutant(
        "conference: whoever completes leaves it alone",
        CORE + "handlers/contacts.py",
        "    return contact.extra is not None and any(offer not in done for offer in talking(contact))\n",
        "    return False\n",
        story="conference_transferred",
    ),
)
