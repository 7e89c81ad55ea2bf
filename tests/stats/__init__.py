"""Tests of the figures' definitions."""
