"""Judgement: turns an audit's facts into suggested ratings. Pure: no I/O, no clock, no randomness."""
