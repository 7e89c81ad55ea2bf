"""Tests of the pure part of rules."""
