"""Tests of the loaders, one file each."""
