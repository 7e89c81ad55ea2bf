"""The guards of the first engine: contacts, offers, agents, gateways, order."""

from __future__ import annotations

from tests.mutant_list.mutant import CORE, Mutant

MUTANTS = (
    Mutant(
        "I1: a visit has a record",
        CORE + "visits.py",
        "    count_ended(world, contact)\n    history.write(world, contact)\n",
        "    count_ended(world, contact)\n",
    ),
    Mutant(
        "I1: who was not listed has ended",
        CORE + "handlers/sync.py",
        "    for contact in lost:\n        gateways.lose(world, contact)\n",
        "",
    ),
    Mutant(
        "I2: a contact's every change is kept",
        CORE + "world.py",
        "        counts[contact.state] += 1\n        self.changed[contact] = None\n",
        "        counts[contact.state] += 1\n",
    ),
    Mutant(
        "I3: who is offered stands no more",
        CORE + "offers.py",
        "    world.unstand(contact)\n    states.move",
        "    states.move",
    ),
    Mutant(
        "I3: a held contact is not offered",
        CORE + "handlers/contacts.py",
        "        world.unstand(contact)\n        contact.held_until_us",
        "        contact.held_until_us",
    ),
    Mutant(
        "I3: a deadline of waiting is not of offers",
        CORE + "visits.py",
        'if not contact.peer.live or contact.state not in ("held", "waiting"):',
        "if not contact.peer.live:",
    ),
    Mutant(
        "I4: accepting again is no second accept",
        CORE + "handlers/offers.py",
        '    if offer.state == "offered":\n        offers.accept(world, offer, peer)\n',
        "    offers.accept(world, offer, peer)\n",
    ),
    Mutant(
        "I4: an offer that is over is gone",
        CORE + "handlers/offers.py",
        '"gone" if was_made(world, offer_id) else "unknown_offer"',
        '"unknown_offer"',
    ),
    Mutant(
        "I4: over is over",
        CORE + "offers.py",
        "    del world.offers[offer.id]\n",
        "",
    ),
    Mutant(
        "I5: capacity",
        CORE + "dispatch.py",
        " or (agent.used + settings.units > agent.capacity and not _may_interrupt(agent, settings)):\n",
        ":\n",
    ),
    Mutant(
        "I5: most at once on a channel",
        CORE + "dispatch.py",
        "    if len(agent.offers) >= most and held_of(agent, channel) >= most:\n        return False\n",
        "",
    ),
    Mutant(
        "I5: wrap-up takes capacity",
        CORE + "offers.py",
        "    offer.talk_over_us = now_us\n",
        "    offer.talk_over_us = now_us\n    offer.agent.used -= offer.units\n    offer.units = 0\n",
    ),
    Mutant(
        "I5: a loaded engine counts what is engaged",
        CORE + "restore.py",
        "        link(world, offer)\n",
        "        link(world, offer)\n        offer.agent.used -= offer.units\n",
    ),
    Mutant(
        "I6: a place is kept",
        CORE + "offers.py",
        "    contact.waited_us = 0\n    world.move_contact",
        "    contact.waited_us = 0\n"
        "    contact.key_us, contact.entry = world.now_us, (world.now_us, contact.number, contact)\n"
        "    world.move_contact",
    ),
    Mutant(
        "I6: a line is in order",
        CORE + "line.py",
        "        return (contact.key_us, contact.number, contact)\n",
        "        return (-contact.key_us, contact.number, contact)\n",
    ),
    Mutant(
        "I6: a priority counts as so much earlier",
        CORE + "handlers/entry.py",
        "entered_us - asked.priority_s * SECOND_US, body_digest",
        "entered_us, body_digest",
    ),
    Mutant(
        "I7: an offer has a deadline",
        CORE + "offers.py",
        "    world.set_due(offer, now_us + (2 * ring_us if endpoint.peer.reports_ringing else ring_us))\n",
        "",
    ),
    Mutant(
        "I7: joining has a deadline",
        CORE + "offers.py",
        "        start_clock(world, offer, world.channels[offer.channel].connect_us)\n",
        "        world.deadlines.cancel(offer)\n",
    ),
    Mutant(
        "I7: wrap-up has a deadline",
        CORE + "offers.py",
        "        start_clock(world, offer, lasts_us)\n",
        "        world.deadlines.cancel(offer)\n",
    ),
    Mutant(
        "I7: time away is nobody's miss",
        CORE + "gateways.py",
        "    for offer in list(world.offers.values()):\n        clocks.pause(world, offer)\n",
        "",
    ),
    Mutant(
        "I7: what came due while away waits",
        CORE + "engine.py",
        "            gateways.restarted(world, self._loaded_us)\n",
        "            self.tick(now_us)\n            gateways.restarted(world, self._loaded_us)\n",
        story="engine_restart_holds_nothing_against_anyone",
    ),
    Mutant(
        "I8: the more urgent first",
        CORE + "match/choose.py",
        "(urgency > best_urgency or",
        "(urgency < best_urgency or",
    ),
    Mutant(
        "I8: of several who come to wait",
        CORE + "dispatch.py",
        "bool(agents) or len(contacts) > 1",
        "bool(agents)",
        scenarios=True,
    ),
    Mutant(
        "I9: skills",
        CORE + "roster.py",
        " or profile.key[0] != tenant or not profile.able.meets(want):\n",
        " or profile.key[0] != tenant:\n",
    ),
    Mutant(
        "I9: who is on a break",
        CORE + "dispatch.py",
        ' or agent.state != "available" or agent.next_state:',
        " or agent.next_state:",
    ),
    Mutant(
        "I9: who has asked for a break",
        CORE + "dispatch.py",
        ' or agent.state != "available" or agent.next_state:',
        ' or agent.state != "available":',
    ),
    Mutant(
        "I9: a gateway that drains",
        CORE + "gateways.py",
        "    return peer.live and peer.synced and not peer.draining and not peer.suspended_until_us\n",
        "    return peer.live and peer.synced and not peer.suspended_until_us\n",
    ),
    Mutant(
        "I9: a gateway that is shut",
        CORE + "match/choose.py",
        " and endpoint.number <= endpoint.peer.reach and endpoint.peer.open:",
        " and endpoint.number <= endpoint.peer.reach:",
        story="gateway_suspended_after_failures",
    ),
    Mutant(
        "I9: a preferred agent is able",
        CORE + "visits.py",
        "        and agent.profile in contact.line.needs.profiles\n",
        "",
    ),
    Mutant(
        "I10: who comes free looks",
        CORE + "people.py",
        "        take_next_state(world, agent)\n    world.loose_agents[agent] = None\n",
        "        take_next_state(world, agent)\n",
    ),
    Mutant(
        "I10: who is ready looks",
        CORE + "people.py",
        "            rest(world, agent)\n    world.changed[agent] = None\n    world.loose_agents[agent] = None\n",
        "            rest(world, agent)\n    world.changed[agent] = None\n",
    ),
    Mutant(
        "I10: who comes to wait looks",
        CORE + "visits.py",
        "        world.loose_contacts.append(contact)\n",
        "",
    ),
    Mutant(
        "I10: the one agent left is not passed over",
        CORE + "people.py",
        "        if needs.staffed == 1:\n",
        "        if needs.staffed == -1:\n",
        scenarios=True,
    ),
    Mutant(
        "I10: a log-in again undoes a pending log-out",
        CORE + "handlers/agents.py",
        '        agent.next_state = agent.next_reason = ""\n'
        "        world.changed[agent] = None\n"
        "        world.loose_agents[agent] = None\n",
        '        agent.next_state = agent.next_reason = ""\n        world.changed[agent] = None\n',
    ),
    Mutant(
        "I13: a number that was drawn is recorded",
        CORE + "restore.py",
        "            offer.agent.last_offer = max(offer.agent.last_offer, offer.number)\n",
        "            pass\n",
    ),
    Mutant(
        "I13: a deadline that fired is recorded",
        CORE + "visits.py",
        "    now_us = world.now_us\n    world.changed[contact] = None\n",
        "    now_us = world.now_us\n",
    ),
    Mutant(
        "I13: an agent's misses are recorded",
        CORE + "offers.py",
        "        agent.misses.clear()\n        world.changed[agent] = None\n",
        "        agent.misses.clear()\n",
    ),
    Mutant(
        "I14: a number that comes again",
        CORE + "engine.py",
        "            if seq <= peer.last_seq:\n                return self._repeated(peer, seq)\n",
        "",
    ),
    Mutant(
        "I14: the last number is recorded",
        CORE + "engine.py",
        "            peer.last_seq = seq\n            world.changed[peer] = None\n",
        "            peer.last_seq = seq\n",
    ),
    Mutant(
        "I14: the same id with another body",
        CORE + "handlers/entry.py",
        "    if entry.digest and entry.digest != digest(command):\n",
        "    if not entry:\n",
    ),
    Mutant(
        "I14: nothing before the list is whole",
        CORE + "engine.py",
        "            if not peer.synced and type(command) not in BEFORE_SYNC_END:\n",
        "            if not peer:\n",
        story="gateway_not_synced",
    ),
    Mutant(
        "tombstones: an ended id does not live again",
        CORE + "handlers/entry.py",
        "    if known is not None or command.contact in peer.ended:\n",
        "    if known is not None:\n",
    ),
    Mutant(
        "tombstones: a list does not bring it back",
        CORE + "handlers/sync.py",
        '            if tombstone.outcome != "lost_with_gateway":\n                return\n',
        "",
    ),
    Mutant(
        "RONA: so many misses are enough",
        CORE + "offers.py",
        '        agent.next_state, agent.next_reason = "not_ready", "missed"\n',
        "        return\n",
    ),
    Mutant(
        "passed over: not the one who missed it",
        CORE + "line.py",
        "        now_us < at_us + contact.queue.settings.miss_hold_us\n",
        "        now_us < at_us\n",
    ),
    Mutant(
        "passed over: not for ever",
        CORE + "line.py",
        "        now_us < at_us + contact.queue.settings.miss_hold_us\n",
        "        now_us < at_us + 10**15\n",
    ),
    Mutant(
        "I16: an ended visit is counted",
        CORE + "visits.py",
        "    tally.ended[key] = tally.ended.get(key, 0) + 1\n",
        "",
    ),
    Mutant(
        "L2: the grace time of a gateway ends",
        CORE + "gateways.py",
        '        peer.gone = True\n        begin_chore(world, peer, "close")\n',
        "        peer.gone = True\n",
    ),
    Mutant(
        "L2: nobody waits for who is gone",
        CORE + "entities.py",
        "self.due_us != 0 and not self.gone and not",
        "self.due_us != 0 and not",
        scenarios=True,
    ),
    Mutant(
        "L2: holding has a limit",
        CORE + "visits.py",
        '    elif contact.state == "held":\n        at_us = contact.held_until_us\n',
        '    elif contact.state == "held":\n        at_us = 0\n',
    ),
)
"""Fencing (I11) is not here yet: it comes with the store that leads and the gateways that refuse an older epoch."""
