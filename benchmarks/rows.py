"""The table of rows: what is measured, at which size."""

from dataclasses import dataclass

from benchmarks.job import Job, Kind, LoopName, Side

__all__ = ["ROWS", "Row", "rows_for"]

BURST_FRAMES = 100
SPARSE_PER_S = 10_000
WRITE_STEP = 100


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the report, for each event loop.

    Attributes:
        name: What `--only` knows it by.
        title: What the table calls it.
        kind: What is measured.
        sockets: How many connections.
        warmup: Messages before the measured ones.
        measured: Messages that are measured in one run.
        limit_s: Seconds that one run may take, connecting included.
        contender, baseline: Who is measured, and against whom.
        bar: The ratio, baseline to contender, to reach.
    """

    name: str
    title: str
    kind: Kind
    sockets: int
    warmup: int
    measured: int
    limit_s: int = 60
    contender: Side = "pool"
    baseline: Side = "websockets"
    bar: float = 1.0

    def job(self, side: Side, loop: LoopName, cores: tuple[int, int] | None) -> Job:
        """One run of this row."""
        step, window = self._pace()
        return Job(
            kind=self.kind,
            side=side,
            loop=loop,
            sockets=self.sockets,
            warmup=self.warmup,
            measured=self.measured,
            step=step,
            window=window,
            burst=BURST_FRAMES if self.kind == "burst" else 1,
            rate_per_s=SPARSE_PER_S if self.kind == "sparse" else 0,
            subject_core=cores[0] if cores else None,
            load_core=cores[1] if cores else None,
            limit_s=self.limit_s,
        )

    def _pace(self) -> tuple[int, int]:
        """Messages for one acknowledgement, and messages that may be under way."""
        match self.kind:
            case "burst":  # one burst for each socket, renewed a quarter at a time
                window = self.sockets * BURST_FRAMES
                return window // 4, window
            case "sparse":  # the clock paces it
                return WRITE_STEP, 0
            case "write_all":
                return self.sockets, 4 * self.sockets
            case "write":  # ten for a socket at most: no outbox or buffer ever fills
                return WRITE_STEP, 10 * WRITE_STEP


WATCHED_BAR = 0.92
"""What is left of the fan-in when a viewer is attached, messages sampled for it."""


def _watched(sockets: int, warmup: int, measured: int) -> Row:
    return Row(
        f"watched-{sockets}",
        "fan-in, bursts, watched",
        "burst",
        sockets,
        warmup,
        measured,
        contender="watched",
        baseline="pool",
        bar=WATCHED_BAR,
    )


ROWS = (
    Row("burst-100", "fan-in, bursts", "burst", 100, 20_000, 600_000),
    Row("burst-1000", "fan-in, bursts", "burst", 1_000, 100_000, 600_000),
    Row("sparse-100", "fan-in, sparse", "sparse", 100, 5_000, 20_000),
    Row("sparse-1000", "fan-in, sparse", "sparse", 1_000, 5_000, 20_000),
    Row("write-all-1000", "write_all", "write_all", 1_000, 20_000, 200_000),
    Row("write-10", "write by ID", "write", 10, 10_000, 100_000),
    Row("write-10000", "write by ID", "write", 10_000, 20_000, 100_000, limit_s=120),
    _watched(100, 50_000, 600_000),
    _watched(1_000, 100_000, 600_000),
)

QUICK_ROWS = (
    Row("burst-100", "fan-in, bursts", "burst", 100, 10_000, 80_000),
    Row("burst-1000", "fan-in, bursts", "burst", 1_000, 25_000, 100_000),
    Row("sparse-100", "fan-in, sparse", "sparse", 100, 500, 4_000),
    Row("sparse-1000", "fan-in, sparse", "sparse", 1_000, 1_000, 4_000),
    Row("write-all-1000", "write_all", "write_all", 1_000, 5_000, 50_000),
    Row("write-10", "write by ID", "write", 10, 2_000, 35_000),
    Row("write-1000", "write by ID", "write", 1_000, 2_000, 35_000),
    _watched(1_000, 50_000, 200_000),
)


def rows_for(*, quick: bool, only: list[str]) -> list[Row]:
    """The rows of these names, or whose names begin so; all, if `only` is empty.

    Raises:
        ValueError: If a name fits no row.
    """
    rows = QUICK_ROWS if quick else ROWS
    names = [row.name for row in rows]
    wanted: set[str] = set()
    for name in only:
        fitting = [name] if name in names else [n for n in names if n.startswith(name)]
        if not fitting:
            raise ValueError(
                f"no row is called {name!r}; there are: {', '.join(names)}"
            )
        wanted.update(fitting)
    return [row for row in rows if not only or row.name in wanted]
