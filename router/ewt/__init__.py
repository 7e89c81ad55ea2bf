"""Estimated wait: a pure library that turns routing events into waits that can be believed.

What lives here: the estimator, its judge, the announcement policy, a reader of neutral event files.
What it must not know: the engine's types, clocks, randomness, files, the network.

An owner feeds events as they happen, each with the time in seconds (any clock that does not go back), and names
of queues, contacts and agents as strings.  A queue here is a line: contacts with the same needs.

    estimator = Estimator(EwtSettings())
    estimator.set_queue("gold", priority=0)                     # also again, when configuration changes
    estimator.agent_login(t, "ann", frozenset({"gold"}), slots=1)
    estimator.arrive(t, "c1", "gold")                           # a contact waits
    estimator.start(t, "c1", "ann")                             # talk begins (after ringing)
    estimator.end(t, "c1")                                      # talk is over, wrap-up begins
    estimator.agent_ready(t, "ann")                             # wrap-up is over
    estimator.abandon(t, "c2"); estimator.leave(t, "c3")        # hung up; left otherwise
    estimator.agent_logout(t, "ann")                            # or a break
    estimator.plan(t, at, "bob", True, frozenset({"gold"}))     # known ahead: log-in (True) or log-out (False)
    estimator.work(slices=1)                                    # builds tables that are due: when there is time

    estimator.estimate(t, "gold", contact="c1")                 # -> Estimate(mean, p10, p50, p80, p90, confidence)
    estimator.estimate(t, "gold")                               # one who would join now
    estimator.trajectory(t, "gold").at(position)                # all positions of one queue from one run
    estimator.verdicts(); estimator.missing()                   # its own judge; who is planned and absent
    estimator.dump(); estimator.load(state)                     # what it learned, as plain numbers

An event that makes no sense (an unknown contact, an end without a start) is taken for what it can mean or
ignored: nothing that is fed in makes the estimator throw.  The order that the estimator assumes: `priority`
first, then urgency = boost + waited / target_s, which is order of arrival where targets are equal.
"""

from router.ewt.estimator import SCHEMA, Estimator
from router.ewt.judge import Judge, Verdict
from router.ewt.policy import AnnouncePolicy, Quote, Say, Told, decide, promise_s
from router.ewt.settings import DEFAULT_SETTINGS, EwtSettings
from router.ewt.trajectory import Confidence, Estimate, Trajectory

__all__ = [
    "DEFAULT_SETTINGS",
    "SCHEMA",
    "AnnouncePolicy",
    "Confidence",
    "Estimate",
    "Estimator",
    "EwtSettings",
    "Judge",
    "Quote",
    "Say",
    "Told",
    "Trajectory",
    "Verdict",
    "decide",
    "promise_s",
]
