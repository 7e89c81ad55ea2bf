"""The estimator: routing events in, estimated waits out.

What lives here: `Estimator`.  What it must not know: engine types, clocks, I/O.
The idea: counters are exact and cost O(1) an event; laws are rebuilt in slices by `work`; a trajectory answers
for every position of a queue at once.  Times are seconds on any clock that does not go back (one that does is
taken to stand still).
"""

from __future__ import annotations

from math import isfinite
from typing import Any

from router.ewt.absence import ended
from router.ewt.agents import READY, TALK, WRAP, Agents, Slot
from router.ewt.builder import Builder
from router.ewt.coming import Coming
from router.ewt.judge import Verdict
from router.ewt.learn import Prediction, sane
from router.ewt.lifetable import mapping
from router.ewt.lines import Ghost, Line
from router.ewt.settings import DEFAULT_SETTINGS, EwtSettings
from router.ewt.supply import Scene
from router.ewt.trajectory import Confidence, Estimate, Trajectory
from router.ewt.walk import walk

SCHEMA = 1
"""Number of the learned state's shape; another one is refused."""
TIME_MAX_S = 1e15
"""A later time is no time (infinite ones among them), and is taken to stand still."""
EXPIRE_PLANS_S = 86400.0
"""Plans that did not come true are shown as missing for a day."""


