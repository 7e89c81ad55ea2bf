"""The guards of tickets: their clock, their path, their holder."""

from __future__ import annotations

from tests.mutant_list.mutant import CORE, Mutant

MUTANTS = (
    Mutant(
        "tickets: a limit is acted upon",
        CORE + "tickets/ticket.py",
        "        if self.limit_us and not self.escalated and (not soonest_us or self.limit_us < soonest_us):\n"
        "            soonest_us = self.limit_us\n",
        "",
        story="ticket_limit_warns_and_escalates",
    ),
    Mutant(
        "tickets: pending stops the clock",
        CORE + "tickets/desk.py",
        "        ticket_clock.stop(world, contact, ticket, node)\n",
        "        ticket_clock.go_on(world, contact, ticket, node)\n",
        story="ticket_pending_stops_the_clock",
    ),
    Mutant(
        "tickets: nothing leaves the end unresolved",
        CORE + "tickets/path.py",
        '        raise Refused("path_end", contact.id)\n',
        "        return False\n",
        story="ticket_path_until_solved",
    ),
    Mutant(
        "tickets: hops are capped",
        CORE + "tickets/path.py",
        "    if to != END and ticket.hop_count >= path.hops_max:\n",
        "    if to != END and ticket.hop_count > path.hops_max + 9:\n",
        story="ticket_hops_most",
    ),
    Mutant(
        "tickets: they outlive their gateway's absence",
        CORE + "gateways.py",
        "            if not kept(world, entity):\n                lose(world, entity)\n",
        "            lose(world, entity)\n",
        story="ticket_gateway_away",
    ),
    Mutant(
        "tickets: the deadline runs while the gateway is away",
        CORE + "moments.py",
        "    if not at_us or not contact.peer.live:\n        return own_us\n",
        "    if not at_us or not contact.peer.live:\n        return 0\n",
        story="ticket_gateway_away",
    ),
    Mutant(
        "tickets: what is solved is remembered over a restart",
        CORE + "tickets/solved.py",
        "    world.changed[solved] = None\n",
        "",
        story="ticket_engine_restart",
    ),
    Mutant(
        "tickets: their place is by their due time",
        CORE + "tickets/clock.py",
        "    at_us = ticket.promised_us()\n",
        "    at_us = 0\n",
        story="ticket_due_time",
    ),
    Mutant(
        "tickets: a reload moves who stands where nothing is any more",
        CORE + "tickets/due.py",
        '        return END, "node_removed"\n',
        '        return "", ""\n',
        story="ticket_reload_removes_a_node",
    ),
)
