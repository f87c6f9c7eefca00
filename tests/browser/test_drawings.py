"""The rules that hold drawings to their tables find a penny too much, a zero for nothing and a bar out of place."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.browser.drawings import Drawing, faults

TRACE = {
    "type": "bar",
    "name": "Amount",
    "base": [0, 0, 0],
    "offsetgroup": "0",
    "said": ["£1,234.56", "£0.00", None],
    "labels": ["North<br>Moors", "South", "Police"],
    "values": [1234.56, 0, None],
}
ROWS = [["North Moors", "£1,234.56"], ["South", "£0.00 (nil)"], ["Police", "not returned"]]
RIGHT = Drawing("comparison", [], 2, 0, [TRACE], ["Area", "Amount"], ROWS, [])


def test_what_is_drawn_as_the_table_says_is_right() -> None:
    assert list(faults(RIGHT)) == []


@pytest.mark.parametrize(
    "change",
    [
        {"values": [1234.57, 0, None], "said": ["£1,234.57", "£0.00", None]},
        {"said": ["£1,234.57", "£0.00", None]},
        {"values": [1234.56, 0, 0], "said": ["£1,234.56", "£0.00", "£0.00"]},
        {"labels": ["South", "North<br>Moors", "Police"]},
        {"base": [0, 5, 0]},
        {"name": "Another"},
    ],
    ids=["a penny", "a word", "a zero for nothing", "labels", "a place", "a name"],
)
def test_what_is_drawn_otherwise_is_found(change: dict[str, Any]) -> None:
    assert list(faults(replace(RIGHT, traces=[TRACE | change]))) != []


def test_a_bar_that_is_not_drawn_is_found() -> None:
    assert list(faults(replace(RIGHT, bars=1))) == ["1 bars are drawn of 2"]


def test_a_drawing_without_a_rule_is_found() -> None:
    with pytest.raises(KeyError):
        list(faults(replace(RIGHT, key="new")))
