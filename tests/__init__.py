"""Tests: `house` holds the rules of the house, `system` starts real processes, all else is quick and pure."""
