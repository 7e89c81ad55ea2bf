"""The guards of hours: calendars, doors, and what is counted in open hours."""

from __future__ import annotations

from tests.mutant_list.mutant import CORE, Mutant

CLOSING, DOORS, HOURS = CORE + "doors/closing.py", CORE + "doors/doors.py", CORE + "doors/hours.py"

MUTANTS = (
    Mutant(
        "hours: nobody comes in while it is closed",
        DOORS,
        '    if hours.stopped_us >= 0:\n        return "calendar"\n',
        "",
    ),
    Mutant(
        "hours: nobody comes in shortly before closing",
        DOORS,
        '        return "last_admission"\n',
        "        return None\n",
        story="hours_last_admission",
    ),
    Mutant(
        "hours: nobody comes in whose turn would come too late",
        DOORS,
        "    return wait_us is not None and world.now_us + wait_us > hours.due_us + queue.settings.serve_out_us\n",
        "    return False\n",
        story="hours_last_admission_by_estimate",
    ),
    Mutant(
        "hours: e-mail comes in over night",
        DOORS,
        "    if hours is None or (channel is not None and world.channels[channel].open_hours):\n",
        "    if hours is None:\n",
        story="hours_closed_says_when_it_opens",
    ),
    Mutant(
        "hours: those who wait are sent away at closing",
        CLOSING,
        "        world.closing[name] = queue\n",
        "        pass\n",
    ),
    Mutant(
        "hours: they are served for a while first",
        DOORS,
        "        and world.now_us >= hours.since_us + queue.settings.serve_out_us\n",
        "",
        story="hours_served_out",
    ),
    Mutant(
        "hours: who comes back from an offer goes then",
        CORE + "dispatch.py",
        "    if contact.peer.open and is_sent_away(world, contact):\n",
        "    if world.now_us < 0:\n",
    ),
    Mutant(
        "hours: a night does not count as waiting",
        DOORS,
        "    return door.hours if door is not None and channel is not None and channel.open_hours else None\n",
        "    return None\n",
        story="hours_friday_evening",
    ),
    Mutant(
        "hours: what was waited is kept when another clock counts",
        HOURS,
        "    contact.entered_us += shift_us\n",
        "",
        story="hours_given_to_a_queue_that_has_waiting",
    ),
    Mutant(
        "hours: so is the place",
        HOURS,
        "    contact.key_us += shift_us\n",
        "",
        story="hours_given_later_keep_the_order",
    ),
    Mutant(
        "hours: limits go by the calendar as it is edited",
        CLOSING,
        "            visits.arm(world, contact)\n",
        "            pass\n",
        story="hours_changed_while_people_wait",
    ),
    Mutant(
        "hours: a wall clock that is set opens and closes",
        CLOSING,
        "    if clocks.tell_time(world, utc_s):\n",
        "    if clocks.tell_time(world, utc_s) and world.counter < 0:\n",
        story="hours_wall_clock_jumps",
    ),
    Mutant(
        "hours: what closed while the engine was away is closed",
        CORE + "away.py",
        "        closing.restarted(world)\n",
        "",
        story="hours_other_hours_after_a_restart",
    ),
    Mutant(
        "hours: open time is kept over a restart",
        CORE + "restore/world.py",
        " = record.behind_us, record.stopped_us, record.since_us\n",
        " = 0, -1, 0\n",
    ),
    Mutant(
        "hours: a hand is kept over a restart",
        CORE + "restore/world.py",
        "            record.hand,\n",
        '            "",\n',
        story="hours_closed_by_hand_through_a_restart",
    ),
    Mutant(
        "hours: a hand ends when it said",
        CLOSING,
        "        take_hand_off(door)\n    turned",
        "        pass\n    turned",
        story="hours_closed_by_hand_until",
    ),
    Mutant(
        "hours: a hand goes before the calendar",
        DOORS,
        '        return "hand" if door.hand == "closed" else None\n',
        '        if door.hand == "closed":\n            return "hand"\n',
        story="hours_closed_by_hand_through_a_restart",
    ),
    Mutant(
        "hours: a message given by hand is told",
        DOORS,
        '        return Treatment("message", door.message)\n',
        "        pass\n",
        story="hours_closed_by_hand",
    ),
    Mutant(
        "hours: what a hand did is kept in the audit",
        CORE + "handlers/doors.py",
        "    audit.write(world, peer, command.who, command.why, what, queue.name, before, _facts(world, queue))\n",
        "",
        story="hours_closed_by_hand",
    ),
    Mutant(
        "hours: a talk is not transferred into a closed queue",
        CORE + "handlers/contacts.py",
        '        raise Refused("queue_closed", queue.name)\n',
        "        pass\n",
        story="hours_transfer_into_a_closed_queue",
    ),
)
