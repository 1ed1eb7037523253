"""What became of a command, in words. Pure."""

from ssc_monitor.model import figures
from ssc_monitor.model.visible import visible
from ssc_rx.monitor import wire

__all__ = ["pong", "receipt"]


def receipt(answer: wire.Answer) -> tuple[str, bool]:
    """What became of a message, and whether somebody queued it."""
    if answer.refusal:
        return visible(answer.refusal), False
    parts = [
        text
        for n, text in (
            (answer.queued, f"queued to {answer.queued:,}"),
            (answer.dropped, f"dropped by {answer.dropped:,}: no room"),
            (answer.closed, f"not open: {answer.closed:,}"),
        )
        if n
    ]
    return ", ".join(parts) or "there is no socket", answer.queued > 0


def pong(answer: wire.Answer) -> str:
    """What became of a ping."""
    if answer.refusal:
        return f"ping: {visible(answer.refusal)}"
    return f"pong after {figures.latency(answer.round_trip)}"
