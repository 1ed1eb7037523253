"""A script that is ended by signals."""

import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

import ssc_rx

SCRIPT = """
import asyncio, sys
from ssc_rx import Message, Pool, run

async def main():
    async with Pool() as pool, pool.serve(id=lambda request: "client") as server:
        await pool.add_server_socket(server.url, id="server")
        pool.events.subscribe(lambda e: print(type(e).__name__, flush=True))
        pool.write(Message.of("server", "the last words"))
        pool.messages.subscribe(lambda m: print(m.text, flush=True))
        print("ready", flush=True)
        try:
            await asyncio.Event().wait()
        finally:
            if "stubborn" in sys.argv:
                print("stubborn", flush=True)
                while True:
                    try:
                        await asyncio.sleep(3600)
                    except asyncio.CancelledError:
                        pass

try:
    run(main())
except KeyboardInterrupt:
    if "caught" not in sys.argv:
        raise
    raise ValueError("of the script") from None
finally:
    print("and after it")
"""


def start(*arguments: str) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parent.parent,
    )
    await_line(process, "the last words")
    return process


def await_line(process: subprocess.Popen[str], wanted: str) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        if line.strip() == wanted:
            return
    pytest.fail(f"it ended without {wanted!r}: {process.communicate()}")


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, -signal.SIGINT)]
)
def test_a_signal_drains_the_pool(number: signal.Signals, code: int) -> None:
    process = start()
    process.send_signal(number)
    output, errors = process.communicate(timeout=15)
    assert process.returncode == code
    assert output.count("SocketClosed") == 2
    assert "PoolStopped" in output
    assert output.endswith("and after it\n")
    assert errors == ""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_second_signal_ends_at_once(number: signal.Signals) -> None:
    process = start("stubborn")
    process.send_signal(number)
    await_line(process, "stubborn")
    process.send_signal(number)
    try:
        process.communicate(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        pytest.fail("it went on")
    assert process.returncode == -number


async def _answer() -> int:
    return 42


def test_it_returns_what_main_returns() -> None:
    before = signal.getsignal(signal.SIGTERM)
    assert ssc_rx.run(_answer()) == 42
    assert signal.getsignal(signal.SIGTERM) is before


def test_outside_the_main_thread_signals_are_left_alone() -> None:
    results: list[int] = []
    thread = threading.Thread(target=lambda: results.append(ssc_rx.run(_answer())))
    thread.start()
    thread.join()
    assert results == [42]


def test_after_ctrl_c_other_errors_are_still_printed() -> None:
    process = start("caught")
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=15)
    assert process.returncode == 1
    assert output.endswith("and after it\n")
    assert errors.endswith("ValueError: of the script\n")


def test_what_main_raises_is_raised() -> None:
    async def fail() -> None:
        raise ValueError("of main")

    with pytest.raises(ValueError, match="of main"):
        ssc_rx.run(fail())
