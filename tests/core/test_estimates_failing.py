"""A mistake in the estimator: the engine goes on, says so, and estimates begin anew."""

from __future__ import annotations

import msgspec
import pytest

from router.core import commands as ask
from router.core.estimates import picture
from router.core.estimates.expect import estimate_of
from router.core.estimates.state import KEEP_US
from router.core.verify.world import verify
from router.terms import SECOND_US
from tests.core import drive
from tests.core.test_estimates import ask_of, contact, experienced, serve, service


def fail(*_: object) -> None:
    """A mistake of ours."""
    raise ZeroDivisionError("a sum of nothing")


def test_an_estimate_that_fails_never_ends_the_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    """A mistake in the estimator is counted and told, calls go on, and waits are told by the closed form; what was
    learned is used again once it works. Where it fails again soon, what was learned is what is wrong: it goes, too."""
    site = experienced()
    site.wait(2 * KEEP_US / SECOND_US)
    lives = service(site).talk.lives
    for failures in (1, 2):
        with monkeypatch.context() as broken:
            broken.setattr(picture, "walk", fail)
            broken.setattr(drive, "verify", lambda _: [])
            for number in range(4):
                site.call(f"c{failures}{number}")
            site.wait(3)
            estimates = site.engine.world.estimates
            assert estimates.failures == failures
            assert "ZeroDivisionError: a sum of nothing at test_estimates_failing.py:" in estimates.failure
            assert site.engine.world.tally.repaired == {"estimate": failures}
            assert {violation.invariant for violation in verify(site.engine.world)} == {"I15"}
            said = estimate_of(site.engine.world, contact(site, f"c{failures}3"))
            assert said is not None
            assert said.confidence == "low"
            site.talk(f"c{failures}0")
            for number in range(4):
                site.ok(ask.End(0, f"c{failures}{number}"))
            site.wait(50)
            assert estimates.failures == failures, "it does not try again at once"
        site.wait(15)
        if failures == 1:
            assert service(site).talk.lives == lives + 1
            serve(site, 2, "again")
            for name in ("t1", "t2"):
                site.call(name)
                site.talk(name)
            site.call("w")
            site.wait(3)
            assert ask_of(site, "w").confidence == "high"
            for name in ("t1", "t2", "w"):
                site.ok(ask.End(0, name))
    assert service(site).talk.lives == 1
    site.wait(2 * KEEP_US / SECOND_US)
    kept = [record for (kind, _), record in site.records.items() if kind == "learned"]
    assert [msgspec.msgpack.decode(record)[-1]["talk"] for record in kept] == [service(site).talk.dump()]
