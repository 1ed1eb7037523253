from hypothesis import given
from hypothesis import strategies as st

from ssc_rx import Counts
from ssc_rx.core.stats import add_up

n = st.integers(0, 1000)
reasons = st.dictionaries(st.sampled_from(["lost", "closed", "overflow"]), n)
drops = st.dictionaries(st.sampled_from(["oldest", "newest", "superseded"]), n)


@st.composite
def balanced(draw: st.DrawFn) -> Counts:
    out, queued, failed, dropped = draw(n), draw(n), draw(reasons), draw(drops)
    return Counts(
        messages_in=draw(n),
        messages_out=out,
        queued=queued,
        failed=failed,
        dropped=dropped,
        accepted=out + queued + sum(failed.values()) + sum(dropped.values()),
    )


def test_an_imbalance_shows() -> None:
    assert Counts(accepted=3, messages_out=1, queued=1, failed={"lost": 1}).balanced
    assert not Counts(accepted=3, messages_out=1, queued=1).balanced
    assert Counts(accepted=3, messages_out=1, dropped={"oldest": 2}).balanced
    assert not Counts(accepted=3, messages_out=3, dropped={"oldest": 2}).balanced


@given(st.lists(balanced()))
def test_a_sum_of_balanced_counts_is_balanced(rows: list[Counts]) -> None:
    total = add_up(rows)
    assert total.balanced
    assert total.messages_in == sum(row.messages_in for row in rows)
    assert total.failed_total == sum(row.failed_total for row in rows)
    for reason in ("oldest", "newest", "superseded"):
        counted = sum(row.dropped.get(reason, 0) for row in rows)
        assert total.dropped.get(reason, 0) == counted
