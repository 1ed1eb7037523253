"""The tests."""

import sys

if "pytest" in sys.modules:  # the soak and its like run without
    import pytest

    # Before anything imports it: what it asserts is then told as what a test asserts.
    pytest.register_assert_rewrite("ssc_rx.testing.transport_contract")
