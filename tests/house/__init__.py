"""The rules of the house, each held by a test that says what to do when it fails."""
