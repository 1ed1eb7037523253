"""What is copied and saved."""

import base64
import stat
from pathlib import Path

import pytest

from ssc_monitor.taking import (
    MAX_COPIED_BYTES,
    TakingError,
    create,
    file_stem,
    osc52,
    write,
)


@pytest.mark.parametrize("data", [b"id", b"\x1b]52;c;?\x07\x9c\xff", b"x" * 74_994])
def test_a_sequence_holds_the_bytes_and_no_other_control(data: bytes) -> None:
    sequence = osc52(data)
    assert sequence.startswith("\x1b]52;c;")
    assert sequence.endswith("\a")
    assert sequence[7:-1].isascii()
    assert sequence[7:-1].isprintable()
    assert base64.b64decode(sequence[7:-1]) == data
    assert len(sequence) <= 100_000


def test_what_is_too_long_or_empty_is_not_copied() -> None:
    with pytest.raises(TakingError, match=r"74,995 bytes are too many .* w saves"):
        osc52(b"x" * (MAX_COPIED_BYTES + 1))
    with pytest.raises(TakingError, match="nothing to copy"):
        osc52(b"")


def test_a_file_is_new_and_its_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    assert write(create(f" {path} "), [b"one\n", b"two\n"]) == ""
    assert path.read_bytes() == b"one\ntwo\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(TakingError, match=r"write another name: .* is there already"):
        create(str(path))
    assert path.read_bytes() == b"one\ntwo\n"


def test_a_link_that_leads_nowhere_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(TakingError, match="is there already"):
        create(str(tmp_path / "link"))


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("", "write the name"),
        ("  ", "write the name"),
        ("/nowhere/at/all", "No such file or directory"),
        ("/", "is there already|Is a directory"),
        ("a\0b", "null"),
        ("~nobody-of-that-name/x", "can't be made"),
        ("x" * 300, "File name too long"),
    ],
)
def test_a_file_that_cannot_be_made_says_why(name: str, told: str) -> None:
    with pytest.raises(TakingError, match=told):
        create(name)


def test_a_full_disk_is_told() -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("this system has no /dev/full")
    assert "No space left" in write(full.open("wb"), [b"x" * 100_000])


@pytest.mark.parametrize(
    ("name", "stem"),
    [("feeds", "feeds"), ("../../etc/x", "etc-x"), ("\x1b[2J ü", "2J"), ("", "pool")],
)
def test_a_pools_name_becomes_a_part_of_a_file_s(name: str, stem: str) -> None:
    assert file_stem(name) == stem
