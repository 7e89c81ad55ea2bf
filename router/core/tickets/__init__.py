"""Tickets: paths, clocks, desks."""
