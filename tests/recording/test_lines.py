"""The lines of a recording: whatever message there is comes back as it was."""

from hypothesis import given
from hypothesis import strategies as st

from ssc_rx import Message, MessageType
from ssc_rx.recording.lines import (
    Received,
    Written,
    decode_line,
    encode_lines,
    message_of,
    received,
    written,
)

ids = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)
texts = st.builds(
    Message,
    ids,
    st.just(MessageType.TEXT),
    st.text(st.characters(exclude_categories=["Cs"])).map(str.encode),
)
binaries = st.builds(Message, ids, st.just(MessageType.BINARY), st.binary())
controls = st.builds(
    Message,
    ids,
    st.sampled_from([MessageType.PING, MessageType.PONG]),
    st.binary(max_size=125),
)


@given(st.one_of(texts, binaries))
def test_what_was_received_comes_back(message: Message) -> None:
    line = decode_line(encode_lines([received(message, message.id, 5)]))
    assert isinstance(line, Received)
    assert message_of(line, 100.0) == message
    assert message_of(line, 100.0).time == 100.000005


@given(st.one_of(texts, binaries, controls))
def test_what_was_written_comes_back(message: Message) -> None:
    line = decode_line(encode_lines([written(message, message.id, 5)]))
    assert isinstance(line, Written)
    assert message_of(line, 100.0) == message


@given(st.one_of(texts, binaries, controls))
def test_a_message_is_one_line(message: Message) -> None:
    assert encode_lines([written(message, message.id, 5)]).count(b"\n") == 1
