"""The guards of channels and leases: who may be given what, parked contacts, reservations, what sticks."""

from __future__ import annotations

from tests.mutant_list.mutant import CORE, Mutant

MUTANTS = (
    Mutant(
        "complete: late codes after a transfer are kept",
        CORE + "handlers/contacts.py",
        "        _amend_left(world, peer, contact, command)\n        return Ok(command.seq)\n",
        '        raise Refused("bad_state", contact.state)\n',
        story="complete_late_after_a_transfer",
    ),
    Mutant(
        "complete: the customer's gateway is told",
        CORE + "offers.py",
        "        world.tell(contact.peer, TalkOver(",
        "        (TalkOver(",
        story="complete_ends_a_talk_on_another_gateway",
    ),
    Mutant(
        "entry: a direct contact needs a device",
        CORE + "admission.py",
        "    return there and agent.profile is not None and line.needs.channel in agent.profile.pools\n",
        "    return there\n",
        story="entry_direct_without_a_device",
    ),
    Mutant(
        "nobody_left: also for whom somebody asked by name",
        CORE + "people.py",
        '        elif agent.state == "offline":\n            visits.arm(world, contact)\n',
        "",
        story="nobody_left_direct",
    ),
    Mutant(
        "I5: nothing beside an exclusive contact",
        CORE + "dispatch.py",
        "    if world.exclusive and _holds_exclusive(world, agent):\n        return []\n",
        "",
    ),
    Mutant(
        "I5: an exclusive contact only to who is empty",
        CORE + "dispatch.py",
        "    if settings.exclusive and agent.used:\n        return False\n",
        "",
    ),
    Mutant(
        "I5: only what gives way is left out",
        CORE + "dispatch.py",
        "for offer in agent.offers.values() if offer.channel in settings.interrupts)",
        "for offer in agent.offers.values())",
    ),
    Mutant(
        "I5: one interruption at a time",
        CORE + "dispatch.py",
        " or held_of(agent, settings.name) >= settings.interrupts_most:",
        ":",
        story="channel_interrupts_most",
    ),
    Mutant(
        "I5: an agent's own limit",
        CORE + "dispatch.py",
        "        most = agent.most_at_once.get(channel, most)\n",
        "        most = max(most, agent.most_at_once.get(channel, most))\n",
    ),
    Mutant(
        "park: a parked contact frees its agent",
        CORE + "parking.py",
        '        _leave_agent(world, offer, "parked")\n',
        "        pass\n",
    ),
    Mutant(
        "park: parked has an end",
        CORE + "parking.py",
        '        _leave_agent(world, offer, "parked")\n    visits.arm(world, contact)\n',
        '        _leave_agent(world, offer, "parked")\n',
    ),
    Mutant(
        "park: back to the same agent first",
        CORE + "parking.py",
        "    contact.preferred = agent\n",
        "    contact.preferred = None\n",
        story="park_and_come_back",
    ),
    Mutant(
        "park: back at the place it earned",
        CORE + "parking.py",
        "    contact.entered_us = now_us - contact.waited_us\n",
        "    contact.entered_us = now_us\n",
    ),
    Mutant(
        "park: who was answered stays answered",
        CORE + "pause.py",
        'return "answered" if outcome != "lost_with_gateway" and answered_before(contact) else outcome',
        "return outcome",
        story="park_by_itself",
    ),
    Mutant(
        "park: answered counts once",
        CORE + "offers.py",
        "    if contact.extra is None or not answered_before(contact):\n        visits.count_answered(contact)\n",
        "    visits.count_answered(contact)\n",
        story="park_and_come_back",
    ),
    Mutant(
        "park: activity puts parking off",
        CORE + "moments.py",
        "    return max(last_activity_us(contact), *began_us) + channel.park_after_us if began_us else 0\n",
        "    return max(0, *began_us) + channel.park_after_us if began_us else 0\n",
        story="park_by_itself",
    ),
    Mutant(
        "park: only by those whose contact it is",
        CORE + "handlers/parking.py",
        "    if not agent or not is_agents_side(world, peer, agent):\n",
        "    if False:\n",
        story="park_only_what_can_be",
    ),
    Mutant(
        "reserve: nothing smaller is given to who is reserved",
        CORE + "reservations.py",
        '    world.move_agent(agent, "reserve", "")\n',
        "",
        story="reserve_for_a_call",
    ),
    Mutant(
        "reserve: it ends with its contact",
        CORE + "reservations.py",
        "        if not _waits(contact):\n",
        "        if False:\n",
    ),
    Mutant(
        "reserve: it has a deadline",
        CORE + "reservations.py",
        "    world.set_due(agent, world.now_us + most_us)\n",
        "    world.set_due(agent, NEVER_US)\n",
    ),
    Mutant(
        "reserve: for the most urgent only",
        CORE + "reservations.py",
        "contact_for(agent, channels, world.now_us) is contact:",
        "True:",
        story="reserve_for_the_most_urgent",
    ),
    Mutant(
        "reserve: a break ends it",
        CORE + "people.py",
        "        if agent.reserved_for:\n            world.loose_agents[agent] = None\n        return\n",
        "        return\n",
        story="reserve_not_for_ever",
    ),
    Mutant(
        "switch: the line is that of the new channel",
        CORE + "parking.py",
        "        contact.channel = channel\n        visits.join_line(contact, world.some_line_of(contact))\n",
        "        visits.join_line(contact, world.some_line_of(contact))\n        contact.channel = channel\n",
    ),
)
