"""The command line: what is wrong with it is said before anything runs."""

import pytest

from tests.soak.__main__ import main


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["gale"], "no run 'gale'; there are: storm, stalled, cycles, outage"),
        (["cycles", "--messages", "9"], "--messages is of storm"),
        (["storm", "--cycles", "50"], "--cycles is of cycles"),
        (["storm", "--messages", "many"], "'many' is no whole number"),
        (["storm", "--sockets", "0"], "at least 2, and not 0"),
        (["storm", "--messages", "100"], "at least 40 for each of 200 sockets"),
        (["storm", "--loop", "trio"], "invalid choice: 'trio'"),
        (["storm", "--plant", "lose"], "invalid choice: 'lose'"),
    ],
)
def test_bad_arguments_are_refused(
    arguments: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert says in capsys.readouterr().err
