"""Runs Go that nobody trusts and says what happened; imports nothing else of this project."""
