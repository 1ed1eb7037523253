"""Record what a pool does, and play it again: `record(pool, path)`, `replay(path)`.

The format is in `lines`.
"""

from ssc_rx.recording.lines import (
    FORMAT,
    End,
    EndReason,
    Happened,
    Header,
    Line,
    Missed,
    Present,
    Received,
    RecordingError,
    Written,
)
from ssc_rx.recording.reader import LineReader, Place, RecordingFile
from ssc_rx.recording.recorder import Recorder, record
from ssc_rx.recording.replaying import replay
from ssc_rx.recording.writer import RecordingWriter

__all__ = [
    "FORMAT",
    "End",
    "EndReason",
    "Happened",
    "Header",
    "Line",
    "LineReader",
    "Missed",
    "Place",
    "Present",
    "Received",
    "Recorder",
    "RecordingError",
    "RecordingFile",
    "RecordingWriter",
    "Written",
    "record",
    "replay",
]
