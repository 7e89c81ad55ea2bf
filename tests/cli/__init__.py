"""The command line: what commands print and how they end, the ledger of `play`, and the page of all commands."""
