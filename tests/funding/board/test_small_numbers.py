"""No table, chart or download of the board shows or gives away a small number of people."""

from __future__ import annotations

from typing import Any

import pytest

from funding.board.charts import delivery, patrols
from funding.board.charts.chart import Chart
from funding.board.exports import csv_text
from funding.board.facts import Facts, Recipient
from tests.funding.board.small import NORTH, POLICE, returned, small

SOUTH = Recipient(3, "South Council", "South")


def board(*targeted: tuple[int, int], recipients: tuple[Recipient, ...] = (NORTH, SOUTH, POLICE)) -> Facts:
    """Quarter 1 with (recipient, young people supported); everybody reached 300 by universal work."""
    found = tuple(
        returned(1, "accepted", recipient, universal=300, targeted=count, sessions=9)
        for recipient, count in targeted
    )
    shown = {recipient.pk for recipient in recipients}
    return small(
        recipients=recipients,
        returns=tuple(one for one in found if one.recipient in shown),
        opened=frozenset({1}),
        small_number=5,
    )


def supported(chart: Chart) -> Any:
    return chart.table.rows[0][1]


@pytest.mark.parametrize(
    ("counts", "cell"),
    [
        (((1, 12), (3, 20)), 32),
        (((1, 3), (3, 0)), "fewer than 5"),
        (((1, 3), (3, 20)), "not shown"),
        (((1, 3), (3, 4)), 7),
        (((1, 0), (3, 0)), 0),
    ],
)
def test_a_total_that_is_small_or_tells_what_is_hidden(
    counts: tuple[tuple[int, int], ...], cell: object
) -> None:
    assert supported(delivery.reach(board(*counts))) == cell


def test_one_council_alone_shows_its_own_small_count_no_more_than_the_total() -> None:
    """With the filter on one council: the difference of the two pages is never the small count."""
    counts = ((1, 3), (3, 20))
    everybody = delivery.reach(board(*counts))
    north = delivery.reach(board(*counts, recipients=(NORTH,)))
    south = delivery.reach(board(*counts, recipients=(SOUTH,)))
    assert (supported(everybody), supported(north), supported(south)) == ("not shown", "fewer than 5", 20)


def test_neither_sentence_nor_drawing_nor_download_has_it() -> None:
    chart = delivery.reach(board((1, 3), (3, 0)))
    assert "fewer than 5 young people had targeted support" in chart.title
    assert "Counts of people from 1 to 4 are shown as fewer than 5" in chart.note
    text = csv_text(chart)
    assert "fewer than 5" in text
    assert ",3," not in text
    targeted = next(panel for panel in chart.panels if panel.key == "reach-targeted")
    assert 3 not in targeted.spec["data"][0]["y"]


def test_a_board_without_small_numbers_says_nothing_of_them() -> None:
    assert "fewer than" not in delivery.reach(board((1, 12), (3, 20))).note


def test_patrols_are_counted_as_they_are() -> None:
    facts = small(small_number=5)
    row = patrols.hotspots(facts, ()).table.rows[0]
    assert row[5] == 1
