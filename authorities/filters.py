"""How dates and times read on pages."""

from collections.abc import Callable
from datetime import date, datetime

from django.utils import timezone


def date_words(day: date | datetime) -> str:
    """31 October 2026, as in London."""
    if isinstance(day, datetime):
        day = timezone.localtime(day).date()
    return f"{day.day} {day:%B %Y}"


def time_words(moment: datetime) -> str:
    """31 October 2026 at 2:05pm London time."""
    return f"{date_words(moment)} at {clock_words(moment)} London time"


def clock_words(moment: datetime) -> str:
    """2:05pm, as in London."""
    local = timezone.localtime(moment)
    half = "am" if local.hour < 12 else "pm"
    return f"{local.hour % 12 or 12}:{local:%M}{half}"


FILTERS: dict[str, Callable[..., str]] = {"date_words": date_words, "time_words": time_words}
