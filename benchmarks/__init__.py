"""Speed of ssc-rx, as ratios to plain websockets measured side by side."""
