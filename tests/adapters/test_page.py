"""docs/servers.md says what the suite holds servers to, and its examples are code."""

import re
import sys
from textwrap import dedent
from types import ModuleType
from typing import Any

import pytest

from tests.adapters.frameworks import with_django
from tests.adapters.table import BEGIN, END, PAGE, tables, without_versions

EXAMPLES = re.findall(r" *```python\n.*?```", PAGE.read_text(), re.DOTALL)


def test_its_tables_are_up_to_date() -> None:
    written = PAGE.read_text().partition(BEGIN)[2].partition(END)[0]
    assert without_versions(written) == without_versions(tables()), (
        "run: python -m tests.adapters.table"
    )


@pytest.mark.parametrize("number", range(len(EXAMPLES)))
def test_its_examples_make_applications(
    number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_django()
    made: Any = ModuleType("example")
    monkeypatch.setitem(sys.modules, "example", made)
    code = dedent(EXAMPLES[number]).strip("`").removeprefix("python")
    exec(code, vars(made))
    assert callable(vars(made).get("feed", vars(made).get("run")))
