"""Tests of what talks to programs outside."""
