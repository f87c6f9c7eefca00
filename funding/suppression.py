"""Small numbers of people, hidden from readers outside the organisation that returned them. Pure.

A count from 1 up to, but not including, the threshold could point to a person. Zero points to nobody. Where
only one count of a list is hidden, anybody could work it out from the total, so a second one, or the total,
is not shown either.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Hidden:
    """Stands in the place of a count. `below` is the threshold; without one the count protects another."""

    below: int = 0

    def __str__(self) -> str:
        return f"fewer than {self.below}" if self.below else "not shown"


Count = int | Hidden | None


def is_small(count: int | None, small: int) -> bool:
    """Whether the count of people is to be hidden."""
    return count is not None and 0 < count < small


def hide(counts: Sequence[int | None], small: int) -> list[Count]:
    """A list whose total may be known elsewhere: small counts hidden, and another beside a single one."""
    shown: list[Count] = [Hidden(small) if is_small(count, small) else count for count in counts]
    if sum(isinstance(count, Hidden) for count in shown) == 1:
        others = [(count, place) for place, count in enumerate(shown) if isinstance(count, int) and count > 0]
        if others:
            shown[min(others)[1]] = Hidden()
    return shown


def hide_total(counts: Iterable[int | None], small: int) -> Count:
    """The total of counts that can each be seen elsewhere, by the rule above; None where nothing is known.

    With a single small count among them, the total would give it away.
    """
    known = [count for count in counts if count is not None]
    total = sum(known)
    if is_small(total, small):
        return Hidden(small)
    if sum(is_small(count, small) for count in known) == 1:
        return Hidden()
    return total if known else None


def note(small: int) -> str:
    """What a table with hidden counts says below it."""
    return (
        f"Counts of people from 1 to {small - 1} are shown as fewer than {small}. Where only one would be "
        "hidden, another count or the total is not shown either, so that nobody can work it out."
    )
