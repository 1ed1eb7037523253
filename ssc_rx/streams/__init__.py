"""Streams: hot Observables that a subscriber can't hurt, and Subjects to write to."""
