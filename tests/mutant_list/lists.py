"""The guards of lists that are gone through in slices."""

from __future__ import annotations

from tests.mutant_list.mutant import CORE, Mutant

LONG = "tests/core/test_long_lists.py"
WHOLE = CORE + "handlers/sync_end.py"

MUTANTS = (
    Mutant(
        "I1: an agent and a customer whose gateway is away are not together",
        CORE + "offers.py",
        "    elif contact.peer.reports_connecting or contact.peer.awaited():\n",
        "    elif contact.peer.reports_connecting:\n",
        story="engine_restart_agent_back_first",
    ),
    Mutant(
        "L1: once it is back they are",
        CORE + "talks/joining.py",
        '    if offer.state == "connecting" and not waits_on:\n',
        "    if False:\n",
        story="engine_restart_agent_back_first",
    ),
    Mutant(
        "I14: until a list is gone through nothing else is taken",
        WHOLE,
        "    peer.reckoning = Reckoning(command.seq)\n",
        "    peer.reckoning = Reckoning(command.seq)\n    peer.synced = True\n",
    ),
    Mutant(
        "I1: a list that was cut off is begun anew",
        CORE + "gateways.py",
        "    if peer.reckoning is not None:\n        end_reckoning(world, peer)\n",
        "",
        test=LONG + "::test_a_connection_that_ends_in_the_middle_ends_the_list",
    ),
    Mutant(
        "I1: what was not listed ends, and nothing else",
        WHOLE,
        "        contact.sync_round != peer.sync_round\n        and contact.state",
        "        contact.state",
    ),
    Mutant(
        "I13: how far a list was gone through is kept",
        CORE + "stored/recording.py",
        "        p.sends, p.reckoning,\n",
        "        p.sends, None,\n",
        test=LONG + "::test_an_engine_loaded_in_the_middle_goes_on_alike",
    ),
)
