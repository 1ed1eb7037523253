"""Programs that show what ssc-rx does."""
