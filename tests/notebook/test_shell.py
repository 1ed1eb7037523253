"""A pool in a real kernel: whose output is whose, cells run again, interrupts."""

import re
from collections.abc import Callable

import pytest

from tests.notebook.kernel import Kernel
from tests.notebook.server import FarEnd

pytestmark = [pytest.mark.slow, pytest.mark.timeout(90)]

Feed = Callable[[str], None]

SUBSCRIBERS = {
    "a function": "pool.messages.subscribe(lambda m: print('heard', m.text))",
    "an operator": (
        "pool.messages.pipe(ops.filter(bool), ops.map(lambda m: print('heard')))"
        ".subscribe()"
    ),
    "the log": (
        "pool.messages.subscribe(lambda m: logging.getLogger('x').warning('heard'))"
    ),
    "stock operators": (
        "import reactivex.operators as rx\n"
        "pool.messages.pipe(rx.buffer_with_time(0.1)).subscribe(lambda b: print('heard'))"
    ),
    "one socket": "pool['feed'].messages.subscribe(lambda m: print('heard'))",
}


@pytest.mark.parametrize("code", SUBSCRIBERS.values(), ids=SUBSCRIBERS.keys())
def test_output_is_shown_in_the_cell_that_subscribed(
    kernel: Kernel, feed: Feed, code: str
) -> None:
    feed("feed")
    subscribed = kernel.must(f"{code};")
    # Time in which what is heard could land in this cell.
    kernel.must("await asyncio.sleep(0.3); print('another')")
    kernel.until(lambda: "heard" in subscribed.printed, "output")
    others = [cell for cell in kernel.cells.values() if cell is not subscribed]
    assert not any("heard" in cell.text for cell in others)
    assert not kernel.strays


def test_a_pipe_with_time_may_be_subscribed_before_the_start(
    kernel: Kernel, far_end: FarEnd
) -> None:
    kernel.must(f"pool = Pool({{'feed': {far_end.url!r}}}, name='feed')")
    subscribed = kernel.must(SUBSCRIBERS["stock operators"])
    started = kernel.must("await pool.start()")
    kernel.until(lambda: "heard" in subscribed.printed, "output")
    assert "heard" not in started.printed


def test_a_subscriber_that_raises_says_so_in_its_cell_and_hurts_nobody(
    kernel: Kernel, feed: Feed
) -> None:
    feed("feed")
    good = kernel.must("good = pool.messages.subscribe(lambda m: print('heard'));")
    bad = kernel.must("def fail(m):\n    1 / 0\nbad = pool.messages.subscribe(fail);")
    kernel.until(lambda: "16 times" in bad.printed, "the failures")
    assert bad.printed.count("Traceback") == 1
    first = bad.printed.partition("16 times")[0]
    assert "ZeroDivisionError" in first
    assert "1 / 0" in first
    assert "hub.py" not in first  # of no interest
    assert "fail" not in good.printed
    count = good.printed.count("heard")
    kernel.until(lambda: good.printed.count("heard") > count + 3, "what goes on")


def test_a_pipeline_that_raises_says_that_it_ended(kernel: Kernel, feed: Feed) -> None:
    feed("feed")
    ended = kernel.must("pool.messages.pipe(ops.map(lambda m: 1 / 0)).subscribe();")
    kernel.until(lambda: "has ended" in ended.printed, "the failure")
    assert ended.printed.count("Traceback") == 1


def test_a_log_that_is_shown_has_the_failure_once(kernel: Kernel, feed: Feed) -> None:
    feed("feed")
    kernel.must("logging.basicConfig()")
    failed = kernel.must("pool.messages.subscribe(lambda m: 1 / 0);")
    kernel.until(lambda: "failure 4 of it" in failed.printed, "the log")
    assert "A subscriber" not in failed.printed


def test_a_cell_that_makes_a_named_pool_may_run_again(
    kernel: Kernel, far_end: FarEnd
) -> None:
    code = f"pool = Pool({{'feed': {far_end.url!r}}}, name='feed')\nawait pool.start()"
    for _ in range(4):
        kernel.must(code, cell="one")
        kernel.must("first = globals().get('first', pool)")
    kernel.until(
        lambda: (far_end.ever, far_end.open) == (4, 1), "those before to close"
    )
    assert kernel.value("first.stats().state, pool.stats().state") == (
        "('stopped', 'running')"
    )


def test_pools_without_a_name_leave_each_other_alone(
    kernel: Kernel, far_end: FarEnd
) -> None:
    for _ in range(2):
        kernel.must(f"pool = Pool([{far_end.url!r}])\nawait pool.start()", cell="one")
    kernel.until(lambda: far_end.open == 2, "both to be counted")


def test_a_cell_that_serves_may_run_again(kernel: Kernel, far_end: FarEnd) -> None:
    code = (
        "pool = Pool(name='hub')\n"
        "await pool.start()\n"
        f"server = await pool.serve(port={far_end.free_port()})"
    )
    kernel.must(code)
    kernel.must(code)
    kernel.must(code.splitlines()[2])  # and on the same pool
    kernel.must("await pool.add_server_socket(server.url, id='here')")
    assert kernel.value("len(pool)") == "2"


