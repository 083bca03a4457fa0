"""Tests, in the shape of the tree; tests/benchmarks measures."""
