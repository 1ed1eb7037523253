import pytest

from ssc_rx.core.round_trips import BOUNDS_S, RoundTrips


@pytest.mark.parametrize(
    ("seconds", "bucket"), [(0.0, 0), (0.001, 0), (0.0011, 1), (10, 12), (11, 13)]
)
def test_a_round_trip_is_in_the_bucket_whose_bound_it_reaches(
    seconds: float, bucket: int
) -> None:
    none = RoundTrips()
    trips = none.and_one_of(seconds)
    assert [n for n, count in enumerate(trips.buckets) if count] == [bucket]
    assert (trips.count, trips.total_s) == (1, seconds)
    assert (none.count, len(none.buckets)) == (0, len(BOUNDS_S) + 1)


def test_they_add_up() -> None:
    trips = RoundTrips().and_one_of(0.25).and_one_of(0.5).and_one_of(0.25)
    assert (trips.count, trips.total_s) == (3, 1.0)
