"""The half of the monitor that lives in the watched process."""
