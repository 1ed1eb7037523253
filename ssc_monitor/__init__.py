"""ssc-monitor: a terminal dashboard for the pools of ssc-rx."""
