"""Tests of what knows Label Studio."""
