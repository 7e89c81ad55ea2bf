"""One line in the log for each contact that has ended, as many as the limit of lines a second allows, and one for each
deed that people did by hand.

The lines are made of the records that the batch keeps, so that log and records never tell different stories.
The one idea: above the limit contacts are counted and not logged; the log is for eyes, the records are for
sums.
"""

from __future__ import annotations

import time

from router import logs
from router.core.audit import Deed
from router.core.batch import Batch
from router.core.stored.history import Visit
from router.loop.figures import Figures


class ContactLines:
    """Put in as `on_batch` of the loop's commits."""

    def __init__(self, lines_per_s: int, figures: Figures) -> None:
        self._log = logs.get("contact")
        self._sampler = logs.Sampler(lines_per_s)
        self._figures = figures

    def limit(self, lines_per_s: int) -> None:
        """Another limit from now on."""
        self._sampler.most_per_s = lines_per_s

    def __call__(self, batch: Batch) -> None:
        """Log what has ended in this batch."""
        for deed in batch.deeds:
            self._deed(deed)
        second = int(time.monotonic())
        for visit in batch.visits:
            if self._sampler.admit(second):
                self._line(visit)
        self._figures.contact_lines_left_out = self._sampler.left_out

    def _deed(self, deed: Deed) -> None:
        """What people do by hand is rare, and always logged."""
        self._log.info(
            "by_hand",
            who=deed.who,
            why=deed.why,
            what=deed.what,
            target=deed.target,
            tenant=deed.tenant,
            client=deed.client,
            before=deed.before,
            after=deed.after,
        )

    def _line(self, visit: Visit) -> None:
        if visit.amends:
            return
        self._log.info(
            "contact_ended",
            contact=visit.contact,
            gateway=visit.gateway,
            tenant=visit.tenant,
            queue=visit.queue,
            channel=visit.channel,
            outcome=visit.outcome,
            waited_ms=visit.waited_ms,
            visit_ms=visit.visit_ms,
            agents=[leg.agent for leg in visit.legs],
            **({"why": visit.why} if visit.why else {}),
            **({"repaired": visit.repaired} if visit.repaired else {}),
        )
