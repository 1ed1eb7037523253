import contextlib
import re
import warnings

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ssc_monitor.model.patterns import MAX_SEARCHED, PatternError, compile_pattern

CHEAP = [
    "",
    "BTC",
    "a.*b",
    "^.*$",
    r"\d+",
    r'"price":\s*\d+\.\d+',
    r'"b":\s*\d+.*"s":\s*"BTC',
    r"\w+\s+\w+\s+\w+\s+\d+",
    r"(\d{1,3}\.){3}\d{1,3}",
    r"(?:foo|bar|baz)\d?",
    "(ab)+",
    "[ab]+c",
    "(a|b)+",
    r"colou?r",
    r"(?i)btc",
    r"(?P<quote>['\"]).*(?P=quote)",
    r"(?<=x)y(?!z)",
    "a{3}",
    "a{2,5}b",
    "(?>a+)b",
    "a++b",
]

COSTLY = [
    "(a+)+$",
    "(a*)*b",
    "(a|aa)+$",
    "(.*a){20}",
    "(a?){30}b",
    "((ab)*)*c",
    "(x+x+)+y",
    "(?:a+){2,}b",
    "(?=(a+)+b)",
    "(a+)*?b",
    ".*.*.*x",
    "a*a*a*b",
    r"\w*\w*\w*-",
    "a?" * 30 + "a" * 30,
    "(?:a|b|ab)*c",
    r"(\d+,)*x",
    "(a{1,9}){1,9}b",
    "(?:(?:a?){10}){10}b",
]


@pytest.mark.parametrize("pattern", CHEAP)
def test_patterns_of_every_day_are_taken(pattern: str) -> None:
    assert compile_pattern(pattern).pattern == pattern


@pytest.mark.parametrize("pattern", COSTLY)
def test_patterns_that_could_freeze_are_refused(pattern: str) -> None:
    with pytest.raises(PatternError, match="repeat"):
        compile_pattern(pattern)


@pytest.mark.parametrize(
    "pattern", ["(", "[a", "*", "a{5,2}", "(?P<n", "a{99999999999}", "x(?i)", "\\"]
)
def test_what_is_no_expression_is_told(pattern: str) -> None:
    with pytest.raises(PatternError):
        compile_pattern(pattern)


def test_pattern_has_a_length() -> None:
    compile_pattern("a" * 200)
    with pytest.raises(PatternError, match="200 characters, not 201"):
        compile_pattern("a" * 201)


def test_case_is_minded_unless_asked_otherwise() -> None:
    assert not compile_pattern("btc").search("BTC")
    assert compile_pattern("btc", ignore_case=True).search("BTC")
    with pytest.raises(PatternError):  # apart only where case is minded
        compile_pattern("a*A*a*A*b", ignore_case=True)


def test_warnings_of_the_compiler_stay_inside() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        compile_pattern("[[a]")


PIECES = [
    *("a", "b", ".", "[ab]", r"\d", r"\w", "(", ")", "(?:", "|", "*", "+", "?", "*?"),
    *("{2}", "{1,3}", "{,4}", "^", "$", r"\b", "(?=", "(?!", "++", "(?>"),
]


@settings(deadline=None)
@given(
    st.lists(st.sampled_from(PIECES), max_size=14).map("".join),
    st.sampled_from(["a", "ab", "aab", "1a", "b"]),
)
def test_what_is_taken_is_quick_on_hostile_text(pattern: str, piece: str) -> None:
    """With an hour's work in it, this would run into the limit of time of a test."""
    try:
        compiled = compile_pattern(pattern)
    except PatternError:
        return
    compiled.search((piece * MAX_SEARCHED)[: MAX_SEARCHED - 1] + "!")


@settings(deadline=None)
@given(st.text(max_size=30))
def test_nothing_but_a_pattern_error_is_raised(pattern: str) -> None:
    with contextlib.suppress(PatternError):
        assert isinstance(compile_pattern(pattern), re.Pattern)
