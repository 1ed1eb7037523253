"""The rows: what is compared with what, and the marks it has to reach."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Literal

from benchmarks.bar import Bar
from benchmarks.case import Case
from benchmarks.result import Result

__all__ = ["COST", "TIMES", "UNITS", "Measure", "Row", "Table", "named"]

Measure = Literal["cpu_us", "memory_kib", "lag_p99_ms", "growth_kib"]

UNITS: dict[Measure, str] = {
    "cpu_us": "µs",
    "memory_kib": "KiB",
    "lag_p99_ms": "ms",
    "growth_kib": "KiB",
}


TIMES, COST = Bar("at least"), Bar("at most")
"""Of rows that are there for comparison."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the report, for each event loop.

    The figure is a ratio: how many times the contender's cost the baseline's is, or, where
    the bar says "at most", the inverse. Without a baseline it is the contender's own.

    Attributes:
        name: What `--only` knows it by.
        contender: Who is measured.
        baseline: Against whom.
        bar: What to reach, and which way the ratio goes.
        measure: Which figure of a run is compared.
    """

    name: str
    contender: Case
    baseline: Case | None = None
    bar: Bar = TIMES
    measure: Measure = "cpu_us"

    @property
    def cases(self) -> tuple[Case, ...]:
        """What has to be run for it."""
        return (self.contender, *((self.baseline,) if self.baseline else ()))

    def value(self, result: Result) -> float:
        """What of a run is compared."""
        return {
            "cpu_us": result.cpu_us,
            "memory_kib": result.memory_kib,
            "lag_p99_ms": result.lag_p99_ms,
            "growth_kib": result.memory_growth_kib,
        }[self.measure]

    def figure(self, contender: Result, baseline: Result | None) -> float:
        """The figure of one round."""
        value = self.value(contender)
        if baseline is None:
            return value
        if self.bar.sense == "at most":
            return value / self.value(baseline)
        return self.value(baseline) / value

    def reduced(self) -> "Row":
        """The same with fewer messages."""
        baseline = self.baseline.quick() if self.baseline else None
        return replace(self, contender=self.contender.quick(), baseline=baseline)


@dataclass(frozen=True, slots=True)
class Table:
    """Rows whose cases are run in turn, all of them in every round.

    Attributes:
        name: Of its plot.
        title: What it measures, for people.
        rows: What it shows.
        per: What its costs are of.
        once: Takes minutes: one round, on one loop, and only when it is asked for.
    """

    name: str
    title: str
    rows: tuple[Row, ...]
    per: str = "message"
    once: bool = False

    @property
    def cases(self) -> list[Case]:
        """What has to be run, each once."""
        return list(dict.fromkeys(case for row in self.rows for case in row.cases))


def named(
    tables: tuple[Table, ...], *, only: list[str], quick: Collection[str] | None
) -> list[Table]:
    """The tables with the rows that were asked for, all if `only` is empty.

    With `quick` all have fewer messages, and without `only` it names the rows.

    A name stands for itself, for all that begin with it and a hyphen, else for all that
    begin so: "burst-100" is not "burst-1000".

    Raises:
        ValueError: If a name fits no row.
    """
    all_names = [row.name for table in tables for row in table.rows]
    wanted: set[str] = set()
    for name in only:
        fitting = [n for n in all_names if n == name or n.startswith(f"{name}-")]
        fitting = fitting or [n for n in all_names if n.startswith(name)]
        if not fitting:
            raise ValueError(
                f"no row is called {name!r}; there are: {', '.join(all_names)}"
            )
        wanted.update(fitting)
    chosen: list[Table] = []
    for table in tables:
        rows = tuple(
            row if quick is None else row.reduced()
            for row in table.rows
            if (row.name in wanted if only else quick is None or row.name in quick)
            and (only or not table.once)
        )
        if rows:
            chosen.append(replace(table, rows=rows))
    return chosen
