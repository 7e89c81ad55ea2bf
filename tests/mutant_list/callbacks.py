"""The guards of call-backs and place tokens."""

from __future__ import annotations

from tests.mutant_list.mutant import CORE, Mutant

MUTANTS = (
    Mutant(
        "call-backs: the place goes over whole",
        CORE + "places.py",
        "    contact.number, contact.entered_us, contact.key_us = place\n",
        "    contact.number, contact.entered_us = place[:2]\n",
        story="callback_keeps_the_place",
    ),
    Mutant(
        "call-backs: no oftener than the queue says",
        CORE + "callbacks.py",
        "    spent = callback.tries >= rules.tries or now_us >= callback.until_us\n",
        "    spent = now_us >= callback.until_us\n",
        story="callback_no_answer",
    ),
    Mutant(
        "call-backs: not after the customer's time",
        CORE + "callbacks.py",
        "    spent = callback.tries >= rules.tries or now_us >= callback.until_us\n",
        "    spent = callback.tries >= rules.tries\n",
        story="callback_scheduled",
    ),
    Mutant(
        "call-backs: not before the customer's time, in a pause or out of hours",
        CORE + "callbacks.py",
        "    if begins_us > now_us:\n",
        "    if begins_us < 0:\n",
        story="callback_scheduled",
    ),
    Mutant(
        "call-backs: not out of hours",
        CORE + "callbacks.py",
        "    begins_us = max(callback.from_us, callback.retry_us, _opens_us(world, contact))\n",
        "    begins_us = max(callback.from_us, callback.retry_us)\n",
        story="callback_out_of_hours",
    ),
    Mutant(
        "call-backs: only numbers that may be dialled",
        CORE + "callback_book.py",
        "    return number.startswith(rules.numbers) and not (",
        "    return not (",
        story="callback_not_allowed",
    ),
    Mutant(
        "call-backs: one open for a number",
        CORE + "handlers/callbacks.py",
        '    if open_one is not None:\n        raise Refused("callback_open", open_one.id)\n',
        "",
        story="callback_one_per_number",
    ),
    Mutant(
        "call-backs: once accepted it is too late",
        CORE + "places.py",
        'TAKEN = ("connecting", "connected", "wrapping")\n',
        'TAKEN = ("wrapping",)\n',
        story="callback_while_it_rings",
    ),
    Mutant(
        "call-backs: who is passed by is dialled",
        CORE + "callback_turns.py",
        "    if found is not None:\n        _dial_now(world, found)\n",
        "",
        story="callback_keeps_the_place",
    ),
    Mutant(
        "call-backs: one dial for one free agent",
        CORE + "callback_turns.py",
        "[line for line in lines if dialling < book.free_agents(line)]",
        "lines",
        story="callback_idle_agent_dials",
    ),
    Mutant(
        "call-backs: a promise outlives its gateway",
        CORE + "gateways.py",
        "    if contact.extra is not None and callback_gateways.lost(world, contact):\n        return\n",
        "",
        story="callback_gateway_lost",
    ),
    Mutant(
        "call-backs: a gateway that comes takes over what waits",
        CORE + "handlers/sync.py",
        "    callback_gateways.gather(world, peer)\n",
        "",
        story="callback_waits_for_a_gateway",
    ),
    Mutant(
        "call-backs: the wait at home is not the wait on the line",
        CORE + "callbacks.py",
        "    contact.waited_us = max(0, accepted_us - callback.reached_us)\n",
        "    pass\n",
        story="callback_idle_agent_dials",
    ),
    Mutant(
        "tokens: nobody guesses one",
        CORE + "tokens.py",
        "        or not compare_digest(checksum.encode(), _checksum(world, number).encode())\n",
        "",
        story="place_cut_off",
    ),
    Mutant(
        "tokens: a kept place has its time",
        CORE + "tokens.py",
        "holder.queue == queue.name and world.now_us < kept.until_us",
        "holder.queue == queue.name",
        story="place_cut_off",
    ),
    Mutant(
        "tokens: what a place is made with is kept",
        CORE + "restore.py",
        "        world.secret = record.secret\n",
        "",
        story="callback_restart",
    ),
)
