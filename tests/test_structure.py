"""What the project promises about itself."""

import inspect
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from types import ModuleType

import pytest

import ssc_rx
from ssc_rx import testing

ROOT = Path(__file__).parent.parent

TESTED_ELSEWHERE = {
    "events": "test_pool",
    "operators": "streams/test_operators",
    "ports": "transports/test_contract",
    "endpoint": "test_writing",
    "receiving": "test_slow_consumers",
    "pinging": "monitor/test_commands",
    "sources": "test_pool",
    "monitor/requests": "monitor/test_server",
    "sending": "test_writing",
    "shared": "test_keepalive",
    "holding": "test_slow_consumers",
    "sockets": "test_members",
    "grounds": "test_pool",
    "monitor/wire/codec": "monitor/test_wire",
    "monitor/wire/frames": "monitor/test_wire",
    "monitor/wire/requests": "monitor/test_wire",
    "monitor/wire/rows": "monitor/test_wire",
    "notebook/views": "notebook/test_live",
    "visible": "ssc_monitor/model/test_visible",
    "watched": "monitor/test_server",
    "ledger": "test_pool",
    "admission": "test_server",
    "hosting": "adapters/test_lifespan",
    "adapters/transport": "test_writing",
    "adapters/asgi": "adapters/test_servers",
    "adapters/aiohttp": "adapters/test_servers",
    "adapters/quart": "adapters/test_servers",
    "testing/peer": "testing/test_behaviours",
    "testing/dials": "testing/test_fake_pool",
    "testing/marbles": "testing/test_pipelines",
    "testing/transport_contract/end": "testing/test_transport_contract",
    "testing/transport_contract/endings": "testing/test_transport_contract",
    "testing/transport_contract/messages": "testing/test_transport_contract",
    "testing/transport_contract/pauses": "testing/test_transport_contract",
    "testing/transport_contract/receiver": "testing/test_transport_contract",
    "transports/scope": "adapters/test_servers",
    "transports/pumped": "transports/test_contract",
    "adapters/websockets": "test_accepting",
    "analysis/fold": "streams/test_analysis",
    "analysis/intervals": "streams/test_analysis",
    "analysis/pacing": "streams/test_analysis",
    "analysis/bars": "streams/test_analysis",
    "analysis/statistics": "streams/test_analysis",
    "analysis/latest": "streams/test_analysis",
    "analysis/sequences": "streams/test_analysis",
    "analysis/distinct": "streams/test_analysis",
    "streams/stages": "streams/test_operators",
    "collecting/columns": "collecting/test_recording",
    "collecting/table": "collecting/test_recording",
    "recording/writer": "recording/test_recorder",
    "transports/link": "test_bad_peers",
    "transports/delivering": "transports/test_reading",
    "transports/accepted": "test_server",
    "transports/ending": "test_bad_peers",
    "transports/framing": "transports/test_contract",
    "transports/clock": "test_driver",
    "transports/dialer": "test_members",
    "transports/memory": "transports/test_contract",
}


def test_every_module_has_its_tests() -> None:
    for module in (ROOT / "ssc_rx").rglob("*.py"):
        name = module.relative_to(ROOT / "ssc_rx").with_suffix("")
        if name.name == "__init__":
            continue
        test = TESTED_ELSEWHERE.get(
            str(name), str(name.parent / f"test_{name.name}").removeprefix("./")
        )
        assert (ROOT / "tests" / f"{test}.py").exists(), f"{name} has no tests"


def test_the_documentation_tells_of_every_layer_from_the_top_down() -> None:
    rules = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    page = (ROOT / "docs" / "architecture.md").read_text()
    table = page.partition("| layer |")[2].partition("\n\n")[0].splitlines()[2:]
    told = [name for row in table for name in re.findall(r"`(\w+)`", row.split("|")[1])]
    layers = rules["contracts"][0]["layers"]
    assert told == [name for layer in layers for name in layer.split(" | ")]


def test_importing_the_library_brings_in_nothing_optional() -> None:
    optional = (
        "textual rich uvloop polars pandas IPython nats prometheus_client "
        "starlette aiohttp quart ssc_monitor ssc_rx.testing ssc_rx.notebook.markup "
        "ssc_rx.collecting ssc_rx.analysis.bars ssc_rx.monitor.wire"
    )
    code = (
        "import sys, ssc_rx; "
        f"print([m for m in '{optional}'.split() if m in sys.modules])"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert (run.stdout, run.stderr) == ("[]\n", "")


def test_the_test_helpers_need_no_test_runner() -> None:
    code = "import sys, ssc_rx.testing; print('pytest' in sys.modules)"
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert (run.stdout, run.stderr) == ("False\n", "")


PUBLIC = pytest.mark.parametrize(
    "package",
    [ssc_rx, ssc_rx.operators, testing],
    ids=["ssc_rx", "operators", "testing"],
)


@PUBLIC
def test_what_is_public_is_named_sorted_and_there(package: ModuleType) -> None:
    names = package.__all__
    assert names == sorted(
        names,
        key=lambda name: (not name.isupper(), not name[0].isupper(), name),
    )
    for name in names:
        assert getattr(package, name) is not None
    assert set(dir(package)) >= set(names)  # a notebook completes them
    with pytest.raises(AttributeError, match="nothing"):
        package.nothing  # noqa: B018


@PUBLIC
def test_everything_public_has_a_docstring(package: ModuleType) -> None:
    for name in package.__all__:
        thing = getattr(package, name)
        if inspect.isfunction(thing):
            assert thing.__doc__, name
        if not isinstance(thing, type) or not thing.__module__.startswith("ssc_rx"):
            continue
        assert thing.__doc__, name
        for attribute, member in vars(thing).items():
            if attribute.startswith("_") or not callable(member):
                continue
            assert member.__doc__ or _documented_above(thing, attribute), (
                f"{name}.{attribute}"
            )


def _documented_above(thing: type, attribute: str) -> bool:
    return any(
        getattr(getattr(base, attribute, None), "__doc__", None)
        for base in thing.__mro__[1:]
    )
