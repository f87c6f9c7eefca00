"""The rules behind "confirm or correct", on figures alone."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from funding.prompt_rules import Facts, Line, Patrol, Supported, ask, is_unlike, median


def amounts(*texts: str) -> list[Decimal]:
    return [Decimal(text) for text in texts]


def line(key: int = 1, **changes: object) -> Line:
    usual = Line(
        key=key,
        name=f"Mentoring {key}: Staffing",
        plan=Decimal("1000.00"),
        budget=Decimal("4000.00"),
        actual=Decimal("1000.00"),
        before=Decimal("1000.00"),
        forecast=Decimal("2000.00"),
    )
    return replace(usual, **changes)  # type: ignore[arg-type]


def facts(*lines: Line, **changes: object) -> Facts:
    usual = Facts(
        spend_rag="amber",
        progress="This quarter.",
        last_progress="The last one.",
        has_later=True,
        expected=None,
        lines=lines or (line(),),
    )
    return replace(usual, **changes)  # type: ignore[arg-type]


def codes(said: Facts) -> list[str]:
    return [prompt.code for prompt in ask(said)]


def test_a_plain_return_is_asked_nothing() -> None:
    assert ask(facts()) == []


@pytest.mark.parametrize(
    ("said", "code", "words"),
    [
        (
            facts(expected=Decimal("1999.99")),
            "above_forecast",
            "Your last return expected £1,999.99 for the whole year. £2,000.00 is spent already.",
        ),
        (
            facts(line(actual=Decimal("600.00")), spend_rag="green"),
            "green_underspend",
            "£600.00 was spent of £1,000.00 planned for the quarter, which is 40% less.",
        ),
        (
            facts(line(forecast=Decimal(0))),
            "nothing_forecast",
            "£2,000.00 of the year's budget is left, and nothing is forecast for the later quarters.",
        ),
        (
            facts(line(actual=Decimal(0))),
            "nothing_spent",
            "Nothing was spent; £1,000.00 was planned for the quarter.",
        ),
        (
            facts(line(actual=Decimal("9000.00"), history=amounts("900", "1000", "1100", "1000"))),
            "unlike_history",
            "In the 4 quarters before, it was between £900.00 and £1,100.00, with £1,000.00 in the middle.",
        ),
        (
            facts(supported=(Supported(1, "Mentoring", 0, 12),)),
            "nobody_supported",
            "No young person had targeted support; last quarter 12 had.",
        ),
        (
            facts(patrols=(Patrol(1, "H01", Decimal("5.00"), amounts("60", "61.5", "58", "62")),)),
            "unlike_hours",
            "5.00 hours of patrol. In the 4 quarters before, it was between 58 and 62.",
        ),
        (
            facts(progress="All went  WELL.\n", last_progress="all went well."),
            "same_words",
            "What went well is word for word what you wrote last quarter.",
        ),
    ],
)
def test_each_rule_asks_with_its_figures(said: Facts, code: str, words: str) -> None:
    (prompt,) = ask(said)
    assert prompt.code == code
    assert words in prompt.why
    assert prompt.todo


@pytest.mark.parametrize(
    "said",
    [
        facts(expected=Decimal("2000.00")),
        facts(line(actual=Decimal("600.01")), spend_rag="green"),
        facts(line(actual=Decimal("1.00")), spend_rag="amber_green"),
        facts(line(forecast=Decimal(0)), has_later=False),
        facts(line(forecast=None)),
        facts(line(forecast=Decimal(0), before=Decimal("3000.00"))),
        facts(line(actual=Decimal(0), plan=Decimal(0))),
        facts(line(actual=None)),
        facts(line(actual=Decimal(0), is_explained=True)),
        facts(
            line(actual=Decimal("9000.00"), is_explained=True, history=amounts("900", "1000", "1100", "1000"))
        ),
        facts(line(actual=Decimal("9000.00"), history=amounts("900", "1000", "1100"))),
        facts(supported=(Supported(1, "Mentoring", 1, 12), Supported(2, "New", 0, 0))),
        facts(patrols=(Patrol(1, "H01", Decimal("70.00"), amounts("60", "61.5", "58", "62")),)),
        facts(progress="", last_progress=""),
    ],
)
def test_the_nearest_case_is_not_asked(said: Facts) -> None:
    assert ask(said) == []


@pytest.mark.parametrize(
    ("value", "history", "unlike"),
    [
        ("1600", ("1000", "1000", "1000", "1000"), True),
        ("1400", ("1000", "1000", "1000", "1000"), False),  # less than £500 away
        ("1600", ("1000", "1000", "1000", "1700"), False),  # as it was once before
        ("1600", ("1000", "700", "1300", "1000", "1000"), True),
        (
            "80001",
            ("1000", "40000", "200", "80000"),
            False,
        ),  # as wild as ever: not 3 times the usual distance
        ("0.01", ("1000", "1010", "990", "1000"), True),
    ],
)
def test_unlike_the_history_is_far_in_every_way(value: str, history: tuple[str, ...], unlike: bool) -> None:
    assert is_unlike(Decimal(value), amounts(*history), Decimal(500)) is unlike


def test_the_middle_of_an_even_number_is_half_way() -> None:
    assert median(amounts("4", "1", "3", "2")) == Decimal("2.5")
    assert median(amounts("9", "1", "3")) == Decimal(3)


def test_the_most_important_come_first_and_never_more_than_ten() -> None:
    nothing = [line(key, actual=Decimal(0), plan=Decimal(100 * key)) for key in range(1, 15)]
    found = ask(facts(*nothing, spend_rag="green", progress="Same.", last_progress="Same."))
    assert len(found) == 10
    assert found[0].code == "green_underspend"
    assert [prompt.subject for prompt in found[1:4]] == ["14", "13", "12"]


def test_the_same_figures_have_the_same_fingerprint_and_others_another() -> None:
    def fingerprint(actual: str) -> str:
        return ask(facts(line(actual=Decimal(actual)), spend_rag="green"))[0].fingerprint

    assert fingerprint("500.00") == fingerprint("500.00")
    assert fingerprint("500.00") != fingerprint("500.01")


def test_a_small_number_is_left_out_for_readers_outside() -> None:
    (prompt,) = ask(facts(supported=(Supported(1, "Mentoring", 0, 3),)))
    assert "3" in prompt.why
    assert "3" not in prompt.open_why
