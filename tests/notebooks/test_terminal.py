"""What the notebooks show of a terminal."""

import pytest

from notebooks.terminal import run, screen


async def test_a_command_says_what_it_says(capsys: pytest.CaptureFixture[str]) -> None:
    await run("ssc-monitor --version; echo wrong >&2")
    said = capsys.readouterr().out
    assert said.startswith("ssc-monitor ")
    assert said.endswith("wrong\n")


@pytest.mark.slow
async def test_a_screen_of_no_pool_says_so() -> None:
    with pytest.raises(RuntimeError, match="no pool 'nobody'"):
        await screen("nobody")