class Estimator:
    """See `router.ewt` for the protocol of events.  Nothing that is fed in makes it throw."""

    def __init__(self, settings: EwtSettings = DEFAULT_SETTINGS) -> None:
        self.settings = settings
        self.lines: dict[str, Line] = {}
        self.agents = Agents(settings.groups_max, 5.0)
        self.coming = Coming(self.lines, self.agents, settings.plans_max, settings.half_life_lives)
        self.plans = self.coming.plans
        self.now_s = 0.0
        self.version = 0
        self._where: dict[str, Line] = {}
        self._haunted: dict[str, Line] = {}
        self._numbers = 0
        self._next_learn_s = 0.0
        self._cache: dict[str, Trajectory] = {}
        self.builder = Builder(self.lines, self.agents, settings)
        self._ended = 0
        self._second_s = 0.0
        self._stride = 1

    def _forward(self, now_s: float) -> float:
        """Time goes on, or stands still; a state change makes trajectories stale."""
        if self.now_s < now_s < TIME_MAX_S:
            self.now_s = now_s
        self.version += 1
        return self.now_s

    def _line(self, queue: str) -> Line | None:
        line = self.lines.get(queue)
        if line is None and len(self.lines) < self.settings.queues_max:
            line = self.lines[queue] = Line(queue, self.settings)
        return line

    def set_queue(self, queue: str, priority: int = 0, target_s: float = 1.0, boost: float = 0.0) -> None:
        """Name a queue.  `priority` 0 is served first; within one, urgency = boost + waited / target_s."""
        line = self._line(queue)
        if line is not None:
            line.priority = priority
            line.target_s = target_s if isfinite(target_s) and target_s > 0 else 1.0
            line.boost = boost if isfinite(boost) else 0.0
            self.version += 1

    def drop_queue(self, queue: str) -> None:
        """Forget a queue and all that it learned."""
        line = self.lines.pop(queue, None)
        if line is not None:
            for contact in line.waiting:
                self._where.pop(contact, None)
            self._haunted.pop(queue, None)
            self._cache.pop(queue, None)
            self.coming.crowds.forget(queue)
            self.builder.forget(line)
            self.version += 1

    def arrive(self, now_s: float, contact: str, queue: str, waited_s: float = 0.0) -> None:
        """A contact waits in a queue (again, if `waited_s` > 0: it keeps its place)."""
        if self.now_s < now_s < TIME_MAX_S:
            self.now_s = now_s
        self.version += 1
        now = self.now_s
        line = self._line(queue)
        if line is None:
            return
        if contact in self._where:
            self.leave(now_s, contact)
        line.rate.arrival(now)
        ahead = len(line.waiting)
        line.join(contact, now - sane(waited_s, now) if waited_s else now)
        self._where[contact] = line
        self.coming.waits(queue, ahead + 1, now)
        if now >= self._next_learn_s and not waited_s and self._must_wait(line, ahead):
            self._next_learn_s = now + self.settings.learn_gap_s
            made = self.trajectory(now_s, queue)
            said = made.prediction(ahead + 1)
            if said.flow_s < self.settings.wait_max_s and not made.deserted:
                line.said[contact] = said

    def _must_wait(self, line: Line, ahead: int) -> bool:
        free = 0.0
        for group in self.agents.by_queue.get(line.name, ()):
            free += group.free
            if free > ahead:
                return False
        return True

    def start(self, now_s: float, contact: str, agent: str, queue: str = "") -> None:
        """A talk starts.  `queue` is needed only for a contact that never arrived."""
        if self.now_s < now_s < TIME_MAX_S:
            self.now_s = now_s
        self.version += 1
        now = self.now_s
        line = self._where.pop(contact, None)
        arrived = now
        if line is None:
            line = self._line(queue)
            if line is None:
                return
        else:
            arrived, said = self._quit(line, contact)
            if now > arrived and self._learns():
                line.patience.add(now - arrived, False)
            if said is not None:
                line.learn(said, now - arrived)
        slot, since = self.agents.take(agent, line.name, contact, now)
        if self._learns():
            line.pick.add(max(0.0, now - max(since, arrived)), True)
            if now > arrived:
                for age in self.agents.passed_over(line.name, arrived, now):
                    line.pick.add(age, False)
        if self._haunted:
            self._exorcise(slot, line, arrived)

    def _quit(self, line: Line, contact: str) -> tuple[float, Prediction | None]:
        if len(line.waiting) == 1:
            self.coming.crowds.empty(line.name, self.now_s)
        return line.quit(contact)

    def _learns(self) -> bool:
        return self._stride == 1 or self.version % self._stride == 0

    def _exorcise(self, slot: Slot, taken: Line | None, arrived_s: float) -> None:
        """An agent took `taken`'s caller, or found nobody: ghosts who ranked before have their virtual wait."""
        skills = slot.group.skills
        for name in [name for name in self._haunted if name in skills]:
            line = self._haunted[name]
            if taken is None or line.priority < taken.priority:
                before = self.now_s + 1
            elif line.priority > taken.priority:
                continue
            else:
                urgency = taken.boost + (self.now_s - arrived_s) / taken.target_s
                before = self.now_s - line.target_s * (urgency - line.boost)
            line.release(before, self.now_s)
            if not line.ghosts:
                del self._haunted[name]

    def end(self, now_s: float, contact: str) -> None:
        """A talk is over; wrap-up begins."""
        if self.now_s < now_s < TIME_MAX_S:
            self.now_s = now_s
        self.version += 1
        now = self.now_s
        slot = self.agents.talking(contact)
        if slot is not None:
            self._end(slot, now)

    def _end(self, slot: Slot, now: float) -> None:
        line = self.lines.get(slot.queue)
        life = now - slot.since_s
        self._count_end(now)
        if line is not None and self._learns():
            line.talk.add(life, True)
            if line.talk_hazard is not None:
                line.pace.add(line.talk_hazard.upto(life))
            if line.due(now):
                self.builder.want(line)
        self.agents.freed(slot.contact)
        slot.contact = ""
        self.agents.change(slot, WRAP, slot.queue, now)

    def _count_end(self, now: float) -> None:
        """Above the sampling rate only every n-th life is learned from."""
        self._ended += 1
        if now >= self._second_s + 1:
            per_s = self._ended / (now - self._second_s)
            self._stride = max(1, round(per_s / self.settings.sample_rate_per_s + 0.5))
            self._ended = 0
            self._second_s = now

    def agent_ready(self, now_s: float, agent: str) -> None:
        """Wrap-up is over (the longest one, if the agent has several slots)."""
        if self.now_s < now_s < TIME_MAX_S:
            self.now_s = now_s
        self.version += 1
        now = self.now_s
        slot = self.agents.wrapping(agent)
        if slot is None:
            return
        if slot.state == TALK:
            self._end(slot, now)
        line = self.lines.get(slot.queue)
        if line is not None and self._learns():
            line.wrap.add(now - slot.since_s, True)
        self.agents.change(slot, READY, "", now)
        self._found_nobody(slot)

    def _found_nobody(self, slot: Slot) -> None:
        """Ghosts whom a free agent could serve need not wait longer, if nobody who waits comes before them."""
        if not self._haunted:
            return
        for name in slot.group.skills:
            line = self.lines.get(name)
            if line is not None and line.waiting:
                return
        self._exorcise(slot, None, self.now_s)

    def abandon(self, now_s: float, contact: str) -> None:
        """A waiting contact hung up."""
        self._gone(now_s, contact, True)

    def leave(self, now_s: float, contact: str) -> None:
        """A waiting contact left otherwise (moved, call-back taken, refused)."""
        self._gone(now_s, contact, False)

    def _gone(self, now_s: float, contact: str, hung_up: bool) -> None:
        now = self._forward(now_s)
        line = self._where.pop(contact, None)
        if line is None:
            return
        arrived, said = self._quit(line, contact)
        if self._learns():
            line.patience.add(max(0.0, now - arrived), hung_up)
        if said is not None:
            self._numbers += 1
            line.haunt(Ghost(arrived, self._numbers, said))
            self._haunted[line.name] = line

    def agent_login(self, now_s: float, agent: str, skills: frozenset[str], slots: int = 1) -> None:
        """An agent logs in free, or changes skills (queue names) or slots."""
        now = self._forward(now_s)
        self.coming.login(agent, skills, now)
        self.agents.login(agent, frozenset(skills), min(max(slots, 1), 1000), now)
        for slot in self.agents.slots[agent]:
            if slot.state == READY:
                self._found_nobody(slot)

    def agent_logout(self, now_s: float, agent: str) -> None:
        """An agent logs out or goes on a break, at once."""
        now = self._forward(now_s)
        held = self.agents.logout(agent)
        if held:
            self.coming.logout(agent, held[0].group.skills, now)
        for slot in held:
            line = self.lines.get(slot.queue)
            if line is None or slot.state == READY:
                continue
            table = line.talk if slot.state == TALK else line.wrap
            table.add(now - slot.since_s, slot.state == WRAP)

    def plan(self, now_s: float, at_s: float, agent: str, login: bool, skills: frozenset[str]) -> bool:
        """A log-in or log-out is known ahead; False if there are too many."""
        now = self._forward(now_s)
        self.plans.expire(now - EXPIRE_PLANS_S)
        if not isfinite(at_s) or not self.plans.add(agent, login, at_s, frozenset(skills)):
            return False
        if login:
            self.agents.group(frozenset(skills))
        return True

    def work(self, slices: int = 1) -> bool:
        """Build laws that are due, at most `slices` pieces of under a millisecond; True while more is left.

        Whoever owns the loop calls this when it has time; events never build.
        """
        return self.builder.work(slices, self.now_s)

    def trajectory(self, now_s: float, queue: str) -> Trajectory:
        """The estimates for all positions of a queue (an unknown one is made)."""
        if now_s > self.now_s:
            self._forward(now_s)
        made = self._cache.get(queue)
        if made is not None and made.version == self.version:
            return made
        line = self._line(queue) or Line(queue, self.settings)
        now = self.now_s
        coming = self.coming.expected(line, now)
        laws = self.builder.laws(line, now)
        scene = Scene(
            self.lines,
            self.agents,
            lambda other: self.builder.laws(other, now, laws.dt_s),
            coming.jumps, now, self.settings.wait_max_s, self.settings.pace_doubt_ratio,
        )  # fmt: skip
        picture = scene.picture(line)
        walked = walk(picture.flow, picture.asker, picture.equals, now, self.settings.waiting_blocks)
        if not coming.planned:
            walked = ended(walked, coming.most_s, laws.cycle_mean_s * picture.pace, coming.variance)
        confidence = self._confidence(line, picture.agents, coming.planned)
        made = Trajectory(line, picture.asker.arrived, walked, now, confidence)
        made.deserted = coming.deserted
        made.version, made.agents, made.pace = self.version, picture.agents, picture.pace
        self._cache[queue] = made
        return made

    def _confidence(self, line: Line, agents: float, planned: bool) -> Confidence:
        lives = line.talk.lives
        if lives < self.settings.low_confidence_lives or (agents <= 0 and not planned):
            return "low"
        return "medium" if lives < self.settings.medium_confidence_lives else "high"

    def estimate(
        self, now_s: float, queue: str, position: int = 0, contact: str = "", waited_s: float = 0.0
    ) -> Estimate:
        """The remaining wait of a waiting contact (`contact`), of a `position` (1 = next), or, with neither, of one
        who would join now.  A contact that waits here is found by its arrival, whatever position is given."""
        made = self.trajectory(now_s, queue)
        return made.at(self.place(made, queue, position, contact, waited_s))

    def place(self, made: Trajectory, queue: str, position: int, contact: str, waited_s: float) -> int:
        """The position that an asker has."""
        if self.waits(contact, queue):
            return made.place(self._where[contact].waiting[contact], position)
        if position > 0:
            return position
        return made.place(self.now_s - waited_s, 1) if waited_s > 0 else len(made)

    def waited(self, contact: str) -> float | None:
        """How long a contact waits, in s; None if it does not."""
        line = self._where.get(contact)
        return None if line is None else self.now_s - line.waiting[contact]

    def waits(self, contact: str, queue: str) -> bool:
        """Whether a contact waits in this queue."""
        line = self._where.get(contact)
        return line is not None and line.name == queue

    def many(self, queue: str) -> int:
        """How many wait in a queue."""
        return self.lines[queue].many() if queue in self.lines else 0

    def verdicts(self) -> dict[str, Verdict]:
        """The judge's figures by queue."""
        return {name: line.judge.verdict() for name, line in self.lines.items()}

    def missing(self) -> list[tuple[str, float]]:
        """Agents planned to be there who are not: (agent, since when in s)."""
        return self.plans.missing(self.now_s)

    def dump(self) -> dict[str, Any]:
        """Everything learned, as plain numbers, lists and dicts; not who waits or works."""
        queues = {name: line.dump() for name, line in self.lines.items()}
        return {"schema": SCHEMA, "queues": queues, "absences": self.coming.absences.dump()}

    def load(self, state: dict[str, Any]) -> None:
        """Take up what was learned.  ValueError, and nothing changed, if it is of another schema or broken."""
        if state.get("schema") != SCHEMA:
            raise ValueError(f"learned state: expected schema {SCHEMA}, found {state.get('schema')!r}")
        queues = mapping(state.get("queues"))
        for name, learned in queues.items():
            Line(name, self.settings).load(mapping(learned))
        absences = state.get("absences")
        if absences is not None:
            self.coming.absences.load(mapping(absences))
        for name, learned in queues.items():
            line = self._line(name)
            if line is not None:
                line.load(learned)
        self.version += 1
