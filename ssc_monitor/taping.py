"""`Taping`: records what a feed shows while it is shown, on a thread of its own."""

import threading
from collections import deque
from pathlib import Path

from ssc_monitor.feed import Feed
from ssc_monitor.model.entry import Entry
from ssc_monitor.model.filter import Filter
from ssc_monitor.model.visible import visible
from ssc_monitor.sources.source import Item, Lost
from ssc_monitor.tape import Tape, TapeLines, header_of
from ssc_rx.monitor import wire
from ssc_rx.recording import Line, Missed, Received, Written

__all__ = ["Taping"]

MAX_WAITING = 20_000
"""Messages that may wait for the disk: ten seconds of samples, and as many events. More
are counted as missed."""
LINES_A_WRITE = 512
PACE_S = 0.05
"""Seconds between two looks of the thread that writes."""
FLUSH_S = 1.0


class Taping:
    """One recording of what is shown. Never waits for the disk.

    Args:
        feed: What is shown; it is heard until this has ended.
        path: The file.
        overwrite: Whether to replace a file that is there.

    Attributes:
        feed: As above.
        tape: The file.
        missed: Messages that aren't in it, as the disk was too slow.
        lost: Why it ended by itself, if the link was lost.

    Raises:
        RecordingError: If the file can't be made, or is there already.
    """

    def __init__(self, feed: Feed, path: Path, *, overwrite: bool = False) -> None:
        hello, view = feed.view.hello, feed.view
        assert hello is not None
        self.feed = feed
        self._view = view
        self._lines = TapeLines(view.now)
        self.tape = Tape(path, header_of(hello, view.now), overwrite=overwrite)
        self.missed = 0
        self.lost = ""
        self._untold = 0
        self._waiting: deque[tuple[Line, ...]] = deque()
        self._begun = feed.now()
        self._seen = view.stream.end, view.events.end
        self._stop = threading.Event()
        self._thread = threading.Thread(
            target=self._write_on, name="ssc-monitor tape", daemon=True
        )
        for lines in self._lines.standing(view.sockets.values(), view.now):
            self._waiting.append(lines)
        feed.tap(self.take, preview=wire.MAX_PREVIEW_BYTES)
        self._thread.start()

    @property
    def seconds(self) -> float:
        """For how long it has been going on."""
        return self.feed.now() - self._begun

    @property
    def ended(self) -> bool:
        """Whether all is written, or can't be."""
        return not self._thread.is_alive()

    @property
    def filter(self) -> Filter:
        """Which messages; with an empty one events as well."""
        return self.feed.filter

    @property
    def account(self) -> str:
        """What became of it, for people."""
        text = f"recorded {self.tape.account}"
        if self.missed:
            text += f"; {self.missed:,} missed: the disk was too slow"
        if self.tape.error is not None:
            error = self.tape.error.strerror or str(self.tape.error)
            text += f". It ended: can't write it: {visible(error)}"
        elif self.tape.reason == "max_bytes":
            text += ". It ended: it is as large as it may be"
        elif self.lost:
            text += f". It ended: {self.lost}"
        return text

    def take(self, item: Item) -> None:
        """Note what the feed was told, which it has taken already."""
        if self._stop.is_set():
            return
        if isinstance(item, Lost):
            self.lost = item.reason
            self.end()
            return
        line, event = self._seen
        view = self._view
        self._seen = view.stream.end, view.events.end
        if isinstance(item, wire.Messages):
            for entry in view.stream.slice(line, view.stream.end):
                self._message(entry)
        elif isinstance(item, wire.Events) and not self.filter:
            for happened in view.events.slice(event, view.events.end):
                if len(self._waiting) < 2 * MAX_WAITING:
                    self._waiting.append(self._lines.event(happened))
                else:
                    self.missed += 1
        if self.tape.full:
            self.end()

    def end(self) -> None:
        """Take no more; what waits is still written: see `ended`."""
        self.feed.untap()
        self._stop.set()

    def wait(self) -> None:
        """Come back when all is written. Not for an event loop: disks may be slow."""
        self._thread.join()

    def _message(self, entry: Entry) -> None:
        socket = self._view.sockets.get(entry.number)
        if not self.feed.shows(entry, socket):
            return
        if len(self._waiting) >= MAX_WAITING:
            self._untold += 1
            self.missed += 1
            return
        lines = self._lines.message(entry, socket)
        if self._untold:
            lines = (Missed(lines[0].at_us, self._untold), *lines)
            self._untold = 0
        self._waiting.append(lines)

    # On the thread that writes

    def _write_on(self) -> None:
        tape, flushed = self.tape, self.feed.now()
        tape.flush()
        while not self._stop.wait(PACE_S) and not tape.full:
            self._write()
            if self.feed.now() - flushed > FLUSH_S:
                tape.flush()
                flushed = self.feed.now()
        self._write()
        at_us = int(self.seconds * 1e6)
        if self._untold:
            tape.put([Missed(at_us, self._untold)])
        tape.end(at_us)

    def _write(self) -> None:
        waiting, tape = self._waiting, self.tape
        while waiting and not tape.full:
            some = [waiting.popleft() for _ in range(min(len(waiting), LINES_A_WRITE))]
            lines = [line for group in some for line in group]
            if not tape.put(lines):
                messages = sum(isinstance(x, (Received, Written)) for x in lines)
                self.missed += messages
