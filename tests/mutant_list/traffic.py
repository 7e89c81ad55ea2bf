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
        "traffic: who never had a queue is no caller of one",
        "router/trace/journal_visits.py",
        """    if not first.get("queue"):\n""",
        "    if not end:\n",
        test="tests/trace/test_journal.py::test_what_says_nothing_of_a_caller_is_left_out",
    ),
    Mutant(
        "what if: who is called from other work finishes it first",
        "router/trace/whatif/crew.py",
        "        if lent and helper is not None and helper.late_us:\n            self._called.append(message.agent)\n",
        "",
        test="tests/trace/test_whatif_run.py::test_a_rule_lends_the_back_office",
    ),
    Mutant(
        "what if: a redial on record waits for the attempt before to fail",
        "router/trace/whatif/callers.py",
        "            if case.contact.id not in caused:\n",
        "            if case is not None:\n",
        test="tests/trace/test_whatif_redials.py::test_who_is_helped_does_not_call_again",
    ),
    Mutant(
        "what if: what somebody did after failing on record is not drawn once more",
        "router/trace/whatif/redials.py",
        "        if contact.outcome in FAILED or attempt >= ATTEMPTS_MOST:\n",
        "        if attempt >= ATTEMPTS_MOST:\n",
        test="tests/trace/test_whatif_redials.py::test_the_record_knows_what_others_did",
    ),
    Mutant(
        "what if: who has taken a call-back is counted once beyond target",
        "router/trace/whatif/figures.py",
        "        if told.reached or (told.fate",
        "        if (told.fate",
        test="tests/trace/test_whatif_callbacks.py::test_figures_count_a_person_once",
    ),
    Mutant(
        "what if: an agent who has accepted a call-back is with it",
        "router/trace/whatif/callbacks.py",
        "            case.desk.in_hand += 1\n",
        "",
        test="tests/trace/test_whatif_callbacks.py::test_an_agent_first",
    ),
    Mutant(
        "what if: call-backs on record do not come beside those of the run",
        "router/trace/whatif/run.py",
        "if case.contact.channel != CHANNEL]",
        "]",
        test="tests/trace/test_whatif_callbacks.py::test_recorded_call_backs_do_not_come_beside",
    ),
    Mutant(
        "what if: a loan that keeps an expected wait asks for estimates",
        "router/trace/whatif/asking.py",
        " or (isinstance(action, Borrow) and action.keep_ewt_us > 0)",
        "",
        test="tests/trace/test_whatif_asking.py::test_what_asks",
    ),
    Mutant(
        "what if: nobody calls again for ever",
        "router/trace/whatif/redials.py",
        "        if contact.outcome in FAILED or attempt >= ATTEMPTS_MOST:\n",
        "        if contact.outcome in FAILED or attempt >= 10 * ATTEMPTS_MOST:\n",
        test="tests/trace/test_whatif_redials.py::test_nobody_tries_for_ever",
    ),
    Mutant(
        "what if: who comes again anyway is no consequence of failing",
        "router/trace/whatif/redials.py",
        "    share = max(0.0, (after_failing - after_service) / (1 - after_service)) if after_service < 1 else 0.0\n",
        "    share = after_failing\n",
        test="tests/trace/test_whatif_redials.py::test_what_was_planted_is_found",
    ),
)
