"""The demo: a busy hour of a bank, made up, played sixty times faster against a real daemon, watched in a terminal.

It plays as `router.cli.play` does and adds nothing to it but a picture. Everything it makes lies in a temporary
directory that is gone afterwards.
"""
