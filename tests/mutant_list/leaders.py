"""The guards of two daemons over one store: epochs, numbers of batches, leases, replicas, the feed of a standby."""

from __future__ import annotations

from tests.mutant_list.mutant import CORE, Mutant

MUTANTS = (
    Mutant(
        "I11: a client believes no lower epoch",
        "router/client/leaders.py",
        "            return epoch < self.epoch_seen\n",
        "            return False\n",
        test="tests/client/test_leader.py",
    ),
    Mutant(
        "I11: one epoch has one leader",
        "router/client/leaders.py",
        "        other = bool(name and self._name) and name != self._name\n",
        "        other = False\n",
        test="tests/client/test_leader.py",
    ),
    Mutant(
        "I11: a server refuses the batch of a lower epoch",
        "router/store/redis/commit.lua",
        "elseif epoch < kept_epoch or (epoch",
        "elseif (epoch",
        test="tests/system/test_redis_conformance.py::test_an_older_epoch_is_fenced",
    ),
    Mutant(
        "I11: a server refuses another turn of the same epoch",
        "router/store/redis/commit.lua",
        " or (epoch == kept_epoch and meta[3] and ARGV[8] ~= '' and meta[3] ~= ARGV[8])",
        "",
        test="tests/system/test_redis_faults.py::test_another_turn_of_the_same_epoch_is_fenced",
    ),
    Mutant(
        "I1: a server takes only the batch that is the next one",
        "router/store/redis/commit.lua",
        "elseif epoch > kept_epoch or number ~= kept + 1 then",
        "elseif false then",
        test="tests/system/test_redis_conformance.py::test_a_batch_that_is_not_the_next_is_a_gap",
    ),
    Mutant(
        "I11: who was stopped past its lease asks before it speaks",
        "router/loop/lease.py",
        "        if not self._gap_us or self._seen_us < self.until_us:\n",
        "        if True:\n",
        pair=True,
    ),
    Mutant(
        "I1: a batch that is there is not carried out again",
        "tests/sim/pair/keys.py",
        '            return "+AGAIN"\n        if epoch > kept_epoch or number != kept + 1:\n',
        "            kept -= 1\n        if epoch > kept_epoch or number != kept + 1:\n",
        pair=True,
    ),
    Mutant(
        "I2: a server that lost its tail gets everything again",
        "router/loop/group.py",
        "            self._rewrite(error)\n            return\n        if not isinstance(error, StoreAway):\n",
        "            self._kept()\n            return\n        if not isinstance(error, StoreAway):\n",
        pair=True,
    ),
    Mutant(
        "I2: replicas are counted before a batch is kept",
        "router/store/redis/store.py",
        "        if int(acknowledged) < self._replicas:\n",
        "        if False:\n",
        pair=True,
    ),
    Mutant(
        "I2: replicas must know of an epoch before anybody leads in it",
        "router/store/redis/store.py",
        "        if self._replicas:\n            self._confirm(int(epoch), lead)\n",
        "",
        pair=True,
    ),
    Mutant(
        "I13: a standby that missed a batch loads again",
        "router/store/redis/follow.py",
        '        if b"batch" not in values or position != (self.position.epoch, self.position.number + 1):\n',
        '        if b"batch" not in values:\n',
        test="tests/store/test_redis_follow.py",
    ),
    Mutant(
        "I13: what is fed is what is kept",
        "router/daemon/standing_by.py",
        "            while self.position != end:\n",
        "            while False:\n",
        test="tests/daemon/test_standing_by.py",
    ),
    Mutant(
        "I7: who stood still holds that against nobody",
        "router/core/away.py",
        "        gateways.stood_still(world, command.for_us)\n",
        "        pass\n",
        scenarios=True,
    ),
    Mutant(
        "turns: nothing of the world that is over stays in memory",
        CORE + "letting_go.py",
        "    for course in queue.courses.values():\n        _empty(course)\n",
        "",
        test="tests/sim/test_letting_go.py",
    ),
    Mutant(
        "standby: the leader comes first when the store is back",
        "router/daemon/standing_by.py",
        "        self._not_before_us = max(self._not_before_us, boot_us()",
        "        max(self._not_before_us, boot_us()",
        test="tests/daemon/test_standing_by.py",
    ),
)
