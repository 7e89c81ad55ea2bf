"""The guards of going over to another version of the settings in slices."""

from __future__ import annotations

from tests.mutant_list.mutant import CORE, Mutant

MUTANTS = (
    Mutant(
        "reload: a site is its present queues",
        CORE + "ruling/build.py",
        "    if world.ruling.views:\n        watcher.queues_switched()\n",
        "",
        test="tests/core/test_crossing_rules.py",
    ),
    Mutant(
        "reload: what no rule reads any more is not watched",
        CORE + "ruling/build.py",
        "        if edges is None:\n",
        "        if False:\n",
        test="tests/core/test_ruling_watch.py",
    ),
    Mutant(
        "reload: a comparison that is new is looked at",
        CORE + "ruling/draft.py",
        "        if len(gauge.leaves) > had:\n",
        "        if False:\n",
        test="tests/core/test_ruling_watch.py",
    ),
    Mutant(
        "reload: people are counted once in a crew that is new",
        CORE + "ruling/views.py",
        '    if agent.state == "offline" or agent.number in crew.members:\n',
        '    if agent.state == "offline":\n',
        test="tests/core/test_ruling_watch.py",
    ),
    Mutant(
        "reload: high ranks are asked first",
        CORE + "ruling/draft.py",
        "        self.changed.sort(key=_order)\n",
        "",
        test="tests/core/test_crossing_rules.py",
    ),
    Mutant(
        "reload: a queue that loses its layer by the reload is not as before",
        CORE + "reload/reconfigure.py",
        "    laid = dict.fromkeys(world.layers.targets)\n",
        "    laid: dict[object, None] = {}\n",
        story="rule_edited_away",
    ),
    Mutant(
        "reload: needs of before tell nobody who could serve",
        CORE + "reload/crossing.py",
        "        ruling_hooks.queue_through(world, queue)\n",
        "",
        test="tests/core/test_ruling_watch.py",
    ),
    Mutant(
        "reload: a version that is asked for meanwhile is not lost",
        CORE + "reload/crossing.py",
        "        world.crossing.next.append(new)\n",
        "        pass\n",
        test="tests/core/test_crossing.py",
    ),
    Mutant(
        "reload: what goes with its target is not said to stay",
        CORE + "reload/hands.py",
        "if queue.door is not None and queue.door.hand and key in queues:",
        "if queue.door is not None and queue.door.hand:",
        test="tests/core/test_hands_kept.py",
    ),
    Mutant(
        "reload: nobody is sent away before agents have crossed",
        CORE + "engine.py",
        "        if world.unmet and world.crossing is None:\n",
        "        if world.unmet:\n",
        scenarios=True,
    ),
    Mutant(
        "reload: nobody is refused before agents have crossed",
        CORE + "admission.py",
        "        if line.needs.staffed > 0 or world.crossing is not None:\n",
        "        if line.needs.staffed > 0:\n",
        scenarios=True,
    ),
    Mutant(
        "reload: an offer names the version that it was made by",
        CORE + "offers.py",
        "(line.version if line is not None else 0) or world.settings.version",
        "world.settings.version",
        scenarios=True,
    ),
    Mutant(
        "reload: what rings was offered by the skills of before",
        CORE + "reload/crossing.py",
        "        agent.skills_us = world.now_us\n",
        "",
        scenarios=True,
    ),
    Mutant(
        "reload: who is left without an able agent at the end is sent on",
        CORE + "reload/crossing.py",
        "            if line.members and line.needs.staffed == 0:\n",
        "            if line.members < 0:\n",
        scenarios=True,
    ),
    Mutant(
        "reload: who lives in a queue that is gone is listed and stays",
        CORE + "handlers/sync.py",
        "    if queue is not None and queue.retired:\n",
        "    if queue is not None and world.now_us < 0:\n",
        story="reload_agent_gone_while_away",
    ),
    Mutant(
        "reload: a queue that is gone lets nobody in after a start",
        CORE + "restore/world.py",
        "    queue.retired = True\n",
        "",
        story="reload_agent_gone_while_away",
    ),
    Mutant(
        "reload: who was taken out while the engine was away is signed out",
        CORE + "away.py",
        "        crossing.restarted(world)\n",
        "",
        story="reload_agent_gone_while_away",
    ),
    Mutant(
        "reload: what is known of steps is kept",
        CORE + "needs/courses.py",
        "    if course.held_us:\n        # The course",
        "    if course.held_us and world.now_us < 0:\n        # The course",
        scenarios=True,
    ),
)
