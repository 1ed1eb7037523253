"""`python -m ssc_monitor` is `ssc-monitor`."""

import sys

from ssc_monitor.cli import main

if __name__ == "__main__":
    sys.exit(main())
