"""Agents' time in figures: handle time and occupancy.

It takes durations in integer microseconds. The one idea: a team's occupancy is its work over its time, not
the mean of its agents' shares, so that somebody who was there for ten minutes weighs as ten minutes.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class Occupancy(NamedTuple):
    """One agent's time in a window."""

    work_us: int
    """Contacts from accept to the end of wrap-up, and outside work; weighted by the share of the agent's
    capacity that each took. Work begun while not ready is left out here as its time is."""
    logged_in_us: int
    not_ready_us: int


def mean_handle_us(talk_us: int, hold_us: int, wrap_up_us: int, legs: int) -> float | None:
    """AHT: talk, hold and wrap-up of `legs` legs that are wholly over, per leg."""
    return (talk_us + hold_us + wrap_up_us) / legs if legs else None


def occupancy(agent: Occupancy) -> float | None:
    """Work over the time logged in and ready; None for an agent without such time."""
    return team_occupancy((agent,))


def team_occupancy(agents: Iterable[Occupancy]) -> float | None:
    """The agents' work together over their time together; None where none had any."""
    work_us = ready_us = 0
    for agent in agents:
        work_us += agent.work_us
        ready_us += agent.logged_in_us - agent.not_ready_us
    return work_us / ready_us if ready_us else None
