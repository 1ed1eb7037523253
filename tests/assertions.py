"""What tests say of a pool; public, as users say the same of theirs."""

from ssc_rx.testing import assert_accounted, assert_delivered, assert_nothing_left

__all__ = ["assert_accounted", "assert_delivered", "assert_nothing_left"]
