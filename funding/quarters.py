"""The fiscal calendar: years from 1 April, quarters from Q1 = April to June. Pure: no database, no clock.

Periods are judged in Europe/London: 31 March 23:30 UTC is already 1 April, a new financial year.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from govuk_bank_holidays.bank_holidays import BankHolidays

LONDON = ZoneInfo("Europe/London")
MONTHS = {1: "April to June", 2: "July to September", 3: "October to December", 4: "January to March"}


@dataclass(frozen=True, order=True)
class Quarter:
    """One financial quarter. `year` is the calendar year in which the financial year begins."""

    year: int
    number: int

    def __post_init__(self) -> None:
        if self.number not in MONTHS:
            raise ValueError(f"A quarter is 1 to 4, not {self.number}.")

    @classmethod
    def of(cls, day: date) -> Quarter:
        """The quarter in which a London day falls."""
        month = (day.month - 4) % 12
        return cls(day.year if day.month >= 4 else day.year - 1, month // 3 + 1)

    @property
    def starts_on(self) -> date:
        month = self.number * 3 + 1
        return date(self.year, month, 1) if month <= 12 else date(self.year + 1, 1, 1)

    @property
    def ends_on(self) -> date:
        return self.next.starts_on - timedelta(days=1)

    @property
    def next(self) -> Quarter:
        return Quarter(self.year, self.number + 1) if self.number < 4 else Quarter(self.year + 1, 1)

    @property
    def previous(self) -> Quarter:
        return Quarter(self.year, self.number - 1) if self.number > 1 else Quarter(self.year - 1, 4)

    @property
    def remaining(self) -> list[Quarter]:
        """The later quarters of the same financial year: what a return forecasts."""
        return [Quarter(self.year, number) for number in range(self.number + 1, 5)]

    @property
    def due_on(self) -> date:
        """Last day of the month after the quarter's end, moved on to a working day in England."""
        after = self.next.starts_on
        last = (after.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
        return next_working_day(last)

    @property
    def months(self) -> str:
        calendar_year = self.year if self.number < 4 else self.year + 1
        return f"{MONTHS[self.number]} {calendar_year}"

    @property
    def label(self) -> str:
        """For tables: Q2 2026/27."""
        return f"Q{self.number} {year_label(self.year)}"

    def __str__(self) -> str:
        return f"Quarter {self.number}, {self.months}"


def year_label(year: int) -> str:
    """For tables: 2026/27."""
    return f"{year}/{(year + 1) % 100:02d}"


def year_words(year: int) -> str:
    """For prose: 2026 to 2027."""
    return f"{year} to {year + 1}"


def year_of(day: date) -> int:
    """The financial year of a London day, named by the calendar year in which it begins."""
    return Quarter.of(day).year


def london_day(moment: datetime) -> date:
    """The day in London of an aware moment. Raises ValueError for a naive one."""
    if moment.tzinfo is None:
        raise ValueError("A moment needs a time zone.")
    return moment.astimezone(LONDON).date()


@cache
def _calendar() -> BankHolidays:
    # The package's own list: a start must not depend on a download.
    return BankHolidays(use_cached_holidays=True)


def is_working_day(day: date) -> bool:
    """Whether people in England work: not a weekend, not a bank holiday."""
    return bool(_calendar().is_work_day(day, division=BankHolidays.ENGLAND_AND_WALES))


def next_working_day(day: date) -> date:
    """The day itself, or the first working day after it."""
    while not is_working_day(day):
        day += timedelta(days=1)
    return day


def working_days_before(day: date, count: int) -> date:
    """The day that lies `count` working days before `day`."""
    while count > 0:
        day -= timedelta(days=1)
        count -= is_working_day(day)
    return day


def working_days_after(day: date, count: int) -> date:
    """The day that lies `count` working days after `day`."""
    while count > 0:
        day += timedelta(days=1)
        count -= is_working_day(day)
    return day
