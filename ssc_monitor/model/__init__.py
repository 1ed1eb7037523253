"""What the dashboard knows, and how it says it: pure, without clock, loop or screen."""
