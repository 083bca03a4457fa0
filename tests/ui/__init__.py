"""Tests of the page, its server and the command."""
