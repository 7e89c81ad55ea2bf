"""All runs of a what-if question: every seed under both configurations, in as many processes as there are processors.

It must not know what is made of the figures. The one idea: a run is a pure function, so where it is computed makes no
difference, and only its figures come back.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import get_context

from router.core.settings import Settings
from router.trace.codec import Progress
from router.trace.patience import Times
from router.trace.records import DAY_US, Trace
from router.trace.whatif.callbacks import Takers
from router.trace.whatif.compare import Report, compare
from router.trace.whatif.figures import Counted, count
from router.trace.whatif.fit import Helpers, fit
from router.trace.whatif.redials import OFF, Redials
from router.trace.whatif.run import PlanStart, run
from router.trace.whatif.show import clock_us


@dataclass(slots=True, frozen=True)
class Question:
    """What is asked."""

    trace: Trace
    new: Settings
    old: Settings | None = None
    """None: what `replay` derives from the trace."""
    names: tuple[str, str] = ("as recorded", "new")
    """Of the old configuration and the new one, for people."""
    basis: Trace | None = None
    """Where the trace is a day of it."""
    helpers: tuple[Helpers, ...] = ()
    """On the old side those of a team that it has."""
    plans: tuple[PlanStart, ...] = ()
    """Started by hand, on the new side."""
    redials: Redials = OFF
    """On both sides."""
    takers: Takers | None = None
    """On both sides; None: nobody takes a call-back."""
    verify: bool = False


def answer(
    question: Question, seeds: Sequence[int], *, processes: int | None = None, progress: Progress | None = None
) -> Report:
    """The report, the same for the same question and seeds. `processes`: at most so many; None: one a processor.

    Raises TraceError where the trace can't be replayed.
    """
    targets_us = _targets_us(question)
    jobs = [(is_new, seed) for seed in seeds for is_new in (False, True)]
    most = min(len(jobs), processes or os.cpu_count() or 1)
    found: dict[tuple[bool, int], Counted] = {}
    say = progress or (lambda _what, _done, _of: None)
    say("runs", 0, len(jobs))
    if most == 1:
        times = _times(question)
        for job in jobs:
            found[job] = _one(question, targets_us, times, *job)
            say("runs", len(found), len(jobs))
    else:
        with ProcessPoolExecutor(most, get_context("spawn"), _take, (question, targets_us)) as pool:
            waiting = {pool.submit(_taken, *job): job for job in jobs}
            for done in as_completed(waiting):
                found[waiting[done]] = done.result()
                say("runs", len(found), len(jobs))
    old, new = ([found[is_new, seed] for seed in seeds] for is_new in (False, True))
    return compare(question.trace, question.names, old, new, seeds, targets_us, question.redials, question.takers)


def _targets_us(question: Question) -> dict[str, int]:
    """Both sides are judged by the targets of the new configuration: what is wanted from now on."""
    fitted = fit(question.trace, question.new, question.helpers)
    return {queue.name: queue.target_us for queue in fitted.settings.queues if queue.tenant == fitted.tenant}


def _times(question: Question) -> Times:
    return Times((question.basis or question.trace).contacts)


def _one(question: Question, targets_us: dict[str, int], times: Times, is_new: bool, seed: int) -> Counted:
    settings = question.new if is_new else question.old
    teams = {agent.team for agent in settings.agents} if settings is not None else set()
    helpers = question.helpers if is_new else tuple(each for each in question.helpers if each.team in teams)
    lived = run(
        question.trace,
        settings,
        seed=seed,
        times=times,
        helpers=helpers,
        plans=question.plans if is_new else (),
        redials=question.redials,
        takers=question.takers,
        verify=question.verify,
    )
    days = question.trace.header.days
    return count(lived, targets_us, days[-1].to_us if days else DAY_US, clock_us(question.trace.header))


_question: tuple[Question, dict[str, int], Times] | None = None
"""In a process of the pool: what it works on."""


def _take(question: Question, targets_us: dict[str, int]) -> None:
    global _question  # noqa: PLW0603  # a process of a pool has nowhere else to keep what it was begun with
    _question = (question, targets_us, _times(question))


def _taken(is_new: bool, seed: int) -> Counted:
    assert _question is not None, "the pool begins each process with it"
    return _one(*_question, is_new, seed)
