from datetime import UTC, date, datetime

import pytest

from authorities.filters import date_words, time_words


def test_a_day_reads_in_words() -> None:
    assert date_words(date(2026, 10, 5)) == "5 October 2026"


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (datetime(2026, 7, 1, 23, 30, tzinfo=UTC), "2 July 2026 at 12:30am London time"),
        (datetime(2026, 12, 1, 14, 5, tzinfo=UTC), "1 December 2026 at 2:05pm London time"),
        (datetime(2026, 12, 1, 12, 0, tzinfo=UTC), "1 December 2026 at 12:00pm London time"),
    ],
)
def test_a_moment_reads_as_london_clocks_show_it(moment: datetime, words: str) -> None:
    assert time_words(moment) == words
