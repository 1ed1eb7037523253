"""The config file: what it may say, and what is said of one that can't be used."""

import os
import re
from pathlib import Path

import pytest

from ssc_monitor.actions import ACTIONS
from ssc_monitor.config import Config, ConfigError, config_path, read_config

ROOT = Path(__file__).parents[2]


def read(directory: Path, text: str | bytes) -> Config:
    path = directory / "config.toml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return read_config(path)


def test_without_a_file_there_are_defaults(tmp_path: Path) -> None:
    assert read_config(tmp_path / "none" / "config.toml") == Config()
    assert read(tmp_path, "") == Config(theme="", fps=10, ascii=False, keys={})


def test_it_says_what_the_dashboard_begins_with(tmp_path: Path) -> None:
    text = (
        'theme = "nord"\nfps = 4\nascii = true\n[keys]\nquit = "Q f10"\nfilter = ","\n'
    )
    keys = {"quit": "Q f10", "filter": "comma"}
    clash = text.replace('","', '"ctrl+f"')
    assert read(tmp_path, clash) == Config("nord", 4, True, keys | {"filter": "ctrl+f"})
    # A comma can be a key, but that one is taken.
    with pytest.raises(ConfigError, match="comma would do both"):
        read(tmp_path, text)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("theme", "is no TOML"),
        (b"\xff\xfe", "is no TOML"),
        ("[" * 5000, "is no TOML"),
        ("x = 1" + " " * 70_000, "longer than 65,536 bytes"),
        ("them = 'nord'", "there is no setting them; did you mean theme?"),
        (
            "colour = 1",
            "there is no setting colour; there are: theme, fps, ascii, keys",
        ),
        ("theme = 1", 'as in theme = "nord"'),
        ("fps = 61", "from 1 to 60"),
        ("fps = 0", "from 1 to 60"),
        ("fps = true", "from 1 to 60"),
        ("fps = 2.5", "from 1 to 60"),
        ("ascii = 1", "true or false"),
        ("keys = 1", "a line for each action"),
        ("[keys]\nfiltr = 'x'", "there is no action filtr; did you mean filter?"),
        ("[keys]\nfilter = ''", "filter wants keys"),
        ("[keys]\nfilter = 1", "filter wants keys"),
        ("[keys]\nfilter = 'ctl+x'", "there is no key ctl+x"),
        ("[keys]\nfilter = '\\u001b'".replace("'", '"'), "there is no key ␛"),
        ("[keys]\nfilter = 'q'", "q would do both filter and quit"),
    ],
)
def test_what_cannot_be_used_says_where_and_what_to_write(
    tmp_path: Path, text: str | bytes, told: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        read(tmp_path, text)
    assert told in str(caught.value)
    assert str(tmp_path / "config.toml") in str(caught.value)


def test_a_directory_can_not_be_read(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="can't be read: Is a directory"):
        read_config(tmp_path)


def test_keys_may_change_places(tmp_path: Path) -> None:
    keys = read(tmp_path, "[keys]\nsort_left = '>'\nsort_right = '<'\n").keys
    assert keys == {"sort_left": ">", "sort_right": "<"}


def test_where_it_is_looked_for() -> None:
    assert config_path({"XDG_CONFIG_HOME": "/x"}) == Path("/x/ssc-monitor/config.toml")
    home = Path(os.path.expanduser("~"))
    for relative in ({}, {"XDG_CONFIG_HOME": ""}, {"XDG_CONFIG_HOME": "x"}):
        assert config_path(relative) == home / ".config/ssc-monitor/config.toml"


def test_what_the_documentation_says_is_so(tmp_path: Path) -> None:
    page = (ROOT / "docs/monitor/keys.md").read_text(encoding="utf-8")
    _, example, after = re.split("```(?:toml\n)?", page)
    keys = {"filter": "/ ctrl+f", "pause": "space P"}
    assert read(tmp_path, example) == Config("ssc-day", 4, False, keys)
    names = after.partition("The actions:")[2].partition("Themes")[0]
    assert re.findall("`([a-z_]+)`", names) == [action.name for action in ACTIONS]