@pytest.mark.parametrize(
    "code",
    ["await asyncio.sleep(60)", "time.sleep(60)", "await pool.wait_stopped()"],
    ids=["a cell that awaits", "a cell that blocks", "a cell that waits for the pool"],
)
def test_an_interrupt_ends_the_cell_and_nothing_else(
    kernel: Kernel, far_end: FarEnd, feed: Feed, code: str
) -> None:
    feed("feed")
    heard = kernel.must("pool.messages.subscribe(lambda m: print('heard'));")
    running = kernel.begin(f"print('runs', flush=True); {code}")
    kernel.until(lambda: "runs" in running.printed, "the cell")
    kernel.interrupt()
    kernel.until(lambda: running.done, "the interrupt")
    assert re.match("CancelledError|KeyboardInterrupt", running.error)
    heard.printed = ""
    kernel.until(lambda: "heard" in heard.printed, "the next message")
    assert far_end.ever == 1
    kernel.must("await pool.stop()")
    kernel.until(lambda: far_end.open == 0, "the far end to notice")


def test_an_interrupt_of_an_idle_kernel_does_nothing(
    kernel: Kernel, far_end: FarEnd, feed: Feed
) -> None:
    feed("feed")
    kernel.interrupt()
    assert kernel.value("pool.stats().open_sockets") == "1"
    assert far_end.ever == 1


def test_an_interrupt_inside_a_subscriber_is_for_the_cell(
    kernel: Kernel, far_end: FarEnd, feed: Feed
) -> None:
    """In other programs it leaves the event loop, which here would end the kernel."""
    feed("feed")
    kernel.must("seen = []")
    running = kernel.begin(
        "def slow(m):\n"
        "    print('runs', flush=True)\n"
        "    time.sleep(30)\n"
        "pool.writes.subscribe(slow)\n"
        "pool.writes.subscribe(seen.append)\n"
        "for _ in range(1000):\n"
        "    pool.write(Message.of('feed', 'x'))\n"
        "    time.sleep(30)"
    )
    kernel.until(lambda: "runs" in running.printed, "the subscriber")
    kernel.interrupt()
    kernel.until(lambda: running.done, "the interrupt")
    assert running.error.startswith("KeyboardInterrupt")
    assert kernel.value("len(seen), pool.stats().open_sockets") == "(1, 1)"


@pytest.mark.parametrize("error", ["KeyboardInterrupt", "SystemExit"])
def test_what_a_subscriber_raises_never_ends_the_kernel(
    kernel: Kernel, feed: Feed, error: str
) -> None:
    feed("feed")
    raised = kernel.must(
        "heard = []\n"
        "def leave(m):\n"
        "    heard.append(m)\n"
        f"    if len(heard) <= 16: raise {error}\n"
        "last = pool.messages.subscribe(leave);"
    )
    kernel.until(lambda: "16 times" in raised.printed, "the failures")
    # The interrupts go to the cell that runs: to one of these, or several.
    check = "pool.stats().open_sockets, len(heard) > 16"
    kernel.until(
        lambda: "(1, True" in kernel.run(check).text, "an end of the interrupts"
    )


def test_a_restart_leaves_no_socket_behind(
    kernel: Kernel, far_end: FarEnd, feed: Feed
) -> None:
    feed("feed")
    kernel.must(
        f"t = Pool([{far_end.url!r}], name='other').in_thread().start()\n"
        "pool.messages.subscribe(lambda m: None);"
    )
    kernel.until(lambda: far_end.open == 2, "both to be counted")
    kernel.restart()
    kernel.until(lambda: far_end.open == 0, "the sockets to end")


def test_a_thread_delivers_to_the_cell_that_subscribed_while_another_computes(
    kernel: Kernel, far_end: FarEnd
) -> None:
    kernel.must(
        f"thread = Pool({{'feed': {far_end.url!r}}}, name='t').in_thread().start()\n"
        "pool = thread.pool"
    )
    heard = kernel.must(
        "thread.call(pool.messages.subscribe, lambda m: print('heard'));"
    )
    failed = kernel.must("thread.call(pool.messages.subscribe, lambda m: 1 / 0);")
    computing = kernel.begin("print('begins', flush=True); time.sleep(60)")
    kernel.until(lambda: "begins" in computing.printed, "the cell")
    heard.printed = ""
    kernel.until(lambda: heard.printed.count("heard") > 5, "messages meanwhile")
    kernel.until(lambda: "ZeroDivisionError" in failed.printed, "the failure")
    assert not computing.done
    kernel.interrupt()
    kernel.until(lambda: computing.done, "the interrupt")
    assert computing.printed == "begins\n"
    kernel.must("thread.stop(); thread.stop()")
    kernel.until(lambda: far_end.open == 0, "the socket to end")


def test_a_pool_in_a_thread_is_replaced_by_its_name_and_its_thread_ends(
    kernel: Kernel, far_end: FarEnd
) -> None:
    code = f"thread = Pool([{far_end.url!r}], name='t').in_thread().start()"
    kernel.must(code)
    kernel.must(f"old = thread\n{code}")
    kernel.until(lambda: far_end.ever == 2, "both to be counted")
    kernel.until(lambda: far_end.open == 1, "the first to close")
    kernel.must(f"pool = Pool([{far_end.url!r}], name='t')\nawait pool.start()")
    kernel.until(lambda: (far_end.ever, far_end.open) == (3, 1), "the second to close")
    kernel.must("thread._thread.join(10); assert not thread._thread.is_alive()")


def test_what_would_hang_raises(kernel: Kernel, feed: Feed) -> None:
    feed("feed")
    assert "await" in kernel.run("pool.messages.run()").error
    assert "async for" in kernel.run("async for m in pool.messages: pass").error
    assert "await" in kernel.run("run(asyncio.sleep(0))").error
    assert (
        "await"
        in kernel.run(
            "thread = Pool().in_thread().start()\nthread.call(thread.call, print)"
        ).error
    )
    kernel.must("thread.stop()")
