"""How money, periods and queries read on pages."""

from collections.abc import Callable
from typing import Any

from funding import money, quarters, return_threads

FILTERS: dict[str, Callable[..., Any]] = {
    "pounds": money.pounds,
    "whole_pounds": money.whole_pounds,
    "change": money.change,
    "plain": money.plain,
    "percentage": money.percentage,
    "year_label": quarters.year_label,
    "year_words": quarters.year_words,
    "threads": return_threads.threads,
}
