"""The guards of routes, segments, steering and of being sent on."""

from __future__ import annotations

from tests.mutant_list.mutant import CORE, Mutant

MUTANTS = (
    Mutant(
        "routes: the first row decides, whatever it is filed under",
        CORE + "routes.py",
        "merge(*lists, key=_number)",
        "(place for rows in lists for place in rows)",
    ),
    Mutant(
        "routes: what is not said meets no condition",
        CORE + "routes.py",
        "        return condition.negated\n",
        "        return True\n",
    ),
    Mutant(
        "routes: a prefix is looked for under every length",
        CORE + "routes.py",
        "            if len(prefix) not in self.lengths:\n",
        "            if not self.lengths:\n",
        story="route_first_match_wins",
    ),
    Mutant(
        "routes: a row's class is its contacts' own",
        CORE + "handlers/routing.py",
        "    decision.contact_class = route.contact_class\n",
        "",
    ),
    Mutant(
        "routes: a row's class is known after a start",
        CORE + "world.py",
        "            contact.needs,\n            extra.route.contact_class,\n",
        "            contact.needs,\n            None,\n",
        story="route_gives_class_head_start_and_needs",
    ),
    Mutant(
        "routes: an entry of the blocked expires",
        CORE + "routing.py",
        "(until_s == 0 or utc_s < until_s)",
        "(until_s == 0 or bool(until_s))",
        story="route_blocked_until",
    ),
    Mutant(
        "routes: who was sent on as blocked is let in there",
        CORE + "admission.py",
        '    excused = why == "blocked"\n',
        "    excused = False\n",
        story="route_blocked_until",
    ),
    Mutant(
        "routes: a test call is in no figure",
        CORE + "routed.py",
        "extra.route is not None and extra.route.test",
        "extra.route is None",
    ),
    Mutant(
        "segments: their target counts in service level",
        CORE + "visits.py",
        "        target_us = segment.target_us or target_us\n",
        "",
        story="segment_own_target",
    ),
    Mutant(
        "segments: a line of their own target",
        CORE + "routing.py",
        '        return (segment.target_class if segment is not None else None) or ""\n',
        '        return ""\n',
    ),
    Mutant(
        "segments: an edit moves those who wait",
        CORE + "reconfigure.py",
        "Flipped(segments=old.segments != new.segments,",
        "Flipped(segments=False,",
        story="segment_edit_while_waiting",
    ),
    Mutant(
        "segments: tolerance is a limit where there is a treatment",
        CORE + "visits.py",
        'if contact.extra is not None and "waited_too_long" in contact.queue.treatments:',
        "if contact.extra is not None:",
        story="segment_tolerance",
    ),
    Mutant(
        "sent on: no more often than hops_max",
        CORE + "moves.py",
        "routed.hops >= world.settings.hops_max > 0",
        "routed.hops < 0",
        story="sent_on_while_waiting",
    ),
    Mutant(
        "sent on: no queue is asked twice",
        CORE + "admission.py",
        "if following is None or any(following is hop[0] for hop in hops):",
        "if following is None:",
        story="sent_on_in_a_circle",
    ),
    Mutant(
        "sent on: the limit on waiting begins again",
        CORE + "visits.py",
        "        waited_us -= extra.route.moved_us - contact.entered_us\n",
        "        waited_us -= 0\n",
        story="sent_on_while_waiting",
    ),
    Mutant(
        "sent on: the first visit has its record",
        CORE + "moves.py",
        "    history.write(world, contact, transferred_to=queue.name)\n",
        "",
        story="sent_on_while_waiting",
    ),
    Mutant(
        "steer: advice gains what the cell asks for",
        CORE + "advice.py",
        "here_us - there_us < max(1, cell.gain_least_us)",
        "here_us - there_us < 1",
        story="steer_gains_too_little",
    ),
    Mutant(
        "steer: nobody is sent where they are not let in",
        CORE + "advice.py",
        "there is None or refusal(world, there, customer, None) is not None",
        "there is None",
        story="steer_while_waiting",
    ),
    Mutant(
        "steer: who takes it is remembered",
        CORE + "advice.py",
        "        steering.taken[tenant, customer] = Taken(",
        "        Taken(",
        story="steer_came_back",
    ),
    Mutant(
        "steer: the memory is bounded",
        CORE + "advice.py",
        "            del steering.taken[next(iter(steering.taken))]\n",
        "            steering.taken.clear()\n",
        story="steer_came_back",
    ),
)
