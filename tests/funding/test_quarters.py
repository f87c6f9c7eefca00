"""The fiscal calendar, judged in London."""

from datetime import UTC, date, datetime

import pytest

from funding.quarters import Quarter, is_working_day, london_day, working_days_before, year_label, year_of


@pytest.mark.parametrize(
    ("moment", "day", "quarter"),
    [
        (datetime(2025, 3, 31, 22, 59, tzinfo=UTC), date(2025, 3, 31), Quarter(2024, 4)),
        # Summer time began on 30 March: 23:30 UTC is half past midnight on 1 April, a new financial year.
        (datetime(2025, 3, 31, 23, 30, tzinfo=UTC), date(2025, 4, 1), Quarter(2025, 1)),
        (datetime(2025, 6, 30, 23, 30, tzinfo=UTC), date(2025, 7, 1), Quarter(2025, 2)),
        (datetime(2025, 12, 31, 23, 59, tzinfo=UTC), date(2025, 12, 31), Quarter(2025, 3)),
    ],
)
def test_a_moment_belongs_to_its_london_day(moment: datetime, day: date, quarter: Quarter) -> None:
    assert london_day(moment) == day
    assert Quarter.of(day) == quarter


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        london_day(datetime(2025, 1, 1))  # noqa: DTZ001


@pytest.mark.parametrize("year", range(2019, 2031))
@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_quarters_follow_each_other_without_a_gap(year: int, number: int) -> None:
    quarter = Quarter(year, number)
    assert Quarter.of(quarter.starts_on) == Quarter.of(quarter.ends_on) == quarter
    assert (quarter.next.starts_on - quarter.ends_on).days == 1
    assert quarter.next.previous == quarter
    assert year_of(quarter.ends_on) == year
    assert [later.number for later in quarter.remaining] == list(range(number + 1, 5))


@pytest.mark.parametrize(
    ("quarter", "due"),
    [
        (Quarter(2026, 1), date(2026, 7, 31)),  # a Friday
        (Quarter(2026, 2), date(2026, 11, 2)),  # 31 October is a Saturday
        (Quarter(2026, 3), date(2027, 2, 1)),  # 31 January is a Sunday
        (Quarter(2025, 4), date(2026, 4, 30)),
        (Quarter(2023, 4), date(2024, 4, 30)),
    ],
)
def test_a_return_is_due_at_the_end_of_the_next_month_on_a_working_day(quarter: Quarter, due: date) -> None:
    assert quarter.due_on == due


def test_bank_holidays_are_no_working_days() -> None:
    assert not is_working_day(date(2026, 12, 25))
    assert not is_working_day(date(2026, 12, 28))  # for Boxing Day, a Saturday
    assert is_working_day(date(2026, 12, 29))
    assert working_days_before(date(2026, 12, 29), 2) == date(2026, 12, 23)


def test_words() -> None:
    assert str(Quarter(2026, 2)) == "Quarter 2, July to September 2026"
    assert str(Quarter(2026, 4)) == "Quarter 4, January to March 2027"
    assert Quarter(2026, 4).label == "Q4 2026/27"
    assert year_label(1999) == "1999/00"
    with pytest.raises(ValueError, match="1 to 4"):
        Quarter(2026, 5)
