"""The guards of recorded traffic and of what-if runs."""

from __future__ import annotations

from tests.mutant_list.mutant import CORE, Mutant

MUTANTS = (
    Mutant(
        "traffic: half an append is cut off again",
        "router/daemon/recorder_files.py",
        "                os.ftruncate(file, part.size)\n",
        "",
        test="tests/daemon/test_recorder_files.py::test_a_full_disk_costs_what_it_could_not_take",
    ),
    Mutant(
        "traffic: who starts anew leaves what may be torn alone",
        "router/daemon/recorder_files.py",
        "os.O_WRONLY | os.O_CREAT | os.O_EXCL",
        "os.O_WRONLY | os.O_CREAT | os.O_APPEND",
        test="tests/daemon/test_recorder_files.py::test_another_process_begins_another_file",
    ),
    Mutant(
        "traffic: every move of an agent is told to who records",
        CORE + "roster.py",
        "        if self.presence is not None:\n",
        "        if self.presence is not None and agent.state != 'not_ready':\n",
        test="tests/daemon/test_recorder.py::test_agents_as_they_really_were",
    ),
    Mutant(
        "traffic: who the engine sends on came once",
        "router/trace/journal_visits.py",
        """        sent_on = last.get("outcome") in ("moved", "refused") and last.get("to", "") != ""\n""",
        "        sent_on = False\n",
        test="tests/trace/test_journal.py::test_what_the_engine_sends_on_is_one_caller",
    ),
    Mutant(
        "what if: who is called from other work finishes it first",
        "router/trace/whatif/crew.py",
        "        if lent and helper is not None and helper.late_us:\n            self._called.append(message.agent)\n",
        "",
        test="tests/trace/test_whatif_run.py::test_a_rule_lends_the_back_office",
    ),
)
