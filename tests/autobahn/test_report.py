"""The gate of the Autobahn runs: what it lets pass, and what not."""

import json
import sys
from pathlib import Path

import pytest

from tests.autobahn import __main__ as command
from tests.autobahn import running, suite
from tests.autobahn.cases import EXPECTED_FAILURES, FULL, QUICK
from tests.autobahn.report import Outcome, Report, read

OK = Outcome("OK", "OK")
FAILED = Outcome("FAILED", "OK")


def test_all_well_is_no_fault() -> None:
    assert Report({"1.1.1": OK, "1.1.2": OK}).faults(2, ()) == []


@pytest.mark.parametrize(
    "fine", [Outcome("NON-STRICT", "OK"), Outcome("INFORMATIONAL", "INFORMATIONAL")]
)
def test_what_the_suite_only_remarks_on_is_no_fault(fine: Outcome) -> None:
    assert Report({"1.1.1": fine}).faults(1, ()) == []


@pytest.mark.parametrize(
    "bad",
    [
        FAILED,
        Outcome("OK", "FAILED"),
        Outcome("OK", "UNCLEAN"),
        Outcome("OK", "WRONG CODE"),
        Outcome("UNIMPLEMENTED", "OK"),
        Outcome("A NEW WORD", "OK"),
    ],
)
def test_what_failed_is_a_fault(bad: Outcome) -> None:
    (fault,) = Report({"1.1.1": OK, "1.1.2": bad}).faults(2, ())
    assert fault == (f"case 1.1.2 failed: {bad.behavior}, close {bad.behavior_close}")


def test_what_may_fail_may_fail_and_nothing_else() -> None:
    report = Report({"7.1.5": FAILED, "10.1.1": FAILED, "9.1.1": FAILED})
    assert report.failures == ["7.1.5", "9.1.1", "10.1.1"]
    faults = report.faults(3, EXPECTED_FAILURES)
    assert [fault.split()[1] for fault in faults] == ["9.1.1", "10.1.1"]


@pytest.mark.parametrize("cases", [{}, {"1.1.1": OK}])
def test_fewer_cases_than_expected_are_a_fault(cases: dict[str, Outcome]) -> None:
    assert Report(cases).faults(2, ()) == [f"{len(cases)} cases ran, not 2"]


def test_a_complaint_is_a_fault() -> None:
    assert Report({"1.1.1": OK}, "it broke").faults(1, ()) == ["it broke"]


def test_the_pools_process_must_end_well_and_silently(tmp_path: Path) -> None:
    log = tmp_path / "pool.log"
    log.write_text("a warning\n")
    assert running.complaint_of(0, log) == ""
    assert "exit code 1" in running.complaint_of(1, log)
    log.write_text("Task exception was never retrieved\nTraceback (most recent call")
    assert "nobody handled" in running.complaint_of(0, log)


def test_a_report_is_read_as_the_suite_writes_it(tmp_path: Path) -> None:
    entry = {
        "behavior": "OK",
        "behaviorClose": "OK",
        "duration": 1,
        "remoteCloseCode": 1,
    }
    index = {"ssc-rx": {"1.1.1": entry}, "another": {}}
    (tmp_path / "index.json").write_text(json.dumps(index))
    assert read(tmp_path, "ssc-rx") == Report({"1.1.1": OK})
    assert read(tmp_path, "nobody") == Report({})


def test_no_report_is_an_empty_one(tmp_path: Path) -> None:
    assert read(tmp_path, "ssc-rx") == Report({})


def test_a_summary_counts() -> None:
    report = Report({"1.1.1": OK, "1.1.2": OK, "2.1": FAILED})
    assert report.summary() == "3 cases: 2 ok, 1 failed"


def test_the_quick_set_names_the_smallest_compressions() -> None:
    named = [pattern for pattern in QUICK.patterns if not pattern.endswith("*")]
    assert len(named) == 24  # 5 subsections of 12, 7 of 13, two cases each
    assert {"12.1.1", "12.5.2", "13.7.2"} <= set(named)
    assert FULL.count - QUICK.count == 12 * 16


def test_a_machine_without_the_old_python_is_told_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(suite, "FOLDER", tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path))
    assert command.main(["--quick"]) == 3
    told = capsys.readouterr().out
    assert told.startswith("autobahn: NOT RUN: no Python 2.7: neither")


def test_a_stand_in_for_the_old_python_does_not_do(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "python2.7").symlink_to(sys.executable)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path))
    with pytest.raises(suite.Missing, match="with zlib and ssl; tried"):
        suite.find_python27()
