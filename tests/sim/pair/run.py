"""One run of a seed over a pair of daemons: the clients and the traffic of every simulation, and faults of stores and
leaders; then calm until all is over."""

from __future__ import annotations

from router.terms import SECOND_US
from tests.sim.pair.clocks import simulated
from tests.sim.pair.daemon import TTL_MS, Daemon
from tests.sim.pair.net import Node
from tests.sim.pair.plan import PairPlan, draw
from tests.sim.pair.site import PairSite
from tests.sim.plan import Plan
from tests.sim.run import Outcome, Run, played
from tests.sim.site import slices

COMMANDS = 500
"""Commands of one run before the faults stop: fewer than one engine gets, since nobody leads for half of the time."""

COPIES_MOST = 4
"""States of a server's disk that it may come back with."""

LAGS_US = (0, 500, 20_000, 300_000)
"""How far a replica is behind."""

CUTS = ("both", "to_server", "to_client")


class PairRun(Run):
    """See the module."""

    site: PairSite

    def __init__(self, seed: int, commands: int = COMMANDS) -> None:
        self.pair: PairPlan = draw(seed)
        super().__init__(seed, commands, self._make_site)
        self.site.listeners = [self.digest, self.watch]
        if self.pair.loses_nothing:
            self.site.listeners.append(self.judge)
        for node in self.site.net.nodes:
            node.lag_us = self.site.rng.choice(LAGS_US)
        self.site.begin()

    def _make_site(self, plan: Plan) -> PairSite:
        return PairSite(plan, self.pair)

    # -- faults ---------------------------------------------------------------------------------------------------

    def fail(self) -> None:
        """One beat's faults of daemons and servers."""
        site, chances = self.site, self.pair.chances
        leaders = [daemon for daemon in site.daemons if daemon.state == "leader"]
        others = [daemon for daemon in site.daemons if daemon not in leaders]
        if leaders and site.happens(chances.kill_leader):
            self._kill(site.rng.choice(leaders), "leader killed")
        elif others and site.happens(chances.kill_standby):
            self._kill(site.rng.choice(others), "standby killed")
        elif leaders and site.happens(chances.freeze_leader):
            self._freeze(site.rng.choice(leaders))
        elif leaders and site.happens(chances.drain):
            self._drain(site.rng.choice(leaders))
        if site.happens(chances.cut):
            self._cut(site.rng.choice(site.daemons))
        self._fail_store()

    def _kill(self, daemon: Daemon, how: str) -> None:
        self.site.faults[how] += 1
        daemon.kill()
        self.site.after(self.site.some(2 * SECOND_US), daemon.start)

    def _drain(self, daemon: Daemon) -> None:
        daemon.give_away()
        if daemon.state == "down":
            self.site.faults["leader drained"] += 1
            self.site.after(self.site.some(2 * SECOND_US), daemon.start)

    def _freeze(self, daemon: Daemon) -> None:
        site = self.site
        for_us = site.rng.choice((SECOND_US // 5, SECOND_US, 2 * SECOND_US, 5 * SECOND_US, 9 * SECOND_US))
        site.faults["leader frozen"] += 1
        life = daemon.events
        if life.frozen:
            return
        life.frozen = True

        def wake() -> None:
            led = daemon.events is life and daemon.state == "leader"
            if led and site.current is daemon.engine:
                self.judge.book.disturb(None)
            elif led:
                site.faults["woken, and another leads"] += 1
            if led:
                daemon.in_doubt, daemon.woken_us = for_us > TTL_MS * 1000, site.now_us
            life.wake()

        site.after(for_us, wake)

    def _cut(self, daemon: Daemon) -> None:
        site = self.site
        way = site.rng.choice(CUTS)
        site.faults[f"store cut {way}"] += 1
        site.net.cut[daemon.name] = way

        def heal() -> None:
            site.net.cut.pop(daemon.name, None)

        site.after(site.some(4 * SECOND_US), heal)

    def _fail_store(self) -> None:
        site, chances, net = self.site, self.pair.chances, self.site.net
        if site.happens(0.3):
            net.copies = [*net.copies, net.primary.keys.copied()][-COPIES_MOST:]
        if net.primary.state != "up" or net.stale is not None:
            return
        if site.happens(chances.store_down):
            self._down("store down", lose=False)
        elif site.happens(chances.store_frozen):
            site.faults["store frozen"] += 1
            node = net.primary
            node.state = "frozen"
            site.after(site.some(2 * SECOND_US), node.thaw)
        elif site.happens(chances.store_slow):
            site.faults["store slow"] += 1
            net.slow_us = site.rng.choice((20_000, 200_000, 700_000))
            site.after(site.some(3 * SECOND_US), self._quick)
        elif self.pair.kind == "redis" and net.copies and site.happens(chances.lost_tail):
            self._down("store lost its tail", lose=True)
        elif self.pair.replicas and site.happens(chances.fail_over):
            self._fail_over()
        elif self.pair.replicas and site.happens(chances.split):
            self._split()

    def _quick(self) -> None:
        self.site.net.slow_us = 0

    def _down(self, how: str, *, lose: bool) -> None:
        site, net, node = self.site, self.site.net, self.site.net.primary
        site.faults[how] += 1
        node.end()
        if lose:
            node.keys = site.rng.choice(net.copies)
            net.copies = []
            site.book.lose(node.keys.position("main"))

        def back() -> None:
            if node.state == "down" and net.primary is node:
                node.state, node.life = "up", node.life + 1
                for follower in list(node.followers):
                    node.followers.remove(follower)
                    follower.follow(node)

        site.after(site.some(2 * SECOND_US), back)

    def _heir(self, among: list[Node]) -> Node:
        """Who is promoted. With `all` every replica has what was acknowledged, with `1` the one that has most; where
        nobody is waited for it is anyone's luck."""
        net = self.site.net
        if self.pair.kind != "one":
            return self.site.rng.choice(among)
        return max(among, key=lambda node: (node.applied, net.nodes.index(node)))

    def _fail_over(self) -> None:
        site, net, before = self.site, self.site.net, self.site.net.primary
        site.faults["failed over"] += 1
        before.end()

        def promote() -> None:
            if net.primary is before and before.state == "down":
                heir = self._heir(before.followers)
                if self.pair.kind == "redis":
                    site.book.lose(heir.keys.position("main"))
                net.promote(heir)
                site.after(site.some(SECOND_US), lambda: self._rejoin(before))

        site.after(site.some(SECOND_US), promote)

    def _rejoin(self, node: Node) -> None:
        net = self.site.net
        if node.state == "down" and net.primary is not node and net.stale is None:
            node.follow(net.primary)

    def _split(self) -> None:
        """The primary is cut off with one daemon, and perhaps with a replica; another replica is promoted."""
        site, net, before = self.site, self.site.net, self.site.net.primary
        if len(before.followers) < len(net.nodes) - 1:
            return
        site.faults["split"] += 1
        left = (site.rng.choice(before.followers),) if site.happens(0.5) else ()
        heir = self._heir([node for node in before.followers if node not in left])
        net.stale_is_trusted = self.pair.kind == "redis" or (self.pair.kind == "one" and bool(left))
        if net.stale_is_trusted:
            site.book.lose(heir.keys.position("main"))
        net.split(heir, left, {site.rng.choice(site.daemons).name})

        def heal() -> None:
            net.heal()
            if net.stale_is_trusted:
                site.book.lose(net.primary.keys.position("main"))

        site.after(SECOND_US + site.some(6 * SECOND_US), heal)

    # -- calm -----------------------------------------------------------------------------------------------------

    def calm(self) -> None:
        """Everything is healed, then as with one engine."""
        net = self.site.net
        for name in self.pair.chances.__struct_fields__:
            setattr(self.pair.chances, name, 0.0)
        net.cut.clear()
        self._quick()
        super().calm()

    def is_over(self) -> bool:
        """See `Run`."""
        site = self.site
        leaders = [daemon.engine for daemon in site.daemons if daemon.state == "leader" and daemon.engine is not None]
        if len(leaders) == 1:
            # Who began last may have done so on the half of a split that is forgotten.
            site.current, site.engine = leaders[0], leaders[0].engine
        return super().is_over()


def simulate(seed: int, commands: int = COMMANDS) -> Outcome:
    """Run a seed over a pair and judge it, as `tests.sim.run.simulate`."""
    run = PairRun(seed, commands)
    with slices(run.plan.slice), simulated(run.site):
        outcome = played(run, seed, lambda: run.site.book.violations)
    lost = run.site.book.lost
    outcome.faults.update({f"lost as promised: {kind}": count for kind, count in lost.items()})
    return outcome
