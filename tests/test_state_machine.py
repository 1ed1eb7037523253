"""Anything in any order: a pool beside a simple model of it, in virtual time.

The same 60 plays at every run; SSC_TEST_EXAMPLES=5000 makes so many new ones.
"""

import logging
import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.state_machine.machine import PoolMachine

EXAMPLES = int(os.environ.get("SSC_TEST_EXAMPLES", "60"))


@pytest.fixture
def quiet() -> Iterator[None]:
    """Its subscribers fail by the hundred, which is logged with tracebacks."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.slow
@pytest.mark.timeout(60 if EXAMPLES == 60 else 0)
@pytest.mark.usefixtures("quiet")
def test_whatever_happens_the_pool_is_as_its_model() -> None:
    run_state_machine_as_test(
        PoolMachine,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=40,
            deadline=None,
            derandomize="SSC_TEST_EXAMPLES" not in os.environ,
            suppress_health_check=list(HealthCheck),
        ),
    )
