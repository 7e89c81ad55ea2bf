"""The guards of two daemons over one store: epochs, numbers of batches, leases, replicas, the feed of a standby."""

from __future__ import annotations

from tests.mutant_list.mutant import Mutant

MUTANTS = (
    Mutant(
        "I11: a client believes no lower epoch",
        "router/client/leaders.py",
        "            return epoch < self.epoch_seen\n",
        "            return False\n",
        pair=True,
        unnoticed=True,
    ),
    Mutant(
        "I11: one epoch has one leader",
        "router/client/leaders.py",
        "        other = bool(name and self._name) and name != self._name\n",
        "        other = False\n",
        pair=True,
        unnoticed=True,
    ),
    Mutant(
        "I11: a server refuses the batch of a lower epoch",
        "tests/sim/pair/keys.py",
        "        if epoch < kept_epoch or (epoch == kept_epoch and others):\n",
        "        if False:\n",
        pair=True,
        unnoticed=True,
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
        "router/store/redis.py",
        "        if int(acknowledged) < self._replicas:\n",
        "        if False:\n",
        pair=True,
        unnoticed=True,
    ),
    Mutant(
        "I2: replicas must know of an epoch before anybody leads in it",
        "router/store/redis.py",
        "        if self._replicas:\n            self._confirm(int(epoch), lead)\n",
        "",
        pair=True,
    ),
    Mutant(
        "I13: a standby that missed a batch loads again",
        "router/store/redis_follow.py",
        '        if b"batch" not in values or position != (self.position.epoch, self.position.number + 1):\n',
        '        if b"batch" not in values:\n',
        pair=True,
        unnoticed=True,
    ),
    Mutant(
        "I13: what is fed is what is kept",
        "router/daemon/standing_by.py",
        "            while self.position != end:\n",
        "            while False:\n",
        pair=True,
        unnoticed=True,
    ),
    Mutant(
        "I7: who stood still holds that against nobody",
        "router/core/away.py",
        "        gateways.stood_still(world, command.for_us)\n",
        "        pass\n",
        scenarios=True,
    ),
)
