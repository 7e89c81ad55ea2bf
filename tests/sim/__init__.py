"""The seeded simulation: the real core, simulated clients, faults, and a judge that knows only the promises."""
