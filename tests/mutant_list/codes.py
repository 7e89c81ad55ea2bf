"""The guards of plans that are switched by a phone code."""

from __future__ import annotations

from tests.mutant_list.mutant import CORE, Mutant

MUTANTS = (
    Mutant(
        "plans: not everybody may start one by telephone",
        CORE + "handlers/plan_codes.py",
        "    if route.callers and command.number not in route.callers:\n",
        "    if route.callers and command.number is None:\n",
        story="route_starts_a_plan",
    ),
    Mutant(
        "plans: a number alone is not enough where a code is asked for",
        CORE + "handlers/plan_codes.py",
        '    if route.pin and not compare_digest(route.pin, command.pin or ""):\n',
        "    if route.pin and command.pin is None:\n",
        story="route_starts_a_plan",
    ),
    Mutant(
        "plans: who was not allowed to start one is in the audit",
        CORE + "handlers/plan_codes.py",
        'f"{why}: {denied}", "plan_code_denied",',
        'why, "plan_code",',
        story="route_starts_a_plan",
    ),
)
