"""Tests of the documentation, and the renderers of the parts of it that come from the code."""
