"""Results of runs that never were."""

from dataclasses import replace

from benchmarks.bar import Bar
from benchmarks.case import Case
from benchmarks.result import Result
from benchmarks.rows import Row, Table
from benchmarks.verdict import Line, Round

SETTINGS = {"subject TCP_NODELAY": "1", "load extensions": "none"}
OURS = Case("pool", "burst", 1_000, 1_000, "pipeline")
THEIRS = Case("websockets", "burst", 1_000, 1_000)


def result(cpu_us: float, **changes: object) -> Result:
    plain = Result(
        cpu_us=cpu_us,
        system_us=0.1,
        messages_per_s=1e6,
        wall_s=1.0,
        subject_use=1.0,
        idle=0.0,
        queued=0.0,
        load_use=0.1,
        load_cpu_us=0.1,
        memory_kib=0.0,
        lag_p99_ms=0.0,
        memory_growth_kib=0.0,
        load_bound=False,
        settings=SETTINGS,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def line(bar: Bar, *rounds: tuple[float, float], **of_baseline: object) -> Line:
    row = Row("burst-1000-websockets", OURS, THEIRS, bar)
    found = [Round(result(a), result(b, **of_baseline)) for a, b in rounds]
    return Line(row, "uvloop", found)


def table(*rows: Row) -> Table:
    return Table("burst", "Fan-in <in bursts>", rows)
