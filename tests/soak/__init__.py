"""Long runs: the pool in a process of its own, generator and checker outside of it."""
