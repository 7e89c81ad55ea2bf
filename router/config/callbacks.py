"""From the tables `callback` and `tokens` of a queue to the core's rules, with the checks that need more than one
setting."""

from __future__ import annotations

import re

from router.config.faults import Findings
from router.config.read import Found
from router.core.callbacks.settings import CallbackRules, TokenRules
from router.core.settings import Queue

PREFIX = re.compile(r"\+?[0-9]*").fullmatch


def callback_rules(table: Found, queue: Queue, findings: Findings) -> CallbackRules:
    """The queue's call-backs."""
    found = table.only("callback")
    rules: CallbackRules = found.fill(queue.callback)
    for setting in ("numbers", "numbers_barred"):
        for index, prefix in enumerate(found.values.get(setting, ())):
            if not PREFIX(prefix):
                what = f"{prefix} is no beginning of a number"
                findings.error(found.at(setting) / index, what, 'use digits, with or without a +, such as "+49"')
    for index, barred in enumerate(rules.numbers_barred):
        if rules.numbers and not barred.startswith(rules.numbers):
            what = f"{barred} is not among the numbers that may be dialled anyway"
            findings.warn(found.at("numbers_barred") / index, what, "take it out, or correct it")
    if rules.numbers and "callback" not in queue.channels:
        what = "has no effect: the queue takes no contacts of channel callback"
        findings.error(found.at("numbers"), what, 'add "callback" to channels')
    if found.values and not rules.numbers:
        findings.error(found.where, "names no number that may be dialled", 'add numbers = ["+49"], or take it out')
    if rules.dialling_us > rules.dial_most_us:
        setting = "dialling_s" if "dialling_s" in found.values else "dial_most_s"
        findings.error(found.at(setting), "a try ends before the customer usually answers", "raise dial_most_s")
    return rules


def token_rules(table: Found, queue: Queue) -> TokenRules:
    """The queue's place tokens."""
    rules: TokenRules = table.only("tokens").fill(queue.tokens)
    return rules
