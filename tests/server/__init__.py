"""Tests of the server: connections and hub over a fake transport; helpers that tests/system starts."""
