"""Reading a recording, in whatever state it is."""

import gzip
from pathlib import Path

import pytest

from ssc_rx.recording import End, Missed, Received, RecordingError, RecordingFile

HEADER = (
    b'{"t":"recording","format":1,"version":"0.1.0","program":"p","pool":"p-1","pid":7,'
    b'"started_at":100.0}\n'
)
ONE = b'{"t":"in","at_us":1,"id":"a","text":"one"}\n'
TWO = b'{"t":"in","at_us":2,"id":"a","text":"two"}\n'
END = b'{"t":"end","at_us":3,"messages":2,"reason":"closed"}\n'


@pytest.fixture(params=["plain", "gzip"])
def make(tmp_path: Path, request: pytest.FixtureRequest) -> object:
    def make(*parts: bytes) -> Path:
        path = tmp_path / "recording"
        data = b"".join(parts)
        path.write_bytes(gzip.compress(data) if request.param == "gzip" else data)
        return path

    return make


def texts(file: RecordingFile) -> list[str | None]:
    return [line.text for line in file if isinstance(line, Received)]


def test_a_whole_one_can_be_read_again_and_again(make) -> None:  # type: ignore[no-untyped-def]
    file = RecordingFile(make(HEADER, ONE, TWO, END))
    for _ in range(2):
        assert texts(file) == ["one", "two"]
        assert file.damage is None
        assert file.end == End(3, 2, "closed")
    assert file.header.pool == "p-1"


def test_lines_and_keys_of_later_versions_are_passed_over(make) -> None:  # type: ignore[no-untyped-def]
    more = b'{"t":"weather","sun":true}\n'
    extended = ONE.replace(b'"id"', b'"colour":"red","id"')
    file = RecordingFile(make(HEADER, more, extended, TWO, END))
    assert texts(file) == ["one", "two"]
    assert file.damage is None


@pytest.mark.parametrize(
    ("parts", "damage"),
    [
        ((ONE, TWO), "cut off after line 3"),
        ((ONE, TWO[:20]), "ends in the middle of line 3"),
        ((ONE, b"\xff\xfe garbage\n", TWO, END), "line 3 can't be read"),
        ((ONE, b'{"t":"in","at_us":"soon"}\n', TWO, END), "line 3 can't be read"),
        ((ONE, b"\n", TWO, END), "line 3 can't be read"),
        ((ONE, b"[1]\n", TWO, END), "line 3 can't be read"),
    ],
)
def test_what_comes_before_the_damage_is_read(  # type: ignore[no-untyped-def]
    make, parts: tuple[bytes, ...], damage: str
) -> None:
    file = RecordingFile(make(HEADER, *parts))
    assert texts(file)[0] == "one"
    assert file.end is None
    assert file.damage is not None
    assert damage in file.damage


def test_gzip_that_is_cut_short_or_broken_is_damage(tmp_path: Path) -> None:
    path = tmp_path / "feed.gz"
    data = gzip.compress(HEADER + ONE + TWO * 10_000 + END)
    path.write_bytes(data[: len(data) // 2])
    file = RecordingFile(path)
    assert "one" in texts(file)
    assert file.damage is not None
    assert "compressed" in file.damage
    path.write_bytes(data[:-20] + bytes(12) + data[-8:])
    list(file)
    assert file.damage is not None


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"", "it is empty"),
        (ONE, "does not begin as a recording does"),
        (b"\x00" * 100, "does not begin"),
        (b"not json\n", "does not begin"),
        (HEADER.replace(b'"format":1', b'"format":99'), "upgrade ssc-rx"),
    ],
)
def test_what_is_no_recording_is_refused(make, data: bytes, text: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(RecordingError, match=text):
        RecordingFile(make(data))


def test_what_can_not_be_opened_is_told(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match="No such file"):
        RecordingFile(tmp_path / "nothing")
    with pytest.raises(RecordingError, match="directory"):
        RecordingFile(tmp_path)


def test_what_was_missed_is_a_line(make) -> None:  # type: ignore[no-untyped-def]
    missed = b'{"t":"missed","at_us":2,"messages":7}\n'
    file = RecordingFile(make(HEADER, ONE, missed, END))
    assert Missed(2, 7) in list(file)


@pytest.mark.parametrize(
    "line",
    [
        b'{"t":"in","at_us":-1,"id":"a","text":"x"}\n',
        b'{"t":"in","at_us":1e400,"id":"a","text":"x"}\n',
        b'{"t":"in","at_us":99999999999999999999999999,"id":"a","text":"x"}\n',
        b'{"t":"in","at_us":1,"id":"a","text":"\\ud800"}\n',
        b'{"t":"in","at_us":1,"id":"a","base64":"%%%"}\n',
        b'{"t":"in","at_us":1,"id":"a","text":"x","size":-5}\n',
        b'{"t":"event","at_us":1,"name":"x","id":"a","facts":' + b'{"a":' * 100_000,
        b'{"t":"later","deep":' + b"[" * 100_000 + b"]" * 100_000 + b"}\n",
        b'{"t":7}\n',
    ],
)
def test_hostile_lines_are_damage_or_passed_over(make, line: bytes) -> None:  # type: ignore[no-untyped-def]
    file = RecordingFile(make(HEADER, ONE, line, TWO, END))
    assert texts(file)[0] == "one"
    assert file.damage is not None or texts(file) == ["one", "two"]


def test_a_file_that_grows_is_read_up_to_its_end_and_again_to_the_next(
    tmp_path: Path,
) -> None:
    path = tmp_path / "growing"
    path.write_bytes(HEADER + ONE)
    file = RecordingFile(path)
    assert texts(file) == ["one"]
    assert file.damage is not None
    assert "still being written" in file.damage
    with path.open("ab") as more:
        more.write(TWO + END)
    assert texts(file) == ["one", "two"]
    assert file.damage is None


def test_it_goes_on_from_any_place(make) -> None:  # type: ignore[no-untyped-def]
    many = [
        b'{"t":"in","at_us":%d,"id":"a","text":"%d"}\n' % (n, n) for n in range(9000)
    ]
    file = RecordingFile(make(HEADER, *many, END))
    reader = file.lines()
    seen, places = 0, [(0, reader.place())]
    while batch := reader.batch():
        seen += len(batch)
        places.append((seen, reader.place() if reader.end is None else None))
    assert reader.end is not None
    for before, place in places[1:-1]:
        assert place is not None
        again = file.lines(place)
        first = again.batch()[0]
        again.close()
        assert isinstance(first, Received)
        assert first.at_us == before
        assert place.number == before + 1
