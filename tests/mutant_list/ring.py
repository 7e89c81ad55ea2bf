"""The guards of ringing several agents, of back-offs, and of lines where the newest comes first."""

from __future__ import annotations

from tests.mutant_list.mutant import CORE, Mutant

MUTANTS = (
    Mutant(
        "I3: one of several wins",
        CORE + "offers.py",
        "    if contact.standing is not None or len(contact.offers) > 1:\n        _stop_the_others(world, offer)\n",
        "    world.unstand(contact)\n",
    ),
    Mutant(
        "I3: no more are rung than the queue allows",
        CORE + "ringing.py",
        "        and rings(contact) < contact.queue.settings.ring_several\n",
        "        and rings(contact) <= contact.queue.settings.ring_several\n",
    ),
    Mutant(
        "I3: nobody is rung twice for one contact",
        CORE + "match/choose.py",
        '            if contact.state == "offered" and any(offer.agent is agent for offer in contact.offers):\n'
        "                continue\n",
        "",
    ),
    Mutant(
        "I3: who comes free is not rung twice for one contact",
        CORE + "ringing.py",
        "        if not rings_at(contact, agent) and ",
        "        if ",
    ),
    Mutant(
        "I10: it rings on at the others",
        CORE + "offers.py",
        "    if contact.offers and ringing.rings(contact):\n        ringing.look(world, contact)\n        return\n",
        "    if contact.offers and ringing.rings(contact):\n        return\n",
        story="ring_several_one_more",
    ),
    Mutant(
        "I10: who comes free is rung too",
        CORE + "dispatch.py",
        "        if contact is None and world.ringing and channels:\n",
        "        if contact is None and world.ringing > 1000 and channels:\n",
        story="ring_several_who_comes_free_joins",
    ),
    Mutant(
        "I13: who rings wants one more after a restart too",
        CORE + "restore/visits.py",
        '        if offer.contact.state == "offered" and offer.contact.queue.settings.ring_several > 1:\n',
        '        if offer.contact.state == "never":\n',
        story="ring_several_who_comes_free_joins",
        loaded=True,
    ),
    Mutant(
        "I9: a back-off is one",
        CORE + "dispatch.py",
        "    if agent.backoff is not None:\n        return []\n",
        "",
    ),
    Mutant(
        "I13: a back-off is kept",
        CORE + "stored/recording.py",
        "        None if a.backoff is None else (a.backoff.why, a.backoff.due_us, a.backoff.due_number),\n",
        "        None,\n",
    ),
    Mutant(
        "I10: a back-off has an end",
        CORE + "people.py",
        "    agent.backoff = None\n    world.changed[agent] = None\n    world.loose_agents[agent] = None\n",
        "    world.changed[agent] = None\n",
    ),
    Mutant(
        "I10: ready ends a back-off",
        CORE + "people.py",
        "    agent.made_ready_us = world.now_us\n    end_backoff(world, agent)\n",
        "    agent.made_ready_us = world.now_us\n",
        story="backoff_ends_with_ready",
    ),
    Mutant(
        "I6: the newest first",
        CORE + "line.py",
        "        if self.newest:\n            return (-",
        "        if self.newest and contact.priority_s < 0:\n            return (-",
    ),
    Mutant(
        "I8: the newest has the urgency of its own wait",
        CORE + "match/choose.py",
        "                key_us = _newest_key_us(line) if line.newest else order.first_key\n",
        "                key_us = order.first_key\n",
        story="order_newest_beside_others",
    ),
    Mutant(
        "I6: an edit to the newest first resorts those who wait",
        CORE + "reload/flipped.py",
        ' or (old.order == "newest") != (new.order == "newest"),\n',
        ",\n",
        story="order_newest_edited",
    ),
    Mutant(
        "repeats: a redial after hanging up is none",
        CORE + "customers/customers.py",
        '    if contact.outcome != "answered":\n        return\n',
        "",
    ),
    Mutant(
        "repeats: the window has an end",
        "router/stats/resolution.py",
        "    return 0 <= later - earlier <= window and",
        "    return 0 <= later - earlier and",
        story="repeat_window_is_over",
    ),
    Mutant(
        "repeats: about the same",
        CORE + "customers/customers.py",
        "        if one.about == subject and follows(one.arrived_us, one.link, world.now_us, link, window_us)\n",
        "        if follows(one.arrived_us, one.link, world.now_us, link, window_us)\n",
    ),
    Mutant(
        "repeats: who comes too often is no customer",
        CORE + "customers/customers.py",
        "known.today > world.settings.repeat.contacts_per_day_max\n",
        "known.today < 0\n",
        story="repeat_no_customer",
    ),
    Mutant(
        "I13: customers are remembered over a restart",
        CORE + "customers/customers.py",
        "        _take_in(world, known, contact, window_us)\n    world.changed[known] = None\n",
        "        _take_in(world, known, contact, window_us)\n",
    ),
    Mutant(
        "I19: no more customers than the limit",
        CORE + "customers/customers.py",
        "    if len(world.customers) > world.settings.repeat.customers_max:\n        _drop_first(world)\n",
        "",
    ),
    Mutant(
        "I13: the order of customers",
        CORE + "customers/customers.py",
        "        world.customers.move_to_end(key)\n",
        "        pass\n",
    ),
    Mutant(
        "I9: who loses the skill is not waited for",
        CORE + "people.py",
        "    if agent.wanted:\n        _release_unable(world, agent)\n",
        "",
        story="preferred_agent_loses_the_skill",
    ),
    Mutant(
        "I10: a queue that opens again rings on",
        CORE + "doors/closing.py",
        "        _ring_on(world, queue)\n",
        "",
        story="ring_several_closed_and_opened",
    ),
    Mutant(
        "no other phone begins to ring while the queue is closed",
        CORE + "ringing.py",
        " and not is_sent_away(world, contact)\n",
        "\n",
        story="ring_several_closed_and_opened",
    ),
)
