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
)
