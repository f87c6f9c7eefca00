"""Small numbers of people: hidden, and not to be worked out."""

from __future__ import annotations

import random

import pytest

from funding.suppression import Hidden, hide, hide_total, is_small, note

SMALL, BESIDE = Hidden(5), Hidden()


@pytest.mark.parametrize(("count", "hidden"), [(None, False), (0, False), (1, True), (4, True), (5, False)])
def test_from_one_up_to_the_threshold_is_small(count: int | None, hidden: bool) -> None:
    assert is_small(count, 5) is hidden


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ([300, 12], [300, 12]),
        ([3, 12, 40], [SMALL, BESIDE, 40]),
        ([12, 3, 0, None], [BESIDE, SMALL, 0, None]),
        ([3, 4, 12], [SMALL, SMALL, 12]),
        ([3, 0, None], [SMALL, 0, None]),
        ([], []),
        ([None], [None]),
    ],
)
def test_a_single_hidden_count_takes_another_with_it(counts: list[int | None], shown: list[object]) -> None:
    assert hide(counts, 5) == shown


@pytest.mark.parametrize(
    ("counts", "total"),
    [
        ([300, 12], 312),
        ([3, 12], BESIDE),
        ([3, 4, 12], 19),
        ([3, 0], SMALL),
        ([2, 2], SMALL),
        ([None, None], None),
        ([0, None], 0),
        ([], None),
    ],
)
def test_a_total_does_not_give_a_single_small_count_away(counts: list[int | None], total: object) -> None:
    assert hide_total(counts, 5) == total


def test_no_list_with_its_total_gives_a_single_count_away() -> None:
    """Over many lists: what stands open and the true total never leave exactly one count unknown, unless
    every other is zero; and then the total is as small, and hidden itself."""
    random.seed(7)
    hidden_lists = 0
    for _ in range(4000):
        counts = [random.choice([0, 1, 2, 4, 5, 9, 60]) for _ in range(random.randint(1, 6))]
        shown = hide(counts, 5)
        unknown = [count for count, cell in zip(counts, shown, strict=True) if isinstance(cell, Hidden)]
        hidden_lists += bool(unknown)
        assert not any(isinstance(cell, int) and is_small(cell, 5) for cell in shown)
        if len(unknown) == 1:
            assert sum(counts) == unknown[0]
            assert hide_total(counts, 5) == SMALL
    assert hidden_lists > 1000


def test_the_words_say_how_much_is_hidden() -> None:
    assert str(SMALL) == "fewer than 5"
    assert str(BESIDE) == "not shown"
    assert "from 1 to 4 are shown as fewer than 5" in note(5)


@pytest.mark.parametrize(
    ("counts", "shown", "total"),
    [
        ([4, 4, 20, 60], [SMALL, SMALL, BESIDE, 60], BESIDE),
        ([1, 1, 20, 60], [SMALL, SMALL, BESIDE, 60], BESIDE),
        ([1, 1, 1, 1, 1], [SMALL] * 5, BESIDE),
        ([1, 4, 20, 60], [SMALL, SMALL, 20, 60], 85),
    ],
)
def test_all_at_one_end_are_given_away_as_a_single_one_is(
    counts: list[int], shown: list[object], total: object
) -> None:
    """Two counts below five that make eight together can only be four and four."""
    assert hide(counts, 5) == shown
    assert hide_total(counts, 5) == total
