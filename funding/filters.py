"""How money and periods read on pages."""

from collections.abc import Callable

from funding import money, quarters

FILTERS: dict[str, Callable[..., str]] = {
    "pounds": money.pounds,
    "whole_pounds": money.whole_pounds,
    "change": money.change,
    "plain": money.plain,
    "percentage": money.percentage,
    "year_label": quarters.year_label,
    "year_words": quarters.year_words,
}
