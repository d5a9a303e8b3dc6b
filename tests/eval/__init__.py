"""Measures the audit on the corpus: what is found, what is a false alarm, and what is left open."""
