"""Tests of the trace package: importers, the file, inference, estimates, the generator."""
