"""Decisions, without a clock, a loop or I/O: values in, new state and what to do out."""
