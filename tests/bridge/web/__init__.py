"""Tests of the HTTP doors."""
