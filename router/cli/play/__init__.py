"""Plays a trace against a running daemon: gateways, phones, desks and callers that speak to it over TCP, and a ledger
that judges from outside.

    clock     when something happens, N times faster than it was
    ledger    what must hold between what we asked and what we were told; it knows no socket
    gateway   a telephone system: owns callers and phones, lists what is alive after each connect
    caller    one visit: enqueues, waits, talks, or hangs up
    person    one agent: desk and phone, shifts and breaks, accepts and wraps up
    witness   a monitor: the engine's own word on each visit
    player    all of it together, from the first log-in to the report
    centre    the configuration that a trace needs
    own       a daemon of our own, as another process

Nothing here looks into the engine. The one idea: what a client may not know, the judge may not use.
"""
