"""The rows as data, and what `--only` and `--quick` make of them."""

import pytest

from benchmarks.rows import named
from benchmarks.tables import QUICK, TABLES


def names(*only: str, quick: bool = False) -> list[str]:
    tables = named(TABLES, only=list(only), quick=QUICK if quick else None)
    return [row.name for table in tables for row in table.rows]


def test_a_name_is_not_a_larger_number() -> None:
    found = names("burst-100")
    assert found == ["burst-100-websockets", "burst-100-growth"]


def test_a_beginning_names_all_that_begin_so() -> None:
    assert set(names("spar")) == {name for name in names() if name.startswith("sparse")}


def test_an_unknown_name_is_refused_with_those_there_are() -> None:
    with pytest.raises(
        ValueError, match="no row is called 'nothing'; there are: burst"
    ):
        names("nothing")


def test_the_soak_runs_only_when_it_is_asked_for() -> None:
    assert not [name for name in names() if name.startswith("soak")]
    assert names("soak-15000") == ["soak-15000-lag", "soak-15000-memory"]


def test_names_are_unique_and_quick_ones_exist() -> None:
    everything = [row.name for table in TABLES for row in table.rows]
    assert len(everything) == len(set(everything))
    assert set(QUICK) <= set(everything)
    assert set(names(quick=True)) == set(QUICK)


def test_phases_end_with_an_acknowledgement_and_shares_are_equal() -> None:
    for table in [*named(TABLES, only=["soak"], quick=None), *TABLES]:
        for row in (*table.rows, *(row.reduced() for row in table.rows)):
            for case in row.cases:
                job = case.job("uvloop", None)
                assert job.measured % job.step == 0, row.name
                assert job.measured >= case.measured * 0.9, row.name
                if case.kind not in ("accept", "dial"):
                    assert job.warmup % job.step == 0, row.name
                if case.kind == "burst":
                    assert job.warmup % job.sockets == job.measured % job.sockets == 0


def test_rows_that_name_the_same_case_share_its_runs() -> None:
    burst = named(TABLES, only=["burst-1000"], quick=QUICK)[0]
    assert len(burst.cases) < sum(len(row.cases) for row in burst.rows)
