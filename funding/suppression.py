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
# In the place of a count of people in a list of single changes, where one small number cannot be hidden
# without another giving it away.
NOT_SHOWN = "a number that is not shown"


def is_small(count: int | None, small: int) -> bool:
    """Whether the count of people is to be hidden."""
    return count is not None and 0 < count < small


def _give_away(counts: Iterable[int | None], small: int) -> bool:
    """Whether the sum of the small counts says what each is: of a single one, or where all are the least
    or the most that they can be."""
    found = [count for count in counts if count is not None and is_small(count, small)]
    return bool(found) and (len(found) == 1 or sum(found) in (len(found), len(found) * (small - 1)))


def hide(counts: Sequence[int | None], small: int) -> list[Count]:
    """A list whose total may be known elsewhere: small counts hidden, and another beside those that the
    total would give away."""
    shown: list[Count] = [Hidden(small) if is_small(count, small) else count for count in counts]
    if _give_away(counts, small):
        others = [(count, place) for place, count in enumerate(shown) if isinstance(count, int) and count > 0]
        if others:
            shown[min(others)[1]] = Hidden()
    return shown


def hide_total(counts: Iterable[int | None], small: int) -> Count:
    """The total of counts that can each be seen elsewhere, by the rule above; None where nothing is known.

    With a single small count among them, or with all of them at one end, the total would give them away.
    """
    known = [count for count in counts if count is not None]
    total = sum(known)
    if is_small(total, small):
        return Hidden(small)
    if _give_away(known, small):
        return Hidden()
    return total if known else None


def note(small: int) -> str:
    """What a table with hidden counts says below it."""
    return (
        f"Counts of people from 1 to {small - 1} are shown as fewer than {small}. Where only one would be "
        "hidden, another count or the total is not shown either, so that nobody can work it out."
    )
