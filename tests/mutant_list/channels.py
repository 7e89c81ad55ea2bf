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
)
