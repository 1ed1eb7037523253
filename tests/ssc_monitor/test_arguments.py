"""The command line's grammar."""

import pytest

from ssc_monitor import rows
from ssc_monitor.arguments import parse
from ssc_monitor.commands import COMMANDS
from ssc_monitor.commands.top import SORTS
from ssc_monitor.commands.values import MAX_PREVIEW_BYTES
from ssc_rx.monitor import wire


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("", {"command": "watch", "target": None, "fps": None, "ascii": False}),
        ("41233", {"command": "watch", "target": "41233"}),
        ("feeds --fps 60 --ascii", {"target": "feeds", "fps": 60, "ascii": True}),
        ("-- ls", {"command": "watch", "target": "ls"}),
        ("ls", {"command": "ls", "json": False}),
        ("ls --json", {"command": "ls", "json": True}),
        ("tail", {"command": "tail", "filter": [], "limit": None, "json": False}),
        ("tail a !b", {"filter": ["a", "!b"], "target": None}),
        ("tail --target x -n 3 a", {"target": "x", "limit": 3, "filter": ["a"]}),
        ("tail --preview 0 --reattach", {"preview": 0, "reattach": True}),
        ("top", {"target": None, "looks": None, "once": False, "interval": 1.0}),
        ("top x --once --json --rows 0", {"target": "x", "once": True, "rows": 0}),
        ("top -n 3 --sort RTT --interval 0.5", {"looks": 3, "sort": "rtt"}),
        ("send a hi", {"words": ["a", "hi"], "all": False, "tag": None}),
        ("send --all hi --json", {"words": ["hi"], "all": True, "json": True}),
        ("connect ws://a ws://b", {"urls": ["ws://a", "ws://b"], "headers": []}),
        ("connect ws://a --fps 1 --text", {"fps": 1, "text": True}),
    ],
)
def test_what_is_understood(line: str, expected: dict[str, object]) -> None:
    arguments = vars(parse(line.split()))
    arguments["command"] = arguments["command"].name
    assert {name: arguments[name] for name in expected} == expected


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("a b", "unrecognized arguments: b"),
        ("--frob", "unrecognized arguments: --frob"),
        ("--fps", "expected one argument"),
        ("--fps 0", "'0' is no whole number from 1 to 60"),
        ("--fps 61", "from 1 to 60"),
        ("--fps ٣", "from 1 to 60"),
        ("--fps -1", "from 1 to 60"),
        ("--fp 3", "unrecognized arguments: --fp"),
        ("--ascii ls", "put the command first: ssc-monitor ls"),
        ("ls x", "unrecognized arguments: x"),
        ("tail -n 0", "no whole number 1 or more"),
        ("tail -n 1e3", "no whole number 1 or more"),
        (f"tail -n {'9' * 5000}", "no whole number 1 or more"),
        ("tail --json --text", "not allowed with"),
        ("top --once -n 2", "not allowed with"),
        ("top --sort price", "invalid choice: 'price' (choose from 'traffic', 'in/s'"),
        ("top --interval 0", "'0' is no time such as"),
        ("tail --preview 4097", "from 0 to 4096"),
        ("connect", "required: URL"),
        ("tial btc", "unrecognized arguments: btc; did you mean ssc-monitor tail?"),
        ("snapshot --json", "did you mean ssc-monitor top --once?"),
        ("connect ws://a --header novalue", "give it as 'Name: value'"),
    ],
)
def test_what_is_not(line: str, told: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        parse(line.split())
    assert end.value.code == 2
    assert told in capsys.readouterr().err


def test_what_help_knows_without_the_library_is_what_the_library_has() -> None:
    assert SORTS == rows.SORTS
    assert MAX_PREVIEW_BYTES == wire.MAX_PREVIEW_BYTES


def test_headers() -> None:
    lines = ["Authorization: Bearer x:y", "X-Empty:", "X-Tab:\t a b "]
    given = [part for line in lines for part in ("--header", line)]
    assert parse(["connect", "ws://a", *given]).headers == [
        ("Authorization", "Bearer x:y"),
        ("X-Empty", ""),
        ("X-Tab", "a b"),
    ]


@pytest.mark.parametrize(
    "header", ["a b: c", ": c", "a: b\r\nc: d", "a: b\x00", "ä: b", "a: ü", "", "a"]
)
def test_headers_that_could_smuggle_something_are_refused(
    header: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        parse(["connect", "ws://a", "--header", header])
    told = capsys.readouterr().err
    assert "Name: value" in told
    assert "c: d" not in told


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_of_every_command(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as end:
        parse([*command.split(), "--help"])
    assert end.value.code == 0
    told = capsys.readouterr().out
    assert told.startswith(f"usage: ssc-monitor {command}".rstrip())
    assert max(map(len, told.splitlines())) <= 90


def test_help_tells_of_all_there_is(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parse(["--help"])
    told = capsys.readouterr().out
    for word in (*COMMANDS, "SSC_MONITOR", "XDG_RUNTIME_DIR", "NO_COLOR", "TERM"):
        assert f"\n  {word} " in told
    for heading in ("examples:", "exit codes:", "environment:"):
        assert f"\n{heading}\n" in told


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_the_help_of_each_command_tells_its_exit_codes(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        parse([*command.split(), "--help"])
    _, _, codes = capsys.readouterr().out.partition("exit codes:\n")
    told = [line.split()[0] for line in codes.splitlines() if line[2] != " "]
    assert told == ["0", "1", "2", "130", "143"]
