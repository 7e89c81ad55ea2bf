"""Reloads: another version of the settings comes into force in the middle of traffic, and goes again.

Of queues, what is edited means the same to whoever judges: a queue asks besides that its agents do not have a skill
that nobody has, so that all who wait in it must cross to other lines. So every promise holds as if nothing had
happened. Of rules and plans it is another matter: the judge follows what they say.
"""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

from msgspec.structs import replace

from router.core import settings as of
from router.core.needs.want import Want
from tests.sim import partners, rules
from tests.sim.site import Site

if TYPE_CHECKING:
    from tests.sim.run import Run

SHARE = 0.5
"""Seeds in which anything is edited."""
EDITS_A_BEAT = 0.08
NOBODY = Want(skills=(("a-skill-that-nobody-has", 1),))


class Edits:
    """Of one run, by chances of its own: a seed's other chances stay what they are."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._rng = Random(f"edits {run.plan.seed}")
        self._rules = Random(f"edits of rules {run.plan.seed}")
        self._partners = Random(f"edits of partners {run.plan.seed}")
        # Each daemon of a pair has settings of its own; and whom rows of the routes send to a queue may have been sent
        # on from it by the time when everybody has crossed.
        alone = type(run.site) is Site
        self._edits = self._rng.random() < SHARE and alone and not run.plan.settings.routes
        self._edits_rules = self._rules.random() < SHARE and alone and bool(run.plan.settings.rules)
        self._edits_partners = self._partners.random() < SHARE and alone and bool(run.plan.settings.partners)
        self._now = run.plan.settings

    def beat(self) -> None:
        """Now and then: an edit, or all edits are taken back."""
        if self._edits_rules and self._rules.random() < rules.EDITS_A_BEAT:
            self._run.site.faults["rules edited"] += 1
            edited = rules.edited(self._rules, self._run.plan.settings)
            self._reload(replace(edited, queues=self._now.queues, partners=self._now.partners))
        if self._edits_partners and self._partners.random() < partners.EDITS_A_BEAT:
            self._run.site.faults["partners edited"] += 1
            self._reload(replace(self._now, partners=partners.edited(self._partners, self._run.plan.settings)))
        if not self._edits or self._rng.random() >= EDITS_A_BEAT:
            return
        if self._now.queues != self._run.plan.settings.queues and self._rng.random() < 0.5:
            self.take_back()
            return
        self._run.site.faults["reload"] += 1
        settings = self._run.plan.settings
        queues = tuple(self._other(queue) if self._rng.random() < 0.5 else queue for queue in settings.queues)
        self._reload(replace(self._now, queues=queues))

    def take_back(self) -> None:
        """The settings of the plan are in force again."""
        if self._now is not self._run.plan.settings:
            self._run.site.faults["reload taken back"] += 1
            self._reload(self._run.plan.settings)

    def _reload(self, settings: of.Settings) -> None:
        self._now = settings
        self._run.site.reload(settings)

    def _other(self, queue: of.Queue) -> of.Queue:
        """The same queue in other words; sometimes with another way to say it than before."""
        again = Want(skills=(("another-that-nobody-has", self._rng.choice((1, 2))),))
        return replace(queue, needs=replace(queue.needs, none_of=(*queue.needs.none_of, NOBODY, again)))
